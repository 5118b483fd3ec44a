import CommandLineTools
import Maintenance
import Repository
import SystemInterface

/// `pastfs prune`
enum PruneCommand: Command {
    static let declaration = CommandDeclaration(
        name: "prune", summary: "delete what no snapshot needs",
        discussion: """
            Removes forgotten snapshots for good and frees what only they, and runs that
            died, have stored. Backups, mounts and other prunes may run at the same time.

            It is first written down what would go; then runs that may rely on it must have
            ended; then it is found out again what is needed, and only the rest is deleted.
            A run without an end that began longer ago than --grace is taken for dead: it is
            ended, and its writer, if it lives, makes no snapshot. For younger ones prune
            ends with 11, and the next prune goes on; --fence-sessions ends them, too.

            Whatever is wrong, a chunk or a snapshot that is missing above all, stops it
            before anything is deleted. So does leaving no snapshot, or deleting more than
            half of what is stored, unless --confirm is given: it ends with 14.
            """,
        examples: [
            .init("pastfs prune --dry-run", "say what would be freed"),
            .init("pastfs prune", "delete what no snapshot needs"),
            .init("pastfs prune --max-unused 0%", "and leave no pack that is needed in part only"),
        ],
        options: [
            OptionDeclaration(long: "dry-run", short: "n", help: "delete nothing, and say what would be done"),
            OptionDeclaration(
                long: "grace", valueName: "DURATION",
                help: "how old a run without an end must be to be ended: `12h`, `2d`; 1d if not given"),
            OptionDeclaration(long: "fence-sessions", help: "end every run that has not ended, however young"),
            OptionDeclaration(
                long: "max-unused", valueName: "PERCENT",
                help: "how much of what stays may be of no use before packs are rewritten; 5% if not given"),
            OptionDeclaration(long: "confirm", help: "delete even the last snapshot, or more than half of everything"),
        ])

    static func run(_ context: CommandContext) throws -> ExitCode {
        let options = try options(context)
        _ = try Interruption(
            context.console, options.isDryRun ? "nothing was deleted" : "the next prune goes on from here")
        let meter = try ProgressMeter(context, phase: "marking")
        let repository = try context.openRepository(for: .deleting.unless(dryRun: options.isDryRun))
        let reporter = PruneReporter(context.console, meter)
        let report = try attempting(options.isDryRun ? "cannot try the prune" : "cannot finish the prune") {
            try Collection(repository, options: options, entropy: context.entropy, observer: reporter).run()
        }
        context.console.status(nil)
        try reporter.rethrow()
        try PruneOutput(console: context.console, report: report).write(seconds: meter.seconds)
        guard report.end != .waiting else {
            throw Failure(
                .locked, "cannot finish the prune",
                why: "\(AmountText.count(UInt64(report.sessionsWaitedFor.count), "run")) may need what would go",
                fix: "prune again when they have ended, or with --fence-sessions")
        }
        return .done
    }

    private static func options(_ context: CommandContext) throws -> CollectionOptions {
        let command = context.command
        var options = CollectionOptions(
            identity: RunIdentity(
                started: context.clock.now(), host: Host.name, processID: UInt32(clamping: Host.processID)))
        options.isDryRun = command.flag("dry-run")
        options.fencesSessions = command.flag("fence-sessions")
        options.isConfirmed = command.flag("confirm")
        if let text = try command.text("grace") {
            guard let duration = RetentionDuration(text) else {
                throw command.usageError(
                    "--grace: \(Printable.line(text)) is no duration of an hour or more, like `12h` or `2d`",
                    code: .invalidValue)
            }
            options.graceSeconds = duration.seconds
        }
        if let text = try command.text("max-unused") {
            guard let percent = Int(text.hasSuffix("%") ? text.dropLast() : text[...]), (0...100).contains(percent)
            else {
                throw command.usageError("--max-unused: \(text) is no percentage from 0% to 100%", code: .invalidValue)
            }
            options.unusedShareMax = Double(percent) / 100
        }
        return options
    }
}
