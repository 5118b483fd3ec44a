import CommandLineTools
import Testing

/// Parses a command line of the sample program that is expected to name a command.
func parsed(
    _ arguments: [String], environment: [String: String] = [:], sourceLocation: SourceLocation = #_sourceLocation
) throws -> ParsedCommand {
    let invocation = try Parser.parse(
        SampleProgram.declaration, arguments: arguments.map { Array($0.utf8) },
        environment: environment.mapValues { Array($0.utf8) })
    guard case .command(let command) = invocation else {
        throw UnexpectedInvocation(arguments: arguments)
    }
    return command
}

struct UnexpectedInvocation: Error {
    let arguments: [String]
}

@Suite("Command lines that are understood")
struct ParserTests {
    @Test(
        "A value can be written in each of the four ways",
        arguments: [
            ["put", "--label=a b", "x"], ["put", "--label", "a b", "x"], ["put", "-l", "a b", "x"],
            ["put", "-la b", "x"], ["put", "x", "-nla b"], ["put", "x", "-nl", "a b"],
        ])
    func valueForms(arguments: [String]) throws {
        let command = try parsed(arguments)
        #expect(try command.texts("label") == ["a b"])
        #expect(try command.argumentTexts("PATH") == ["x"])
    }

    @Test(
        "A global option is accepted before and after the command, and between the words of its name",
        arguments: [["-r", "/s", "key", "list"], ["key", "-r", "/s", "list"], ["key", "list", "--repository=/s"]])
    func globalOptions(arguments: [String]) throws {
        let command = try parsed(arguments)
        #expect(command.command.name == "key list")
        #expect(try command.text("repository") == "/s")
    }

    @Test("Flags can be written together, and a repeatable one counts")
    func flags() throws {
        let command = try parsed(["-vv", "put", "-nv", "x"])
        #expect(command.count("verbose") == 3)
        #expect(command.flag("dry-run"))
        #expect(!command.flag("json"))
    }

    @Test("After two dashes nothing is an option")
    func optionsEnd() throws {
        let command = try parsed(["put", "-n", "--", "-l", "--label", "--"])
        #expect(try command.argumentTexts("PATH") == ["-l", "--label", "--"])
        #expect(command.values("label").isEmpty)
    }

    @Test("A single dash, an empty word and a value that begins with a dash are values")
    func dashes() throws {
        let command = try parsed(["put", "-", "", "--label", "-", "-l", "-n", "--label=--dry-run", "--label="])
        #expect(try command.argumentTexts("PATH") == ["-", ""])
        #expect(try command.texts("label") == ["-", "-n", "--dry-run", ""])
        #expect(!command.flag("dry-run"))
    }

    @Test("Bytes that are not UTF-8 arrive as they are")
    func rawBytes() throws {
        let name: [UInt8] = [0x2F, 0xFF, 0x0A, 0xC3]
        let long = Array("--label=".utf8) + name
        let invocation = try Parser.parse(
            SampleProgram.declaration, arguments: [Array("put".utf8), name, long, Array("-l".utf8) + name])
        guard case .command(let command) = invocation else { throw UnexpectedInvocation(arguments: []) }
        #expect(command.arguments("PATH") == [name])
        #expect(command.values("label") == [name, name])
        #expect(throws: UsageError.self) { try command.texts("label") }
    }

    @Test("Required arguments are served before the optional one")
    func optionalArguments() throws {
        let two = try parsed(["exchange", "1", "2"])
        #expect(two.argument("ONE") == Array("1".utf8))
        #expect(two.argument("OTHER") == Array("2".utf8))
        #expect(two.optionalArgument("SHELF") == nil)
        let three = try parsed(["exchange", "1", "2", "/s"])
        #expect(three.optionalArgument("SHELF") == Array("/s".utf8))
    }

    @Test("A hidden command can be run")
    func hiddenCommand() throws {
        #expect(try parsed(["debug"]).command.name == "debug")
    }

    @Test("The command line goes before the environment, and an empty variable is none")
    func environment() throws {
        let both = try parsed(["put", "x", "-r", "/flag"], environment: ["PACK_REPOSITORY": "/variable"])
        #expect(try both.text("repository") == "/flag")
        #expect(both.source("repository") == .commandLine)
        let variables = ["PACK_REPOSITORY": "/variable", "PACK_KIND": "wood", "PACK_JSON": "1"]
        let variable = try parsed(["put", "x"], environment: variables)
        #expect(try variable.text("repository") == "/variable")
        #expect(variable.source("repository") == .environment)
        #expect(try variable.text("kind") == "wood")
        #expect(variable.flag("json"))
        let empty = try parsed(["put", "x"], environment: ["PACK_REPOSITORY": "", "PACK_JSON": ""])
        #expect(empty.value("repository") == nil)
        #expect(empty.source("repository") == nil)
        #expect(!empty.flag("json"))
    }

    @Test(
        "Help is about what is named",
        arguments: [
            (["--help"], HelpTopic.program), (["-h"], .program), (["help"], .program), (["-v", "help"], .program),
            (["put", "--help"], .command("put")), (["put", "-nh"], .command("put")), (["-h", "put"], .command("put")),
            (["--help", "-v", "key", "add", "x"], .command("key add")), (["help", "put"], .command("put")),
            (["help", "key"], .group("key")), (["key", "-h"], .group("key")),
            (["key", "add", "-h"], .command("key add")),
            (["help", "key", "add"], .command("key add")), (["help", "-h"], .command("help")),
            (["--help", "nothing"], .program),
        ])
    func help(arguments: [String], topic: HelpTopic) throws {
        let invocation = try Parser.parse(SampleProgram.declaration, arguments: arguments.map { Array($0.utf8) })
        guard case .help(let found) = invocation else { throw UnexpectedInvocation(arguments: arguments) }
        #expect(found == topic)
    }

    @Test("The version is answered at once")
    func version() throws {
        let invocation = try Parser.parse(SampleProgram.declaration, arguments: [Array("--version".utf8)])
        guard case .version = invocation else { throw UnexpectedInvocation(arguments: ["--version"]) }
    }

    @Test(
        "A flag is seen on a command line that is wrong",
        arguments: [
            (["--json", "--no-such"], true), (["put", "--json"], true), (["put", "--", "--json"], false), ([], false),
        ])
    func mentions(arguments: [String], expected: Bool) {
        #expect(Parser.mentions("json", in: arguments.map { Array($0.utf8) }) == expected)
    }
}
