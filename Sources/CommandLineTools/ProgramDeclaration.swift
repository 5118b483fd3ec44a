/// Everything that parser, help, completion and manual page know of a program.
///
/// `help`, `--help` and `--version` are added to what is declared. `faults` holds a declaration against the rules.
public struct ProgramDeclaration: Sendable, Equatable {
    /// One exit code and when it is given.
    public struct ExitCode: Sendable, Equatable {
        /// The code as it is printed: `0`, or `128+n` for a family.
        public let code: String
        /// What it says, without a full stop.
        public let meaning: String

        /// Makes an exit code of a number or of the name of a family, and its meaning.
        public init(_ code: String, _ meaning: String) {
            self.code = code
            self.meaning = meaning
        }
    }

    /// One environment variable and what it does.
    public struct EnvironmentVariable: Sendable, Equatable {
        /// The variable's name.
        public let name: String
        /// What it does, without a full stop.
        public let meaning: String

        /// Makes a variable of its name and meaning.
        public init(_ name: String, _ meaning: String) {
            self.name = name
            self.meaning = meaning
        }
    }

    /// What is typed.
    public let name: String
    /// What `--version` and the manual page show.
    public let version: String
    /// One line without a full stop.
    public let summary: String
    /// Paragraphs, as in a command's discussion.
    public let discussion: String
    /// What help shows first.
    public let examples: [CommandDeclaration.Example]
    /// The options that every command has, accepted before and after its name.
    public let globalOptions: [OptionDeclaration]
    /// The commands, in the order of help.
    public let commands: [CommandDeclaration]
    /// The exit codes, in the order of help.
    public let exitCodes: [ExitCode]
    /// The variables that no option names already, or that need more words.
    public let environment: [EnvironmentVariable]

    /// Declares a program, and adds `help`, `--help` and `--version` to what is given.
    public init(
        name: String, version: String = "", summary: String, discussion: String = "",
        examples: [CommandDeclaration.Example] = [], globalOptions: [OptionDeclaration] = [],
        commands: [CommandDeclaration], exitCodes: [ExitCode] = [], environment: [EnvironmentVariable] = []
    ) {
        self.name = name
        self.version = version
        self.summary = summary
        self.discussion = discussion
        self.examples = examples
        self.globalOptions = globalOptions + [.help, .version]
        self.commands = commands + [.help]
        self.exitCodes = exitCodes
        self.environment = environment
    }

    /// The commands that help, completion and manual page show.
    public var visibleCommands: [CommandDeclaration] { commands.filter { !$0.isHidden } }

    /// The command of exactly this name, hidden ones included.
    public func command(named name: String) -> CommandDeclaration? { commands.first { $0.name == name } }

    /// The visible commands whose name begins with these words and goes on.
    public func commands(under words: [String]) -> [CommandDeclaration] {
        visibleCommands.filter { $0.words.count > words.count && $0.words.starts(with: words) }
    }

    /// The words that may follow `words` on the way to a visible command, each with what it leads to.
    func nextWords(after words: [String]) -> [(word: String, summary: String)] {
        var found: [(word: String, summary: String)] = []
        for command in commands(under: words) {
            let word = command.words[words.count]
            guard !found.contains(where: { $0.word == word }) else { continue }
            let path = words + [word]
            let below = commands(under: path).map { $0.words[path.count] }
            found.append((word, below.isEmpty ? command.summary : below.joined(separator: ", ")))
        }
        return found
    }

    /// Each beginning of a visible command's name that is not a whole name: the groups, such as `key`.
    var groupNames: [String] {
        var names: [String] = []
        for command in visibleCommands {
            for count in 1..<max(1, command.words.count) {
                let name = command.words.prefix(count).joined(separator: " ")
                if !names.contains(name) { names.append(name) }
            }
        }
        return names
    }

    /// Every spelling of every option that takes a value, in any command; `faults` keeps them free of contradiction.
    var valueSpellings: [String] {
        var found: [String] = []
        for option in globalOptions + visibleCommands.flatMap(\.options) where !option.isFlag {
            found += option.spellings.filter { !found.contains($0) }
        }
        return found
    }
}
