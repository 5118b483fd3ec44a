import CommandLineTools
import Repository
import SystemInterface

/// `pastfs hold add`
enum HoldAddCommand: Command {
    static let declaration = CommandDeclaration(
        name: "hold add", summary: "keep a snapshot, whatever else is said",
        discussion: """
            While a snapshot has a hold, nothing forgets or removes it, be it named or by a
            policy. If it is forgotten, that is undone. A snapshot may have several holds;
            each is released by itself, with `pastfs hold release` and the name that this
            command prints.

            With --until, whoever forgets the snapshot after that moment releases the hold.
            Until somebody does, it stays: time alone removes nothing.
            """,
        examples: [
            .init("pastfs hold add latest --reason audit", "keep the newest snapshot"),
            .init("pastfs hold add 1a192ed7 --reason audit --until 2030-12-31", "keep one until the end of a day"),
        ],
        arguments: [ArgumentDeclaration(name: "SNAPSHOT", help: "the snapshot")],
        options: [
            OptionDeclaration(long: "reason", valueName: "TEXT", help: "why; it must be given"),
            OptionDeclaration(
                long: "until", valueName: "DATE", help: "the last day or moment (UTC), such as `2030-12-31`"),
        ], group: "Holds")

    static func run(_ context: CommandContext) throws -> ExitCode {
        _ = try Interruption(context.console, "`pastfs hold list` shows whether the hold is there")
        let argument = try SnapshotArgument.whole(context.command.argument("SNAPSHOT"), context)
        let attribution = try context.attribution(or: "")
        guard !attribution.reason.isEmpty else { throw context.command.usageError("a hold needs a --reason") }
        let until = try context.command.text("until").map { try moment($0, context) }
        let repository = try context.openRepository(for: .adding)
        let snapshot = try argument.snapshotOrForgotten(in: repository)
        let hold = try attempting("cannot hold snapshot \(snapshot.id.short)") {
            defer { repository.makeReserve() }
            return try repository.usingReserve { () throws(RepositoryError) in
                try repository.addHold(of: snapshot.id, by: attribution, until: until, entropy: context.entropy)
            }
        }
        try context.console.record(HoldRecord(hold, now: attribution.time))
        try context.console.line("hold \(hold.shortID) keeps snapshot \(snapshot.id.short)")
        return .done
    }

    private static func moment(_ text: String, _ context: CommandContext) throws -> Timestamp {
        let now = context.clock.now()
        guard let moment = TimeExpression.lastMoment(of: text, now: now) else {
            throw context.command.usageError(
                "--until needs a time such as 2030-12-31, not \"\(Printable.line(text))\"", code: .invalidValue)
        }
        guard moment > now else {
            throw context.command.usageError(
                "--until: \(Printable.line(text)) is \(TimeText.short(moment)), and that is over", code: .invalidValue)
        }
        return moment
    }
}
