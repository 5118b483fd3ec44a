/// One option that `-o` takes: the parser, its errors, help, manual page and completion all read this declaration.
public struct MountOption: Sendable {
    /// What follows the name.
    public enum Value: Hashable, Sendable {
        /// Nothing: the option is a flag.
        case none
        /// `=` and text, with what help calls it in capitals: `SIZE`.
        case text(String)
        /// `=` and the path of a file; a comma in it cannot be written.
        case file
        /// `=` and one of these words. The parser lets no other through.
        case words([String])
    }

    /// Why a value is none.
    struct Refusal: Error {
        /// What is wrong with it, or what it must be.
        let why: String
        /// What helps, where something is known to.
        var fix: String?

        init(_ why: String, fix: String? = nil) {
            self.why = why
            self.fix = fix
        }
    }

    typealias Setter = @Sendable (inout MountOptions, String) throws(Refusal) -> Void

    /// What is typed, in small letters with underscores.
    public let name: String
    /// What follows it.
    public let value: Value
    /// One sentence without a full stop. Words in backquotes are shown as typed.
    public let help: String
    /// Sets what the option means; a flag is given an empty text.
    let set: Setter

    /// Declares an option that takes a value. If it is given twice, the last one counts.
    init(_ name: String, _ value: Value, help: String, set: @escaping Setter) {
        self.name = name
        self.value = value
        self.help = help
        self.set = set
    }

    /// Declares a flag.
    static func flag(
        _ name: String, help: String, set: @escaping @Sendable (inout MountOptions) -> Void
    ) -> MountOption {
        MountOption(name, .none, help: help) { (options, _) throws(Refusal) in set(&options) }
    }

    /// The option as tables show it: `cache=SIZE`.
    public var usage: String {
        switch value {
        case .none: name
        case .text(let form): "\(name)=\(form)"
        case .file: "\(name)=FILE"
        case .words(let words): "\(name)=\(words.joined(separator: "|"))"
        }
    }

    /// Holds `text`, nil where there is no `=`, against the declared form and sets the option.
    func apply(_ text: String?, to options: inout MountOptions) throws(Refusal) {
        switch (value, text) {
        case (.none, nil): try set(&options, "")
        case (.none, _?): throw Refusal("\(name) takes no value")
        case (_, nil), (_, ""?): throw Refusal("\(name) needs a value", fix: "write \(usage)")
        case (.words(let words), let text?):
            guard words.contains(text) else {
                let choices = words.map { "\(name)=\($0)" }.joined(separator: " or ")
                throw Refusal("there is no such choice", fix: "choose \(choices)")
            }
            try set(&options, text)
        case (_, let text?): try set(&options, text)
        }
    }
}
