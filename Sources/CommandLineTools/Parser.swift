/// Reads a command line against a program's declaration.
///
/// The conventions are those of POSIX (XBD 12.2) and GNU getopt_long, with three differences for safety: nothing may be
/// abbreviated, an option that may be given once is an error when given twice, and a value that is itself a long option
/// of the command must be written with `=`.
public struct Parser {
    private let program: ProgramDeclaration
    private let arguments: [[UInt8]]
    private var position = 0
    private var commandWords: [String] = []
    private var command: CommandDeclaration?
    private var occurrences: [String: (source: ParsedCommand.Source, values: [[UInt8]])] = [:]
    private var positionals: [[UInt8]] = []

    /// What a command line asks for.
    ///
    /// `arguments` are the words after the program's name, as bytes; `environment` is where options of the declaration
    /// look when they are not given, and an empty variable counts as absent. Read from left to right: `--help` and
    /// `--version` answer at once, and the first error is thrown.
    public static func parse(
        _ program: ProgramDeclaration, arguments: [[UInt8]], environment: [String: [UInt8]] = [:]
    ) throws(UsageError) -> Invocation {
        var parser = Parser(program: program, arguments: arguments)
        return try parser.run(environment: environment)
    }

    /// Whether a flag stands on a command line that may be wrong otherwise: the way to know of `--json` when `parse`
    /// has thrown.
    public static func mentions(_ long: String, in arguments: [[UInt8]]) -> Bool {
        arguments.prefix { $0 != doubleDash }.contains(doubleDash + Array(long.utf8))
    }

    private init(program: ProgramDeclaration, arguments: [[UInt8]]) {
        self.program = program
        self.arguments = arguments
    }

    private static let dash = UInt8(ascii: "-")
    private static let equals = UInt8(ascii: "=")
    private static let doubleDash = [dash, dash]

    private var topic: HelpTopic {
        if let command { return .command(command.name) }
        return commandWords.isEmpty ? .program : .group(commandWords.joined(separator: " "))
    }

    private var options: [OptionDeclaration] { program.globalOptions + (command?.options ?? []) }

    private mutating func run(environment: [String: [UInt8]]) throws(UsageError) -> Invocation {
        var areOptionsEnded = false
        while position < arguments.count {
            let word = arguments[position]
            position += 1
            if areOptionsEnded || word.first != Self.dash || word.count == 1 {
                try takePositional(word)
            } else if word == Self.doubleDash {
                areOptionsEnded = true
            } else if word[1] == Self.dash {
                try takeLong(word)
            } else {
                try takeShort(word)
            }
            if occurrences[OptionDeclaration.help.long] != nil { return .help(topicOfRest()) }
            if occurrences[OptionDeclaration.version.long] != nil { return .version }
        }
        guard let command else { throw missingCommand() }
        if command == .help { return .help(try topicOfHelpCommand()) }
        try takeEnvironment(environment)
        return .command(
            ParsedCommand(
                command: command, options: options, occurrences: occurrences,
                argumentValues: try distribute(over: command.arguments)))
    }
}

// MARK: - Commands and help

extension Parser {
    private mutating func takePositional(_ word: [UInt8]) throws(UsageError) {
        guard command == nil else {
            positionals.append(word)
            return
        }
        let name = String(validating: word, as: UTF8.self)
        let words = commandWords + [name ?? ""]
        let matching = program.commands.filter { $0.words.starts(with: words) }
        guard let first = matching.first else { throw unknownCommand(word, name, after: commandWords, topic: topic) }
        commandWords = words
        if first.words.count == words.count { command = first }
    }

    private func unknownCommand(
        _ word: [UInt8], _ name: String?, after words: [String], topic: HelpTopic
    ) -> UsageError {
        let candidates = program.nextWords(after: words).map(\.word)
        let nearest = Spelling.nearest(to: name ?? "", among: candidates)
        let place = words.isEmpty ? "" : "\(words.joined(separator: " ")): "
        return UsageError(
            .unknownCommand, "\(place)unknown command \(PrintableText.quoted(word))",
            suggestion: nearest.map { (words + [$0]).joined(separator: " ") }, topic: topic)
    }

    private func missingCommand() -> UsageError {
        let message =
            commandWords.isEmpty
            ? "a command is missing"
            : "\(commandWords.joined(separator: " ")) is not a command by itself: one of "
                + program.nextWords(after: commandWords).map(\.word).joined(separator: ", ") + " must follow"
        return UsageError(.missingCommand, message, topic: topic)
    }

    /// What `--help` is about: the command named before it or, when there is none, after it.
    private func topicOfRest() -> HelpTopic {
        var reader = self
        for word in arguments[position...] where reader.command == nil && word.first != Self.dash {
            do throws(UsageError) { try reader.takePositional(word) } catch { break }
        }
        return reader.topic
    }

    private func topicOfHelpCommand() throws(UsageError) -> HelpTopic {
        var reader = Parser(program: program, arguments: [])
        for word in positionals {
            guard reader.command == nil else {
                throw UsageError(
                    .unexpectedArgument, "unexpected argument \(PrintableText.quoted(word))", topic: reader.topic)
            }
            try reader.takePositional(word)
        }
        return reader.topic
    }
}

// MARK: - Options

extension Parser {
    private mutating func takeLong(_ word: [UInt8]) throws(UsageError) {
        let body = word[2...]
        let end = body.firstIndex(of: Self.equals) ?? body.endIndex
        let attached = end < body.endIndex ? Array(body[(end + 1)...]) : nil
        let name = String(validating: body[..<end], as: UTF8.self) ?? ""
        guard let option = options.first(where: { $0.long == name }) else {
            throw unknownOption(Array(word[..<end]), spelling: "--" + name)
        }
        try take(option, spelling: "--" + name, attached: attached)
    }

    /// Reads `-o value`, `-ovalue`, and flags together (`-vf`), of which the last may be followed by its value.
    private mutating func takeShort(_ word: [UInt8]) throws(UsageError) {
        var index = 1
        while index < word.count {
            let letter = Character(UnicodeScalar(word[index]))
            guard let option = options.first(where: { $0.short == letter && letter.isASCII }) else {
                let shown = word[index] < 0x80 ? [Self.dash, word[index]] : word
                throw unknownOption(shown, spelling: word.count == 2 ? "-\(letter)" : nil, whole: word)
            }
            index += 1
            guard !option.isFlag, index < word.count else {
                try take(option, spelling: "-\(letter)", attached: nil)
                continue
            }
            guard word[index] != Self.equals else {
                throw UsageError(
                    .invalidValue, "the value of -\(letter) begins with '='",
                    suggestion: "--\(option.long)\(PrintableText.escaped(Array(word[index...])))",
                    topic: topic)
            }
            return try take(option, spelling: "-\(letter)", attached: Array(word[index...]))
        }
    }

    private mutating func take(
        _ option: OptionDeclaration, spelling: String, attached: [UInt8]?
    ) throws(UsageError) {
        guard option.isRepeatable || occurrences[option.long] == nil else {
            throw UsageError(.repeatedOption, "\(spelling) is given twice, and may be given once", topic: topic)
        }
        var value = attached
        if let attached, option.isFlag {
            throw UsageError(
                .unexpectedValue, "\(spelling) takes no value, and \(PrintableText.quoted(attached)) is given",
                suggestion: spelling, topic: topic)
        }
        if value == nil, !option.isFlag { value = try nextValue(of: option, spelling: spelling) }
        try check(value ?? [], against: option.completion, of: spelling)
        occurrences[option.long, default: (.commandLine, [])].values.append(value ?? [])
    }

    private mutating func nextValue(
        of option: OptionDeclaration, spelling: String
    ) throws(UsageError) -> [UInt8] {
        let wanted = "\(spelling) needs a value (\(option.valueName ?? ""))"
        guard position < arguments.count, arguments[position] != Self.doubleDash else {
            throw UsageError(.missingValue, wanted, topic: topic)
        }
        let next = arguments[position]
        if isLongOption(next) {
            throw UsageError(
                .missingValue, "\(wanted), and \(PrintableText.quoted(next)) is an option",
                suggestion: "--\(option.long)=\(PrintableText.escaped(next))", topic: topic)
        }
        position += 1
        return next
    }

    private func isLongOption(_ word: [UInt8]) -> Bool {
        let name = word.prefix { $0 != Self.equals }
        return options.contains { name.elementsEqual("--\($0.long)".utf8) }
    }

    private func unknownOption(_ shown: [UInt8], spelling: String?, whole: [UInt8]? = nil) -> UsageError {
        let quoted = PrintableText.quoted(shown)
        let place = whole.map { $0 == shown ? "" : " in \(PrintableText.quoted($0))" } ?? ""
        if command == nil, let spelling {
            let owner = program.visibleCommands.first { $0.options.contains { $0.spellings.contains(spelling) } }
            if let owner {
                return UsageError(
                    .misplacedOption, "\(quoted) is an option of a command, and stands after the command's name",
                    suggestion: "\(program.name) \(owner.name) \(spelling)", topic: topic)
            }
        }
        // One letter is near every other: only what is longer can be guessed at, with one dash as with two.
        let guess = whole.map { "-" + String(decoding: $0, as: UTF8.self) } ?? spelling ?? ""
        let nearest = guess.count > 3 ? Spelling.nearest(to: guess, among: options.map { "--\($0.long)" }) : nil
        return UsageError(.unknownOption, "unknown option \(quoted)\(place)", suggestion: nearest, topic: topic)
    }

    private func check(
        _ value: [UInt8], against completion: ValueCompletion, of origin: String
    ) throws(UsageError) {
        guard case .values(let words) = completion else { return }
        guard !words.contains(where: { value.elementsEqual($0.utf8) }) else { return }
        throw UsageError(
            .invalidValue,
            "\(origin) is one of \(words.joined(separator: ", ")), not \(PrintableText.quoted(value))",
            suggestion: Spelling.nearest(to: String(decoding: value, as: UTF8.self), among: words), topic: topic)
    }

    private mutating func takeEnvironment(_ environment: [String: [UInt8]]) throws(UsageError) {
        for option in options where occurrences[option.long] == nil {
            guard let name = option.environmentVariable, let value = environment[name], !value.isEmpty else { continue }
            try check(value, against: option.completion, of: name)
            occurrences[option.long] = (.environment, [value])
        }
    }
}

// MARK: - Arguments

extension Parser {
    private func distribute(
        over declarations: [ArgumentDeclaration]
    ) throws(UsageError) -> [String: [[UInt8]]] {
        var spare = positionals.count - declarations.reduce(0) { $0 + $1.countMin }
        var rest = positionals[...]
        var found: [String: [[UInt8]]] = [:]
        for declaration in declarations {
            var count = declaration.countMin
            switch declaration.kind {
            case .required: break
            case .optional: count += min(1, max(0, spare))
            case .repeated: count += max(0, spare)
            }
            guard rest.count >= count else { throw missing(declaration, given: rest.count) }
            let values = Array(rest.prefix(count))
            for value in values { try check(value, against: declaration.completion, of: declaration.name) }
            found[declaration.name] = values
            rest = rest.dropFirst(count)
            spare -= count - declaration.countMin
        }
        if let extra = rest.first {
            throw UsageError(.unexpectedArgument, "unexpected argument \(PrintableText.quoted(extra))", topic: topic)
        }
        return found
    }

    private func missing(_ declaration: ArgumentDeclaration, given: Int) -> UsageError {
        let message =
            declaration.countMin > 1
            ? "\(declaration.name) is needed \(declaration.countMin) times, and is given \(given) times"
            : "\(declaration.name) is missing"
        return UsageError(.missingArgument, "\(message): \(declaration.help)", topic: topic)
    }
}
