import CommandLineTools
import Commands
import FuseMount

extension FuzzTarget {
    /// The command line, against the declaration of the program, and the options of a mount.
    static let commandLine = FuzzTarget(
        name: "command-line", summary: "the command line, completion, help, mount options, and values that people type",
        words: CommandLineReading.words + TypedValues.words, seeds: CommandLineReading.seeds
    ) { bytes in
        var input = FuzzInput(bytes)
        switch input.choice(3) {
        case 0: CommandLineReading.read(CommandLineReading.arguments(input.remaining))
        case 1: TypedValues.read(String(decoding: input.remaining, as: UTF8.self))
        default: CommandLineReading.readMountOptions(input.remaining)
        }
    }
}

/// The parser: whatever is typed is an error that says where, or can be typed again with the same meaning.
enum CommandLineReading {
    private static let program = PastFSProgram.declaration
    /// A byte that stands for one of `words`, by the byte behind it: UTF-8 has none like it.
    private static let wordMark: UInt8 = 0xFE

    /// All names of commands and options.
    static let words: [String] = {
        let options = program.globalOptions + program.commands.flatMap(\.options)
        let spellings = options.flatMap { option in
            ["--\(option.long)"] + (option.short.map { ["-\($0)"] } ?? [])
        }
        let names = program.commands.flatMap(\.words) + ["--help", "--version", "help", "-h", "--", "-"]
        return Set(spellings + names).sorted()
    }()

    /// A line for each command, and one for each option.
    static func seeds() -> [(name: String, bytes: [UInt8])] {
        let separator = Array("\0".utf8)
        func seed(_ name: String, _ words: [String]) -> (name: String, bytes: [UInt8]) {
            (name, [0] + words.map { Array($0.utf8) }.joined(separator: separator))
        }
        let commands = program.commands.map { command in
            seed(command.name.replacing(" ", with: "-"), command.words + command.arguments.map { $0.name.lowercased() })
        }
        let options = program.commands.map { command in
            seed(
                "options-" + command.name.replacing(" ", with: "-"),
                command.words + command.options.map { "--\($0.long)" + ($0.isFlag ? "" : "=1") })
        }
        let values = TypedValues.seeds.enumerated().map { ("value-\($0.offset)", [1] + Array($0.element.utf8)) }
        return commands + options + values + [("mount", [2] + Array("allow_other,uid=1,access_log=/x,ro".utf8))]
    }

    /// Arguments with NUL between them, as execve(2) could hand them over.
    static func arguments(_ bytes: [UInt8]) -> [[UInt8]] {
        bytes.split(separator: 0, omittingEmptySubsequences: false).prefix(64).map { word in
            guard word.first == wordMark, word.count > 1 else { return Array(word) }
            return Array(words[Int(word[word.startIndex + 1]) % words.count].utf8) + word.dropFirst(2)
        }
    }

    static func read(_ arguments: [[UInt8]]) {
        _ = Parser.mentions("json", in: arguments)
        do throws(UsageError) {
            switch try Parser.parse(program, arguments: arguments) {
            case .version: break
            case .help(let topic): require(!HelpText.render(program, topic).isEmpty, "help on \(topic)")
            case .command(let command): reread(command)
            }
        } catch {
            examine(error)
        }
    }

    /// What was understood, typed again in its plainest form, is understood in the same way.
    private static func reread(_ command: ParsedCommand) {
        let options = program.globalOptions + command.command.options
        let again =
            command.command.words.map { Array($0.utf8) } + options.flatMap { spelled($0, in: command) }
            + [Array("--".utf8)] + command.command.arguments.flatMap { command.arguments($0.name) }
        guard case .command(let second)? = try? Parser.parse(program, arguments: again) else {
            return require(false, "\(again) is not understood, and was printed from \(command.command.name)")
        }
        require(second.command == command.command, "another command")
        for option in options {
            if option.isFlag {
                require(second.count(option.long) == command.count(option.long), "--\(option.long)")
            } else {
                require(second.values(option.long) == command.values(option.long), "--\(option.long)")
            }
        }
        for argument in command.command.arguments {
            require(second.arguments(argument.name) == command.arguments(argument.name), argument.name)
        }
    }

    private static func spelled(_ option: OptionDeclaration, in command: ParsedCommand) -> [[UInt8]] {
        let name = Array("--\(option.long)".utf8)
        if option.isFlag { return Array(repeating: name, count: command.count(option.long)) }
        return command.values(option.long).map { name + [UInt8(ascii: "=")] + $0 }
    }

    /// An error fits a terminal's line, names what is wrong, and says where help is.
    private static func examine(_ error: UsageError) {
        let texts = [error.message, error.suggestion ?? "", error.advice(for: program)]
        for text in texts {
            let isPrintable = text.unicodeScalars.allSatisfy {
                $0.properties.generalCategory != .control && $0.properties.generalCategory != .format
            }
            require(isPrintable && text.utf8.count < 16_384, "an error that cannot be printed: \(error)")
        }
        switch error.code {
        case .unknownCommand, .unknownOption, .misplacedOption, .unexpectedValue, .unexpectedArgument:
            require(error.message.contains("'"), "an error that does not name the argument: \(error.message)")
        case .missingValue, .repeatedOption, .invalidValue:
            require(error.message.contains("-") || error.message.contains("'"), "no option named: \(error.message)")
        default: require(!error.message.isEmpty, "an error without a message")
        }
    }

    static func readMountOptions(_ bytes: [UInt8]) {
        let lists = bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        guard let options = try? MountOptions(parsing: lists) else { return }
        require(options.threads > 0, "a mount without threads")
    }
}
