/// One word of a value that is a list with commas between its words, as `-o` of mount(8) takes: `ro` or `cache=SIZE`.
public struct ListedValue: Sendable, Equatable {
    /// What is typed, up to the equals sign: `cache`.
    public let name: String
    /// What help calls what follows the equals sign, in capitals. None makes it a word by itself.
    public let valueName: String?
    /// One sentence without a full stop. Words in backquotes are shown as typed.
    public let help: String
    /// What a shell offers after the equals sign. A list in a list cannot be.
    public let completion: ValueCompletion

    /// Declares a word by itself, unless something else is said.
    public init(name: String, valueName: String? = nil, help: String, completion: ValueCompletion = .none) {
        self.name = name
        self.valueName = valueName
        self.help = help
        self.completion = completion
    }

    /// The word as help shows it: `cache=SIZE`.
    public var usage: String { valueName.map { "\(name)=\($0)" } ?? name }

    /// What a shell puts on the line: `cache=`, which is not finished, or the word.
    var typed: String { valueName == nil ? name : "\(name)=" }

    /// What help says of it, the allowed words included.
    var completeHelp: String {
        let words = completion.words.map { "`\($0)`" }.joined(separator: ", ")
        return words.isEmpty ? help : "\(help): \(words)"
    }
}
