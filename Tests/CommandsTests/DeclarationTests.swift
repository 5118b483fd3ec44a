import CommandLineTools
import Commands
import Testing

@Suite("The program's declaration")
struct DeclarationTests {
    @Test("breaks none of the rules for declarations")
    func faults() {
        #expect(PastFSProgram.declaration.faults() == [])
    }

    @Test("gives every visible command an example", arguments: PastFSProgram.declaration.visibleCommands.map(\.name))
    func examples(name: String) throws {
        let command = try #require(PastFSProgram.declaration.command(named: name))
        #expect(!command.examples.isEmpty || name == CommandDeclaration.help.name)
        #expect(
            command.examples.allSatisfy { $0.command.contains("pastfs \(name)") || $0.command.contains(" \(name)") })
    }

    @Test("can be parsed from each of its examples", arguments: PastFSProgram.declaration.visibleCommands)
    func parsable(command: CommandDeclaration) throws {
        for example in command.examples {
            let line = example.command.split(whereSeparator: { "|>)\"".contains($0) })
                .first { $0.contains("pastfs ") }
            let words = try #require(line).drop { $0 != "p" }.split(separator: " ").dropFirst()
            let plain = words.map { Array($0.filter { $0 != "'" }.utf8) }
            guard case .command(let parsed) = try Parser.parse(PastFSProgram.declaration, arguments: plain) else {
                Issue.record("\(example.command) runs no command")
                continue
            }
            #expect(parsed.command.name == command.name)
        }
    }
}
