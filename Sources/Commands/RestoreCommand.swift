import CommandLineTools
import Repository
import Restorer
import SystemInterface

/// `pastfs restore`
enum RestoreCommand: Command {
    static let declaration = CommandDeclaration(
        name: "restore", summary: "restore files of a snapshot",
        discussion: """
            What a directory holds is put into DIR, anything else under its own name. DIR is
            made if it is missing, and must be empty unless `--overwrite` is given. Owners
            and devices need root. A damaged file is named and not left behind: the others
            are restored, and the command ends with 13; with 3 for what DIR cannot take.

            With `--overwrite` directories are joined, and anything else that is there is
            replaced: `always`; `if-changed`, if type, size or time differ, which also goes
            on where a restore was interrupted; `if-newer`, if the snapshot's is newer; or
            `never`. No link that lies in DIR is ever followed.
            """,
        examples: [
            .init("pastfs restore latest --to /mnt/new", "restore everything"),
            .init("pastfs restore yesterday:/home/anna/letters --to /tmp/letters", "restore a directory"),
            .init("pastfs restore latest:/home --to /home --overwrite if-changed -n -v", "say what would change"),
        ],
        arguments: [
            ArgumentDeclaration(name: "SNAPSHOT[:PATH]", help: "a snapshot, and a path in it; everything if not given")
        ],
        options: RestoreArguments.declarations)

    static func run(_ context: CommandContext) throws -> ExitCode {
        let argument = try SnapshotArgument(context.command.argument("SNAPSHOT[:PATH]"), context)
        guard let bytes = context.command.value("to") else {
            throw context.command.usageError("--to DIR is missing: where to put the files", code: .missingArgument)
        }
        let destination = try context.absolute(bytes)
        let options = try RestoreArguments.options(context, path: argument.path)
        try confirm(options, destination, context)
        _ = try Interruption(
            context.console,
            options.isDryRun ? "nothing was changed" : "what was restored so far is left in \(destination)")
        let meter = try ProgressMeter(context, phase: options.isDryRun ? "comparing" : "restoring")
        let repository = try context.openRepository()
        let snapshot = try argument.snapshot(in: repository)
        if options.deletes { try checkComplete(snapshot, destination) }
        _ = ResourceLimits.raiseOpenFiles()
        let isListed = context.console.verbosity > 0
        let reporter = RestoreReporter(
            context.console, meter, listing: isListed ? .all : options.isDryRun ? .changes : .none)
        let run = RestoreRun(
            repository: repository, snapshot: snapshot, destination: destination, options: options, observer: reporter)
        let outcome = try attempting("cannot restore to \(destination)") { try run.run() }
        context.console.status(nil)
        try reporter.rethrow()
        try report(outcome, context, snapshot, destination, options, seconds: meter.seconds)
        if outcome.damagedCount > 0 { return .damage }
        return outcome.problemCount == 0 ? .done : .problems
    }

    /// Refuses to remove what the snapshot lacks where nobody can know why it does.
    private static func checkComplete(_ snapshot: Snapshot, _ destination: FilePath) throws {
        let refused = "cannot restore to \(destination) with --delete"
        guard !snapshot.manifest.isPartial else {
            throw Failure(
                .refused, refused,
                why: "snapshot \(snapshot.id.short) is partial: what its backup did not come to would be removed",
                fix: "leave --delete out, or name a complete snapshot")
        }
        guard snapshot.manifest.listsAllProblems else {
            throw Failure(
                .refused, refused,
                why: "snapshot \(snapshot.id.short) does not list all of its \(snapshot.manifest.problemCount) "
                    + "problems: what its backup could not save would be removed",
                fix: "leave --delete out, or name a snapshot with fewer problems")
        }
    }

    /// Has it confirmed that something is removed, by an option or a person.
    private static func confirm(_ options: RestoreOptions, _ destination: FilePath, _ context: CommandContext) throws {
        guard options.deletes, !options.isDryRun, !context.command.flag("confirm") else { return }
        let question = "Remove what is in \(destination) and not in the snapshot? Type yes: "
        do throws(SystemError) {
            if try Terminal.ask(question) == Array("yes".utf8) { return }
        } catch {
            throw context.command.usageError(
                "--delete is to be confirmed, and there is no terminal to ask on", suggestion: "--delete --confirm")
        }
        throw Failure(
            .failed, "cannot restore to \(destination)", why: "it was not confirmed that something is removed",
            fix: "`--dry-run` shows what would be removed")
    }

    private static func report(
        _ outcome: RestoreOutcome, _ context: CommandContext, _ snapshot: Snapshot, _ destination: FilePath,
        _ options: RestoreOptions, seconds: Double
    ) throws {
        let statistics = outcome.statistics
        try context.console.record(Record(outcome, snapshot, destination))
        let others = statistics.directories + statistics.symbolicLinks + statistics.others + statistics.hardLinks
        try context.console.line(
            (options.isDryRun ? "would restore " : "restored ")
                + "\(AmountText.count(statistics.files, "file")) and \(AmountText.count(others, "other item")), "
                + "\(AmountText.bytes(statistics.bytes)), to \(destination) in \(AmountText.duration(seconds: seconds))"
        )
        if options.overwriting != nil {
            var deleted = options.deletes ? ", \(statistics.deleted) deleted" : ""
            if statistics.spared > 0 { deleted += ", \(statistics.spared) spared that the backup left out" }
            try context.console.line(
                "  \(statistics.replaced) replaced, \(statistics.kept) left as they were\(deleted)")
        }
        if options.verifies {
            try context.console.line("  \(AmountText.count(statistics.verified, "file")) read back and the same")
        }
        if outcome.problemCount > 0 {
            let damage =
                outcome.damagedCount > 0 ? ", of which \(outcome.damagedCount) because of damage in the repository" : ""
            try context.console.line("  \(AmountText.count(outcome.problemCount, "problem"))\(damage): see above")
        }
    }

    private struct Record: JSONRecord {
        static let schema = "pastfs.restore.v1"
        let snapshot: String
        let destination: PathRecord
        let files: UInt64
        let directories: UInt64
        let symbolicLinks: UInt64
        let others: UInt64
        let hardLinks: UInt64
        let bytes: UInt64
        let replaced: UInt64
        let kept: UInt64
        let deleted: UInt64
        let spared: UInt64
        let verified: UInt64
        let problems: UInt64
        let damaged: UInt64

        init(_ outcome: RestoreOutcome, _ snapshot: Snapshot, _ destination: FilePath) {
            self.snapshot = snapshot.id.description
            self.destination = PathRecord(destination)
            files = outcome.statistics.files
            directories = outcome.statistics.directories
            symbolicLinks = outcome.statistics.symbolicLinks
            others = outcome.statistics.others
            hardLinks = outcome.statistics.hardLinks
            bytes = outcome.statistics.bytes
            replaced = outcome.statistics.replaced
            kept = outcome.statistics.kept
            deleted = outcome.statistics.deleted
            spared = outcome.statistics.spared
            verified = outcome.statistics.verified
            problems = outcome.problemCount
            damaged = outcome.damagedCount
        }
    }
}
