import CommandLineTools
import Maintenance
import Repository
import SystemInterface

/// `pastfs forget`
enum ForgetCommand: Command {
    static let snapshotName = "SNAPSHOT"

    static let declaration = CommandDeclaration(
        name: "forget", summary: "say which snapshots are to go",
        discussion: """
            By name, or by a policy: then every snapshot is kept that any rule keeps, in each
            group by itself, and the table says which rules these are. Forgotten snapshots
            are not shown any more, and nothing of them is deleted: --undo takes it back
            until `pastfs prune` has reclaimed the space. `pastfs snapshots --forgotten` lists
            them.

            Of a period, the newest complete snapshot counts. A partial one, and one from the
            future, never takes the place of another: the former goes once a newer complete
            one is there, unless --keep-within or --keep-tag keeps it, the latter stays.

            A policy that keeps no complete snapshot of a group is refused, and so is
            removing more than half of more than a few snapshots without --confirm, both with
            14. So is a snapshot that is held (`pastfs hold`); of a policy, it is kept.

            A day or another time names a snapshot here only if it is the one that began then.
            """,
        examples: [
            .init("pastfs forget --keep-daily 7 --keep-weekly 5 --keep-monthly 12 -n", "what a policy would remove"),
            .init("pastfs forget --keep-last 3 --keep-within 30d --host nas", "a policy for the snapshots of a host"),
            .init("pastfs forget 1a192ed7 97d0ee0e", "forget two snapshots"),
            .init("pastfs forget --undo 1a192ed7", "take it back"),
        ],
        arguments: [
            ArgumentDeclaration(
                name: snapshotName, help: "the snapshots, where there is no policy", kind: .repeated(minimum: 0))
        ],
        options: [
            OptionDeclaration(long: "dry-run", short: "n", help: "show what would be done, and do nothing"),
            OptionDeclaration(long: "confirm", help: "remove even more than half of the snapshots"),
            OptionDeclaration(long: "undo", help: "take back that these snapshots are forgotten"),
            OptionDeclaration(long: "reason", valueName: "TEXT", help: "what is written down as the reason"),
            SnapshotFilter.hostOption, SnapshotFilter.tagOption,
            OptionDeclaration(
                long: "path", valueName: "PATH", help: "that saved this path, or a directory that it lies in",
                completion: .file),
        ] + PolicyOptions.options)

    static func run(_ context: CommandContext) throws -> ExitCode {
        _ = try Interruption(
            context.console, "each snapshot is either forgotten or not: `pastfs snapshots` shows which")
        let command = context.command
        let policy = try PolicyOptions.policy(command)
        try check(
            command, policy.isEmpty && PolicyOptions.areWaysGiven(command),
            "--group-by and --time-zone are about a policy, and there is none")
        let names = try command.arguments(snapshotName).map { try SnapshotArgument.whole($0, context) }
        let path = try command.value("path").map { try context.absolute($0) }
        let filter = try SnapshotFilter(context, path: path)
        if command.flag("undo") {
            try check(
                command, names.isEmpty || !policy.isEmpty || filter.isActive, "--undo needs snapshots, and nothing else"
            )
            return try undo(names, context)
        }
        guard names.isEmpty else {
            try check(
                command, !policy.isEmpty || filter.isActive, "snapshots are named, and a policy or a filter given too")
            return try forget(names, context)
        }
        try check(command, policy.isEmpty, "name the snapshots that are to go, or say with --keep-… what is kept")
        return try apply(policy, filter, context)
    }

    private static func check(_ command: ParsedCommand, _ isWrong: Bool, _ message: String) throws {
        if isWrong { throw command.usageError(message) }
    }

    // MARK: By a policy

    private static func apply(
        _ policy: RetentionPolicy, _ filter: SnapshotFilter, _ context: CommandContext
    ) throws -> ExitCode {
        let command = context.command
        let grouping = try PolicyOptions.grouping(command)
        let secondsEastOfUTC = try PolicyOptions.secondsEastOfUTC(command)
        let attribution = try context.attribution(or: "policy: \(text(of: policy))")
        let repository = try context.openRepository(for: .deleting.unless(dryRun: command.flag("dry-run")))
        let what = "cannot apply the policy"
        let candidates = try attempting(what) {
            try RetentionCandidate.all(in: repository, at: attribution.time, where: filter.accepts)
        }
        context.reportWarnings()
        guard !candidates.isEmpty else {
            guard !filter.isActive else {
                throw Failure(.nothingMatched, what, why: "no snapshot is of this host, tag and path")
            }
            try context.console.line("there are no snapshots")
            return .done
        }
        let plan: RetentionPlan
        do throws(RetentionError) {
            plan = try RetentionPlan(
                candidates, policy: policy, grouping: grouping, now: attribution.time,
                secondsEastOfUTC: secondsEastOfUTC)
        } catch {
            throw Failure(.refused, what, why: error.description, fix: "keep at least one snapshot: --keep-last 1")
        }
        let run = ForgetRun(repository: repository, attribution: attribution, context: context)
        return try run.perform(plan, what)
    }

    /// The rules, as they are written down as the reason.
    private static func text(of policy: RetentionPolicy) -> String {
        var words: [String] = []
        if policy.last > 0 { words.append("last \(policy.last)") }
        for period in RetentionPeriod.allCases {
            if let count = policy.periods[period] { words.append("\(period.rawValue) \(count)") }
        }
        if let within = policy.within { words.append("within \(within.seconds / 3_600) h") }
        // Many long tags must not make a record that cannot be written.
        if !policy.tags.isEmpty { words.append("\(policy.tags.count) tags") }
        return words.joined(separator: ", ")
    }

    // MARK: By name

    private static func forget(_ names: [SnapshotArgument], _ context: CommandContext) throws -> ExitCode {
        let attribution = try context.attribution(or: "")
        let repository = try context.openRepository(
            for: .deleting.unless(dryRun: context.command.flag("dry-run")))
        let all = repository.snapshots()
        let chosen = try attempting("cannot find the snapshot") {
            try distinct(names.map { try $0.selector.resolveExactly(in: all) })
        }
        let run = ForgetRun(repository: repository, attribution: attribution, context: context)
        return try run.perform(chosen, of: all, "cannot forget")
    }

    private static func undo(_ names: [SnapshotArgument], _ context: CommandContext) throws -> ExitCode {
        let attribution = try context.attribution(or: "")
        let repository = try context.openRepository(for: .adding.unless(dryRun: context.command.flag("dry-run")))
        let forgotten = repository.forgottenSnapshots().map(\.snapshot)
        let chosen = try attempting("cannot find the snapshot among the forgotten ones") {
            guard !forgotten.isEmpty else {
                throw RepositoryError(.noSuchSnapshot, "none is forgotten now; what a prune has removed is gone")
            }
            return try distinct(names.map { try $0.selector.resolveExactly(in: forgotten) })
        }
        let run = ForgetRun(repository: repository, attribution: attribution, context: context)
        return try run.undo(chosen, "cannot undo")
    }

    private static func distinct(_ snapshots: [Snapshot]) -> [Snapshot] {
        var seen: Set<SnapshotID> = []
        return snapshots.filter { seen.insert($0.id).inserted }
    }
}
