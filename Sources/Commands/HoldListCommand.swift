import CommandLineTools
import Repository
import SystemInterface

/// `pastfs hold list`
enum HoldListCommand: Command {
    static let declaration = CommandDeclaration(
        name: "hold list", summary: "list holds",
        discussion: """
            Those that nobody has released; with --all the others too. One whose time is
            over no longer keeps anybody from forgetting the snapshot. Holds that a disk does
            not give are named on standard error, and the command ends with 13.
            """,
        examples: [
            .init("pastfs hold list", "list all holds"),
            .init("pastfs hold list --all 1a192ed7", "everything that was ever held of a snapshot"),
        ],
        arguments: [
            ArgumentDeclaration(name: "SNAPSHOT", help: "only the holds of this snapshot", kind: .optional)
        ],
        options: [OptionDeclaration(long: "all", help: "released ones too")], group: "Holds")

    static func run(_ context: CommandContext) throws -> ExitCode {
        _ = try Interruption(context.console, "nothing was changed")
        let argument = try context.command.optionalArgument("SNAPSHOT").map { try SnapshotArgument.whole($0, context) }
        let repository = try context.openRepository()
        let snapshot = try argument.map { try $0.snapshotOrForgotten(in: repository) }
        let what = "cannot list holds"
        let snapshots = try snapshot.map { [$0.id] } ?? attempting(what) { try repository.snapshotsWithHolds() }
        var holds: [Hold] = []
        var isComplete = true
        for id in snapshots {
            do throws(RepositoryError) {
                holds += try repository.holds(of: id)
            } catch {
                // What a disk does not give of one snapshot keeps nobody from seeing what holds the others.
                guard snapshot == nil, error.isUnreadable else { throw Failure(what, error) }
                context.console.message(.warning, "the holds of snapshot \(id.short) are left out: \(error)")
                isComplete = false
            }
        }
        let now = context.clock.now()
        var table = Table(["HOLD", "STATE", "SINCE (UTC)", "UNTIL (UTC)", "BY", "REASON"])
        let shown = holds.filter { $0.release == nil || context.command.flag("all") }
        for hold in shown {
            let record = HoldRecord(hold, now: now)
            try context.console.record(record)
            let by = hold.attribution
            table.add([
                hold.shortID, record.state, TimeText.short(by.time), hold.until.map(TimeText.short) ?? "",
                by.who, Self.reason(of: hold),
            ])
        }
        if !shown.isEmpty { for line in table.lines { try context.console.line(line) } }
        return isComplete ? .done : .damage
    }

    /// Why there is the hold, and why there is none any more.
    private static func reason(of hold: Hold) -> String {
        guard let release = hold.release else { return hold.attribution.reason }
        let why = release.reason.isEmpty ? "" : ": \(release.reason)"
        return "\(hold.attribution.reason) (released \(TimeText.short(release.time)) by \(release.who)\(why))"
    }
}
