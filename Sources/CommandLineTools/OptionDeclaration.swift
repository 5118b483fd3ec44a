/// One option of a command or of the whole program: a flag, or a name with a value.
public struct OptionDeclaration: Sendable, Equatable {
    /// The long name without its dashes: `tag`. It is also the key under which a command reads the option.
    public let long: String
    /// The letter after a single dash, if there is one.
    public let short: Character?
    /// What help calls the value, in capitals: `TAG`. None makes the option a flag.
    public let valueName: String?
    /// One sentence without a full stop. Words in backquotes are shown as typed.
    public let help: String
    /// Whether it may be given more than once.
    public let isRepeatable: Bool
    /// The variable that is read when the option is not given. An empty variable counts as absent; any other value
    /// sets a flag.
    public let environmentVariable: String?
    /// What a shell offers for the value; `.values` is also what the parser holds it to.
    public let completion: ValueCompletion
    /// The heading under which help lists it; none is the plain "Options".
    public let group: String?

    /// Declares an option: a flag that may be given once, unless something else is said.
    public init(
        long: String, short: Character? = nil, valueName: String? = nil, help: String, isRepeatable: Bool = false,
        environmentVariable: String? = nil, completion: ValueCompletion = .none, group: String? = nil
    ) {
        self.long = long
        self.short = short
        self.valueName = valueName
        self.help = help
        self.isRepeatable = isRepeatable
        self.environmentVariable = environmentVariable
        self.completion = completion
        self.group = group
    }

    /// `--help`, which every program and every command has.
    public static let help = OptionDeclaration(long: "help", short: "h", help: "show this help and end")
    /// `--version`, which every program has.
    public static let version = OptionDeclaration(long: "version", help: "show the version and end")

    /// Whether the option takes no value.
    public var isFlag: Bool { valueName == nil }

    /// Each way to type the option, the short one first: `-t`, `--tag`.
    public var spellings: [String] { (short.map { ["-\($0)"] } ?? []) + ["--\(long)"] }

    /// What help says of it, with what follows from the declaration: allowed words, repetition, the variable.
    var completeHelp: String {
        var text = help
        if !completion.words.isEmpty { text += ": " + completion.words.map { "`\($0)`" }.joined(separator: ", ") }
        if isRepeatable { text += " [repeatable]" }
        if let environmentVariable { text += " [environment: \(environmentVariable)]" }
        return text
    }
}
