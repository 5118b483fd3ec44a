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

            Every snapshot is complete for whoever reads it. The kind says what was read: a
            `full` backup reads every byte, an `incremental` one what has changed since the
            newest snapshot, a `differential` one what has since the newest full one.
            """,
        examples: [
            .init("pastfs backup /home /etc", "save two directories"),
            .init("pastfs backup --tag weekly --exclude '*.tmp' --exclude /home/*/.cache /home", "leave things out"),
            .init("pastfs backup --dry-run -v /home", "say what would be saved"),
            .init(
                "pastfs backup --stdin-from-command --name db.sql -- pg_dump mydb", "save what a command prints"),
        ],
        arguments: [
            ArgumentDeclaration(name: "PATH", help: "what to save", kind: .repeated(minimum: 0), completion: .file)
        ],
        options: [
            OptionDeclaration(
                long: "tag", short: "t", valueName: "TAG", help: "give the snapshot a tag", isRepeatable: true),
            OptionDeclaration(
                long: "host", valueName: "NAME", help: "the host's name, if it is to be another than this one's"),
            OptionDeclaration(
                long: "parent", valueName: "SNAPSHOT",
                help: "recognise unchanged files by this snapshot; `none` reads every file"),
            OptionDeclaration(long: "dry-run", short: "n", help: "store nothing, and say what would be done"),
            OptionDeclaration(
                long: "workers", valueName: "N",
                help: "threads that compress and encrypt, 1 to 64; all cores if not given"),
            OptionDeclaration(
                long: "compression-level", valueName: "N",
                help: "zstd's level, 1 (fast) to 19 (small); 2 if not given"),
        ] + SourceOptions.declarations + RunOptions.declarations)

    static func run(_ context: CommandContext) throws -> ExitCode {
        let isDryRun = context.command.flag("dry-run")
        // Before any thread is started: each has its priority from the one that starts it.
        try RunOptions.lowerPriority(context)
        let interruption = try Interruption(
            context.console, isDryRun ? "nothing was to be committed" : "nothing was committed")
        var options = try options(context)
        let seconds = try RunOptions.seconds(context)
        try RunOptions.limit(&options, context.command)
        let meter = try ProgressMeter(context, phase: "saving")
        let isHooked = !isDryRun && context.command.value("hook-before") != nil
        let isStream = context.command.flag("stdin") || context.command.flag("stdin-from-command")
        let isEarly = !isHooked && !isStream
        if isEarly { try BackupSources.complete(&options, context) }
        // While the key is derived, somebody can look at the sources.
        let scout = isEarly ? SourceScout(options, clock: context.clock) : nil
        let repository = try context.openRepository(for: .adding.unless(dryRun: isDryRun)) {
            CommitGate($0, interruption: interruption)
        }
        // A command that is started takes the limit over, and not every program bears a high one (select(2)).
        if isEarly, context.command.value("hook-after") == nil { ResourceLimits.raiseOpenFiles() }
        options.parent = try RunOptions.parent(context, repository)
        options.filesCache = try RunOptions.filesCache(context)
        let hooks = BackupHooks(context)
        interruption.beforeLeaving { hooks.finish(.interrupted) }
        let reporter = BackupReporter(context.console, meter)
        let outcome: BackupOutcome
        do {
            if isHooked { options.sourcesSince = context.clock.now() }
            try hooks.begin()
            if !isEarly { try BackupSources.complete(&options, context) }
            if let command = options.stream as? CommandStream {
                interruption.beforeLeaving {
                    command.terminate()
                    hooks.finish(.interrupted)
                }
            }
            let run = BackupRun(
                repository: repository, options: options, clock: context.clock, entropy: context.entropy,
                observer: reporter, scout: scout ?? SourceScout(options, clock: context.clock))
            if let seconds { try end(run, afterSeconds: seconds - meter.seconds) }
            outcome = try attempting(isDryRun ? "cannot try the backup" : "cannot make the backup") { try run.run() }
        } catch {
            (options.stream as? CommandStream)?.terminate()
            hooks.finish(.failed)
            throw error
        }
        context.console.status(nil)
        let isWhole = outcome.problemCount == 0 && !outcome.manifest.isPartial
        let isCleanedUp = hooks.finish(isWhole ? .done : .problems, outcome.snapshot?.id)
        try reporter.rethrow()
        try tellKind(outcome, context)
        try BackupOutput(console: context.console, outcome: outcome, seconds: meter.seconds).write()
        return isWhole && isCleanedUp ? .done : .problems
    }

    private static func end(_ run: BackupRun, afterSeconds seconds: Double) throws {
        guard seconds > 0 else { return run.endInTime() }
        _ = try Thread.spawn(name: "deadline") {
            Thread.pause(seconds: seconds)
            run.endInTime()
        }
    }

    private static func options(_ context: CommandContext) throws -> BackupOptions {
        let command = context.command
        var options = BackupOptions(
            paths: [], host: try command.text("host") ?? Host.name, userName: Accounts.currentUserName(),
            program: "\(PastFSProgram.name) \(PastFSProgram.version)")
        options.tags = try command.texts("tag")
        options.excludes = try SourceOptions.patterns(context)
        options.filter = try SourceOptions.filter(context)
        options.ignoresDevice = context.command.flag("ignore-device")
        options.keepsPartial = try command.text("on-timeout") == "partial"
        try BackupSources.check(context)
        options.ownDirectories = try context.ownDirectories()
        options.dryRun = command.flag("dry-run")
        options.workers =
            try command.integer("workers", in: WriteSessionOptions.workersRange) ?? min(Host.processorCount, 64)
        options.compressionLevel =
            try command.integer("compression-level", in: WriteSessionOptions.compressionLevelRange)
            ?? WriteSessionOptions.compressionLevelDefault
        return options
    }

    /// Says what is not as it was asked for, or is not as a person takes it to be.
    private static func tellKind(_ outcome: BackupOutcome, _ context: CommandContext) throws {
        if try context.command.text("kind") == SnapshotKind.differential.name, outcome.manifest.kind == .full {
            context.console.message(.note, "there is no full snapshot of these paths yet: this one is full")
        }
        if outcome.manifest.isPartial {
            context.console.message(
                .warning, "the time is over: the snapshot is partial, and `latest` passes over it")
        }
    }
}
