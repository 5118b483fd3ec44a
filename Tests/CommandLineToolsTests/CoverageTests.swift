import CommandLineTools
import Testing

/// One declaration gives everything: what is declared is in help, completion and manual page.
@Suite("Everything declared is shown everywhere")
struct CoverageTests {
    static let programs = [SampleProgram.declaration] + (1...40).map { RandomProgram.make(seed: $0) }

    @Test("Help is at most 80 columns wide and without spaces at line ends", arguments: programs)
    func width(program: ProgramDeclaration) {
        let topics = [HelpTopic.program, .group("key"), .group("group")] + program.commands.map { .command($0.name) }
        let lines = topics.flatMap { HelpText.render(program, $0).split(separator: "\n") }
        #expect(lines.filter { $0.count > 80 || $0.hasSuffix(" ") } == [])
    }

    @Test("Each option of each command is in its help, in its manual page and in every completion", arguments: programs)
    func options(program: ProgramDeclaration) {
        let scripts = Completion.Shell.allCases.map { Completion.script(for: $0, program) }
        for command in program.visibleCommands {
            let help = HelpText.render(program, .command(command.name))
            let page = ManualPage.render(command, of: program)
            for option in command.options + program.globalOptions {
                #expect(help.contains("--\(option.long)"))
                #expect(page.contains("\\fB\\-\\-\(option.long.replacing("-", with: "\\-"))\\fR"))
                for script in scripts { #expect(script.contains(option.long)) }
                guard let short = option.short else { continue }
                #expect(help.contains("  -\(short), --\(option.long)"))
                #expect(page.contains("\\fB\\-\(short)\\fR"))
            }
            for value in command.options.flatMap(\.completion.listed) {
                #expect(help.contains("\n  \(value.usage)"))
                #expect(page.contains("\\fB\(value.usage)\\fR"))
                for script in scripts { #expect(script.contains(value.name)) }
            }
            for argument in command.arguments { #expect(help.contains(argument.name) && page.contains(argument.name)) }
        }
    }

    @Test("Each visible command is in the program's help and page, and no hidden one", arguments: programs)
    func commands(program: ProgramDeclaration) {
        let help = HelpText.render(program, .program)
        let page = ManualPage.render(program)
        for command in program.commands {
            #expect(help.contains("\n  \(command.name) ") == !command.isHidden)
            #expect(page.contains(".TP\n\\fB\(command.name)") == !command.isHidden)
        }
        for code in program.exitCodes { #expect(help.contains("\n  \(code.code) ")) }
    }

    @Test("The sample program's declaration has no fault")
    func noFaults() {
        #expect(SampleProgram.declaration.faults() == [])
    }

    @Test("A declaration that contradicts itself is found out")
    func faults() {
        let program = ProgramDeclaration(
            name: "p", summary: "s", globalOptions: [OptionDeclaration(long: "name", help: "a flag here.")],
            commands: [
                CommandDeclaration(
                    name: "key", summary: "s",
                    arguments: [
                        ArgumentDeclaration(name: "A", help: "h", kind: .repeated(minimum: 0)),
                        ArgumentDeclaration(name: "A", help: "h"),
                    ]),
                CommandDeclaration(
                    name: "key list", summary: "",
                    arguments: [
                        ArgumentDeclaration(name: "B", help: "h", kind: .optional),
                        ArgumentDeclaration(name: "C", help: "h"),
                    ],
                    options: [OptionDeclaration(long: "name", valueName: "NAME", help: "h")]),
                CommandDeclaration(
                    name: "wide", summary: "s", discussion: " " + String(repeating: "w", count: 80),
                    options: [OptionDeclaration(long: "X", short: "é", help: "h", completion: .file)]),
                CommandDeclaration(name: "wide", summary: "s"),
            ])
        let expected = [
            "the command key is the beginning of key list", "the command wide is declared twice",
            "--name takes a value in one place and none in another", "--X is not two or more of a-z, 0-9 and -",
            "-é is not an ASCII letter or digit", "the flag --X has values", "--name means two things in one place",
            "key has two arguments of one name", "key: A is repeated, and is not the last argument",
            "key list: what follows the optional B must be optional",
            "key list: the summary is empty or ends in a full stop",
            "--name: the help is empty or ends in a full stop",
            "this line of help is too wide:  " + String(repeating: "w", count: 80),
        ]
        let found = program.faults()
        #expect(expected.filter { !found.contains($0) } == [])
    }
}
