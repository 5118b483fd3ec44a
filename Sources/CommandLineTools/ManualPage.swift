/// Manual pages in the `man` macros of roff: man(7), groff_man(7).
public enum ManualPage {
    /// The page of the whole program, `NAME(1)`. `date` stands in its foot: `2026-11-20`.
    public static func render(_ program: ProgramDeclaration, date: String = "") -> String {
        var page = Roff(title: program.name, date: date, source: source(of: program), manual: manual(of: program))
        page.name(program.name, program.summary)
        page.section("SYNOPSIS")
        page.synopsis(program.name, "[OPTION]... COMMAND [ARGUMENT]...")
        page.examples(program.examples)
        page.section("DESCRIPTION")
        page.paragraphs(program.discussion.isEmpty ? program.summary : program.discussion)
        for (group, members) in HelpText.grouped(program.visibleCommands, by: \.group) {
            page.section((group ?? "Commands").uppercased())
            for command in members { page.definition(bold: command.usage, command.summary) }
        }
        page.options(program.globalOptions, heading: "GLOBAL OPTIONS")
        page.definitions("ENVIRONMENT", program.environment.map { ($0.name, $0.meaning) })
        page.definitions("EXIT STATUS", program.exitCodes.map { ($0.code, $0.meaning) })
        page.seeAlso(program.visibleCommands.map { pageName(of: $0, in: program) })
        return page.text
    }

    /// The page of one command, `NAME-COMMAND(1)`.
    public static func render(
        _ command: CommandDeclaration, of program: ProgramDeclaration, date: String = ""
    ) -> String {
        let name = pageName(of: command, in: program)
        var page = Roff(title: name, date: date, source: source(of: program), manual: manual(of: program))
        page.name(name, command.summary)
        page.section("SYNOPSIS")
        page.synopsis("\(program.name) \(command.name)", String(command.usage.dropFirst(command.name.count + 1)))
        page.examples(command.examples)
        page.section("DESCRIPTION")
        page.paragraphs(command.discussion.isEmpty ? command.summary : command.discussion)
        page.definitions("ARGUMENTS", command.arguments.map { ($0.name, HelpText.help(of: $0)) })
        page.options(command.options, heading: "OPTIONS")
        for option in command.options {
            page.definitions(
                HelpText.listHeading(of: option), option.completion.listed.map { ($0.usage, $0.completeHelp) })
        }
        page.options(program.globalOptions, heading: "GLOBAL OPTIONS")
        page.definitions("EXIT STATUS", program.exitCodes.map { ($0.code, $0.meaning) })
        page.seeAlso([program.name])
        return page.text
    }

    /// The name of a command's page, without its section: `pastfs-key-list`.
    public static func pageName(of command: CommandDeclaration, in program: ProgramDeclaration) -> String {
        ([program.name] + command.words).joined(separator: "-")
    }

    private static func source(of program: ProgramDeclaration) -> String {
        program.version.isEmpty ? program.name : "\(program.name) \(program.version)"
    }

    private static func manual(of program: ProgramDeclaration) -> String { "\(program.name) manual" }
}
