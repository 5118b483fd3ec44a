/// A command line that cannot be understood.
public struct UsageError: Error, Equatable, Sendable {
    /// The ways in which a command line can be wrong.
    public enum Code: Sendable, Equatable {
        /// No command, or only the beginning of one, is named.
        case missingCommand
        /// No command has this name.
        case unknownCommand
        /// The command has no such option.
        case unknownOption
        /// An option of a command stands before the command's name.
        case misplacedOption
        /// An option that takes a value has none.
        case missingValue
        /// A flag is given a value.
        case unexpectedValue
        /// An option is given twice that may be given once.
        case repeatedOption
        /// An argument is missing.
        case missingArgument
        /// There are more arguments than the command takes.
        case unexpectedArgument
        /// A value is not of the form that its option or argument wants.
        case invalidValue
        /// Each part is right, but they do not go together.
        case conflict
    }

    /// What is wrong, for a program.
    public let code: Code
    /// What is wrong, for a person: one sentence without a full stop, safe to print on a terminal.
    public let message: String
    /// What to type instead, where that can be guessed: `--tag`.
    public let suggestion: String?
    /// The help that says how it is done.
    public let topic: HelpTopic

    /// Makes an error; commands make their own for what a declaration cannot say (`.conflict`).
    public init(_ code: Code, _ message: String, suggestion: String? = nil, topic: HelpTopic) {
        self.code = code
        self.message = message
        self.suggestion = suggestion
        self.topic = topic
    }

    /// What to do, as a sentence without a full stop: "did you mean `--tag`? `pastfs help backup` shows the options".
    public func advice(for program: ProgramDeclaration) -> String {
        let command = ([program.name, "help"] + topic.words).joined(separator: " ")
        let shown = if case .command = topic { "how it is used" } else { "the commands" }
        return (suggestion.map { "did you mean `\($0)`? " } ?? "") + "`\(command)` shows \(shown)"
    }
}
