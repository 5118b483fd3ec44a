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
            """,
        examples: [
            .init("pastfs restore latest --to /mnt/new", "restore everything"),
            .init("pastfs restore yesterday:/home/anna/letters --to /tmp/letters", "restore a directory"),
        ],
        arguments: [
            ArgumentDeclaration(name: "SNAPSHOT[:PATH]", help: "a snapshot, and a path in it; everything if not given")
        ],
        options: [
            OptionDeclaration(
                long: "to", valueName: "DIR", help: "where to put it; must be given", completion: .directory),
            OptionDeclaration(long: "overwrite", help: "replace what is there already"),
        ])

    static func run(_ context: CommandContext) throws -> ExitCode {
        let argument = try SnapshotArgument(context.command.argument("SNAPSHOT[:PATH]"), context)
        guard let bytes = context.command.value("to") else {
            throw context.command.usageError("--to DIR is missing: where to put the files", code: .missingArgument)
        }
        let destination = try context.absolute(bytes)
        _ = try Interruption(context.console, "what was restored so far is left in \(destination)")
        let meter = try ProgressMeter(context, phase: "restoring")
        let repository = try context.openRepository()
        let snapshot = try argument.snapshot(in: repository)
        let run = RestoreRun(
            repository: repository, snapshot: snapshot, destination: destination,
            options: RestoreOptions(path: argument.path, overwrites: context.command.flag("overwrite")),
            observer: RestoreReporter(context.console, meter))
        let outcome = try attempting("cannot restore to \(destination)") { try run.run() }
        context.console.status(nil)
        try report(outcome, context, snapshot, destination, seconds: meter.seconds)
        if outcome.damagedCount > 0 { return .damage }
        return outcome.problemCount == 0 ? .done : .problems
    }

    private static func report(
        _ outcome: RestoreOutcome, _ context: CommandContext, _ snapshot: Snapshot, _ destination: FilePath,
        seconds: Double
    ) throws {
        let statistics = outcome.statistics
        try context.console.record(Record(outcome, snapshot, destination))
        let others = statistics.directories + statistics.symbolicLinks + statistics.others + statistics.hardLinks
        try context.console.line(
            "restored \(AmountText.count(statistics.files, "file")) and \(AmountText.count(others, "other item")), "
                + "\(AmountText.bytes(statistics.bytes)), to \(destination) in \(AmountText.duration(seconds: seconds))"
        )
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
            problems = outcome.problemCount
            damaged = outcome.damagedCount
        }
    }
}
