import CommandLineTools

/// `pastfs completion`
enum CompletionCommand: Command {
    static let declaration = CommandDeclaration(
        name: "completion", summary: "print a completion script for a shell",
        examples: [
            .init("eval \"$(pastfs completion bash)\"", "complete in this bash"),
            .init("pastfs completion fish >~/.config/fish/completions/pastfs.fish", "complete in every fish"),
        ],
        arguments: [
            ArgumentDeclaration(
                name: "SHELL", help: "the shell", completion: .values(Completion.Shell.allCases.map(\.rawValue)))
        ])

    static func run(_ context: CommandContext) throws -> ExitCode {
        let name = String(decoding: context.command.argument("SHELL"), as: UTF8.self)
        guard let shell = Completion.Shell(rawValue: name) else {
            preconditionFailure("the parser accepts no other shell")
        }
        try context.console.write(Array(Completion.script(for: shell, PastFSProgram.declaration).utf8))
        return .done
    }
}
