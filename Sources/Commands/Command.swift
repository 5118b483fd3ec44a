import CommandLineTools

/// One verb of the program.
protocol Command: SendableMetatype {
    /// What parser, help, completion and manual page know of it.
    static var declaration: CommandDeclaration { get }

    /// Runs it. Throws a `Failure`, a `UsageError`, or an error of a layer below, which then says "cannot NAME".
    static func run(_ context: CommandContext) throws -> ExitCode
}
