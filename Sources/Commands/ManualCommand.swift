import CommandLineTools
import SystemInterface

/// `pastfs man`, which packages are built with.
enum ManualCommand: Command {
    private static let directoryLong = "directory"

    static let declaration = CommandDeclaration(
        name: "man", summary: "print a manual page",
        examples: [
            .init("pastfs man backup | man -l -", "read the page of a command"),
            .init("pastfs man --directory man1", "write every page into a directory"),
        ],
        arguments: [
            ArgumentDeclaration(
                name: "COMMAND", help: "the command; the program if not given", kind: .repeated(minimum: 0))
        ],
        options: [
            OptionDeclaration(
                long: directoryLong, valueName: "DIR", help: "write every page into DIR", completion: .directory)
        ],
        isHidden: true)

    static func run(_ context: CommandContext) throws -> ExitCode {
        let program = PastFSProgram.declaration
        if let directory = context.command.value(directoryLong) {
            return try writePages(of: program, into: FilePath(directory))
        }
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

    private static func writePages(of program: ProgramDeclaration, into directory: FilePath) throws -> ExitCode {
        var pages = [("\(program.name).1", ManualPage.render(program))]
        for command in program.visibleCommands {
            pages.append(
                (ManualPage.pageName(of: command, in: program) + ".1", ManualPage.render(command, of: program)))
        }
        for (name, page) in pages {
            try attempting("cannot write the manual page \(name)") {
                try FileSystem.write(directory.appending(name), Array(page.utf8))
            }
        }
        return .done
    }
}
