import CommandLineTools
import Repository
import SystemInterface
import Writer

/// `pastfs backup`
enum BackupCommand: Command {
    static let declaration = CommandDeclaration(
        name: "backup", summary: "make a snapshot",
        discussion: """
            Files that have not changed since the newest snapshot of the same host and paths
            are not read again. The repository and the cache are left out. What cannot be
            read is named, the snapshot is kept, and the command ends with 3.

            The snapshot is there, whole and durable, when the command ends with 0 or 3; if
            it is interrupted there is none, and the next run goes on from what was stored.

            With `-v` it lists what is new, changed, removed since the last snapshot, or
            unreadable; with `-vv` what is unchanged, too.
            """,
        examples: [
            .init("pastfs backup /home /etc", "save two directories"),
            .init("pastfs backup --tag weekly --exclude '*.tmp' --exclude /home/*/.cache /home", "leave things out"),
            .init("pastfs backup --dry-run -v /home", "say what would be saved"),
        ],
        arguments: [
            ArgumentDeclaration(name: "PATH", help: "what to save", kind: .repeated(minimum: 1), completion: .file)
        ],
        options: [
            OptionDeclaration(
                long: "tag", short: "t", valueName: "TAG", help: "give the snapshot a tag", isRepeatable: true),
            OptionDeclaration(
                long: "host", valueName: "NAME", help: "the host's name, if it is to be another than this one's"),
            OptionDeclaration(
                long: "exclude", short: "e", valueName: "PATTERN",
                help: "leave out what matches, as in .gitignore: with a slash a whole path, else any name",
                isRepeatable: true),
            OptionDeclaration(
                long: "parent", valueName: "SNAPSHOT",
                help: "recognise unchanged files by this snapshot; `none` reads every file"),
            OptionDeclaration(long: "dry-run", short: "n", help: "store nothing, and say what would be done"),
            OptionDeclaration(
                long: "workers", valueName: "N",
                help: "threads that compress and encrypt, 1 to 64; all cores if not given"),
        ])

    static func run(_ context: CommandContext) throws -> ExitCode {
        let command = context.command
        let isDryRun = command.flag("dry-run")
        let interruption = try Interruption(
            context.console, isDryRun ? "nothing was to be committed" : "nothing was committed")
        let options = try options(context)
        let meter = try ProgressMeter(context, phase: "saving")
        let repository = try context.openRepository { CommitGate($0, interruption: interruption) }
        var complete = options
        complete.parent = try parent(context, repository)
        let reporter = BackupReporter(context.console, meter)
        let run = BackupRun(
            repository: repository, options: complete, clock: context.clock, entropy: context.entropy,
            observer: reporter)
        let outcome = try attempting(isDryRun ? "cannot try the backup" : "cannot make the backup") { try run.run() }
        context.console.status(nil)
        try reporter.rethrow()
        try BackupOutput(console: context.console, outcome: outcome, seconds: meter.seconds).write()
        return outcome.problemCount == 0 ? .done : .problems
    }

    private static func options(_ context: CommandContext) throws -> BackupOptions {
        let command = context.command
        var options = BackupOptions(
            paths: try command.arguments("PATH").map { try source($0, context) },
            host: try command.text("host") ?? Host.name, userName: Accounts.currentUserName(),
            program: "\(PastFSProgram.name) \(PastFSProgram.version)")
        options.tags = try command.texts("tag")
        options.excludes = try command.texts("exclude")
        options.ownDirectories = [try context.repositoryPath()] + [try context.cacheDirectory()].compactMap { $0 }
        options.dryRun = command.flag("dry-run")
        options.workers =
            try command.integer("workers", in: WriteSessionOptions.workersRange) ?? min(Host.processorCount, 64)
        return options
    }

    /// What a path on the command line names: a slash behind a link asks for what it leads to, as everywhere.
    private static func source(_ bytes: [UInt8], _ context: CommandContext) throws -> FilePath {
        let path = try context.absolute(bytes)
        if bytes.last == UInt8(ascii: "/") || bytes.suffix(2) == Array("/.".utf8) {
            return try attempting("cannot make the backup") { try FileSystem.target(ofLink: path) } ?? path
        }
        if let target = try? FileSystem.target(ofLink: path), try FileSystem.status(target).type == .directory {
            context.console.message(
                .warning, "\(path) is a symbolic link, and only the link is saved: `\(path)/` is what it leads to")
        }
        return path
    }

    private static func parent(
        _ context: CommandContext, _ repository: Repository
    ) throws -> BackupOptions.Parent {
        guard let bytes = context.command.value("parent") else { return .automatic }
        if bytes == Array("none".utf8) { return .none }
        return .snapshot(try SnapshotArgument(bytes, context).snapshot(in: repository))
    }
}
