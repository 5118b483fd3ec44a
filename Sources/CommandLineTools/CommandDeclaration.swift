/// Everything that parser, help, completion and manual page know of one command.
public struct CommandDeclaration: Sendable, Equatable {
    /// A command line that a reader can take over.
    public struct Example: Sendable, Equatable {
        /// The whole line, with the program's name.
        public let command: String
        /// What it does, without a full stop.
        public let explanation: String

        /// Makes an example of a command line and what it does.
        public init(_ command: String, _ explanation: String) {
            self.command = command
            self.explanation = explanation
        }
    }

    /// What is typed: one word, or several for a command of a group (`key list`).
    public let name: String
    /// One line without a full stop, in the imperative.
    public let summary: String
    /// Paragraphs, an empty line between them. A paragraph that begins with a space is kept line by line.
    public let discussion: String
    /// What help shows first.
    public let examples: [Example]
    /// The positional arguments, in order.
    public let arguments: [ArgumentDeclaration]
    /// The options that only this command has.
    public let options: [OptionDeclaration]
    /// The heading under which the program's help lists it; none is the plain "Commands".
    public let group: String?
    /// Whether help, completion and manual page pass over it. It can be run all the same.
    public let isHidden: Bool

    /// Declares a command.
    public init(
        name: String, summary: String, discussion: String = "", examples: [Example] = [],
        arguments: [ArgumentDeclaration] = [], options: [OptionDeclaration] = [], group: String? = nil,
        isHidden: Bool = false
    ) {
        self.name = name
        self.summary = summary
        self.discussion = discussion
        self.examples = examples
        self.arguments = arguments
        self.options = options
        self.group = group
        self.isHidden = isHidden
    }

    /// `help`, which every program has.
    public static let help = CommandDeclaration(
        name: "help", summary: "show help for a command",
        arguments: [
            ArgumentDeclaration(name: "COMMAND", help: "the command, in its own words", kind: .repeated(minimum: 0))
        ])

    /// The words of the name.
    public var words: [String] { name.split(separator: " ").map(String.init) }

    /// What follows the program's name in a usage line: `backup [OPTION]... PATH...`.
    var usage: String {
        ([name, "[OPTION]..."] + arguments.map(\.usage)).joined(separator: " ")
    }
}
