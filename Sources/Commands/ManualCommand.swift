import CommandLineTools

/// `pastfs man`, which packages are built with.
enum ManualCommand: Command {
    static let declaration = CommandDeclaration(
        name: "man", summary: "print a manual page",
        examples: [.init("pastfs man backup | man -l -", "read the page of a command")],
        arguments: [
            ArgumentDeclaration(
                name: "COMMAND", help: "the command; the program if not given", kind: .repeated(minimum: 0))
        ],
        isHidden: true)

    static func run(_ context: CommandContext) throws -> ExitCode {
        let program = PastFSProgram.declaration
        let name = try context.command.argumentTexts("COMMAND").joined(separator: " ")
        let page: String
        if name.isEmpty {
            page = ManualPage.render(program)
        } else {
            guard let command = program.command(named: name) else {
                throw context.command.usageError("there is no command of this name", code: .unknownCommand)
            }
            page = ManualPage.render(command, of: program)
        }
        try context.console.write(Array(page.utf8))
        return .done
    }
}
