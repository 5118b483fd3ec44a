import CommandLineTools
import TestSupport
import Testing

@Suite("Command lines that are wrong")
struct ParserErrorTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let arguments: [String]
        let code: UsageError.Code
        let suggestion: String?
        let topic: HelpTopic

        init(_ line: String, _ code: UsageError.Code, _ suggestion: String? = nil, topic: HelpTopic = .command("put")) {
            arguments = line.split(separator: " ").map(String.init)
            self.code = code
            self.suggestion = suggestion
            self.topic = topic
        }

        var testDescription: String { arguments.joined(separator: " ") }
    }

    @Test(
        "Each has its code, its suggestion and the help that shows how it is done",
        arguments: [
            Case("", .missingCommand, topic: .program),
            Case("key", .missingCommand, topic: .group("key")),
            Case("putt x", .unknownCommand, "put", topic: .program),
            Case("exch x", .unknownCommand, "exchange", topic: .program),
            Case("zzzz", .unknownCommand, topic: .program),
            Case("key lsit", .unknownCommand, "key list", topic: .group("key")),
            Case("help putt", .unknownCommand, "put", topic: .program),
            Case("help put x", .unexpectedArgument),
            Case("put x --lable a", .unknownOption, "--label"),
            Case("put x --dry", .unknownOption, "--dry-run"),
            Case("put x --zzzzzzzz", .unknownOption),
            Case("put x -z", .unknownOption),
            Case("put x -nz", .unknownOption),
            Case("put x -kind wood", .unknownOption, "--kind"),
            Case("exchange 1 2 --label a", .unknownOption, topic: .command("exchange")),
            Case("--label a put x", .misplacedOption, "pack put --label", topic: .program),
            Case("-n put x", .misplacedOption, "pack put -n", topic: .program),
            Case("put x --label", .missingValue),
            Case("put x -l", .missingValue),
            Case("put x --label --", .missingValue),
            Case("put x --label --dry-run", .missingValue, "--label=--dry-run"),
            Case("put x -r --label=b", .missingValue, "--repository=--label=b"),
            Case("put x --dry-run=yes", .unexpectedValue, "--dry-run"),
            Case("put x --dry-run=", .unexpectedValue, "--dry-run"),
            Case("put x -n -n", .repeatedOption),
            Case("put x -r /a --repository /b", .repeatedOption),
            Case("-r /a put x -r /a", .repeatedOption),
            Case("put", .missingArgument),
            Case("put -n", .missingArgument),
            Case("exchange 1", .missingArgument, topic: .command("exchange")),
            Case("exchange 1 2 3 4", .unexpectedArgument, topic: .command("exchange")),
            Case("key list x", .unexpectedArgument, topic: .command("key list")),
            Case("put x --kind stone", .invalidValue),
            Case("put x --kind papre", .invalidValue, "paper"),
            Case("completion bsh", .invalidValue, "bash", topic: .command("completion")),
            Case("put x -r=/s", .invalidValue, "--repository=/s"),
        ])
    func errors(expected: Case) throws {
        let error = try #require(throws: UsageError.self) { try parsed(expected.arguments) }
        #expect(error.code == expected.code)
        #expect(error.suggestion == expected.suggestion)
        #expect(error.topic == expected.topic)
        #expect(!error.message.isEmpty && !error.message.hasSuffix("."))
    }

    @Test("A message says what, why, and what to do")
    func messages() throws {
        let error = try #require(throws: UsageError.self) { try parsed(["put", "--lable", "x"]) }
        #expect(error.message == "unknown option '--lable'")
        #expect(
            error.advice(for: SampleProgram.declaration)
                == "did you mean `--label`? `pack help put` shows how it is used")
        let missing = try #require(throws: UsageError.self) { try parsed(["key"]) }
        #expect(missing.message == "key is not a command by itself: one of list, add must follow")
        #expect(missing.advice(for: SampleProgram.declaration) == "`pack help key` shows the commands")
        let variable = try #require(throws: UsageError.self) {
            try parsed(["put", "x"], environment: ["PACK_KIND": "stone"])
        }
        #expect(variable.message == "PACK_KIND is one of wood, paper, not 'stone'")
    }

    @Test(
        "A terminal's control sequence never reaches a message",
        arguments: ["\u{1B}[2J", "\u{202E}x", "\u{9B}x", "a\nb"])
    func controlCharacters(text: String) throws {
        for line in [["put", "--" + text], [text], ["put", "x", "--kind", text], ["put", "x", "-r=" + text]] {
            let error = try #require(throws: UsageError.self) { try parsed(line) }
            let shown = error.message + error.advice(for: SampleProgram.declaration)
            #expect(!shown.contains(text))
            #expect(shown.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
        }
    }

    @Test("Any bytes at all are parsed or refused with a printable message", arguments: 1...200 as ClosedRange<UInt64>)
    func anyBytes(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let known = ["put", "key", "add", "help", "--", "-", "-l", "--label", "--label=", "-nl", "-r=", "--json", "x"]
        let arguments: [[UInt8]] = (0..<random.number(in: 0...6)).map { _ in
            Bool.random(using: &random)
                ? Array(known[random.number(in: 0...(known.count - 1))].utf8)
                : (Bool.random(using: &random) ? [0x2D] : []) + random.bytes(random.number(in: 0...6))
        }
        do throws(UsageError) {
            _ = try Parser.parse(SampleProgram.declaration, arguments: arguments)
        } catch {
            let isPrintable = error.message.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
            #expect(isPrintable, "seed \(seed)")
        }
    }

    @Test("What is written as options is what is read, in any order", arguments: 1...100 as ClosedRange<UInt64>)
    func roundTrip(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let labels = (0..<random.number(in: 0...4)).map { _ in random.bytes(random.number(in: 1...5)) }
        let paths = (0..<random.number(in: 1...4)).map { _ in [0x2F] + random.bytes(random.number(in: 0...5)) }
        var labelsLeft = labels[...]
        var pathsLeft = paths[...]
        var words: [[UInt8]] = [Array("put".utf8)]
        while !labelsLeft.isEmpty || !pathsLeft.isEmpty {
            if Bool.random(using: &random), let label = labelsLeft.popFirst() {
                let isSafe = label.first != UInt8(ascii: "=") && !label.starts(with: [0x2D, 0x2D])
                switch random.number(in: isSafe ? 0...3 : 0...0) {
                case 0: words.append(Array("--label=".utf8) + label)
                case 1: words.append(Array("-l".utf8) + label)
                case 2: words += [Array("--label".utf8), label]
                default: words += [Array("-l".utf8), label]
                }
            } else if let path = pathsLeft.popFirst() {
                words.append(path)
            }
        }
        let invocation = try Parser.parse(SampleProgram.declaration, arguments: words)
        guard case .command(let command) = invocation else { throw UnexpectedInvocation(arguments: []) }
        #expect(command.values("label") == labels, "seed \(seed)")
        #expect(command.arguments("PATH") == paths, "seed \(seed)")
    }
}
