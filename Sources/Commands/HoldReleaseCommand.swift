import CommandLineTools
import Repository
import SystemInterface

/// `pastfs hold release`
enum HoldReleaseCommand: Command {
    static let declaration = CommandDeclaration(
        name: "hold release", summary: "end a hold",
        discussion: """
            HOLD is what `pastfs hold list` shows: the snapshot's identifier or the beginning
            of it, a full stop, and a number. Other holds of the snapshot stay.
            """,
        examples: [.init("pastfs hold release 1a192ed7.1 --reason closed", "end a hold")],
        arguments: [ArgumentDeclaration(name: "HOLD", help: "the hold")],
        options: [OptionDeclaration(long: "reason", valueName: "TEXT", help: "what is written down as the reason")],
        group: "Holds")

    static func run(_ context: CommandContext) throws -> ExitCode {
        _ = try Interruption(context.console, "`pastfs hold list` shows whether the hold is there")
        let (digits, number) = try name(context)
        let attribution = try context.attribution(or: "")
        let repository = try context.openRepository(for: .deleting)
        let what = "cannot release the hold"
        let found = try attempting(what) {
            // Of no other snapshot: a disk may not give the holds of that.
            let held = try repository.snapshotsWithHolds().filter { $0.description.hasPrefix(digits) }.filter { id in
                try repository.holds(of: id).contains { $0.number == number }
            }
            guard let snapshot = held.first else { throw RepositoryError(.noSuchHold, "there is no such hold") }
            guard held.count == 1 else {
                throw RepositoryError(.ambiguousSnapshot, "\(held.count) snapshots begin with \(digits)")
            }
            return snapshot
        }
        let isNew = try attempting(what) {
            defer { repository.makeReserve() }
            return try repository.usingReserve { () throws(RepositoryError) in
                try repository.releaseHold(number, of: found, by: attribution, entropy: context.entropy)
            }
        }
        if !isNew { context.console.message(.note, "it was released before") }
        let holds = try attempting(what) { try repository.holds(of: found) }
        guard let hold = holds.first(where: { $0.number == number }) else { return .failed }
        try context.console.record(HoldRecord(hold, now: attribution.time))
        let left = holds.filter { $0.release == nil }.count
        try context.console.line(
            "hold \(hold.shortID) is released; \(AmountText.count(UInt64(left), "other hold")) of the snapshot left")
        return .done
    }

    private static func name(_ context: CommandContext) throws -> (digits: String, number: UInt64) {
        let text = String(validating: context.command.argument("HOLD"), as: UTF8.self)?.lowercased() ?? ""
        let words = text.split(separator: ".", omittingEmptySubsequences: false)
        guard words.count == 2, (SnapshotSelector.prefixDigitsMin...64).contains(words[0].utf8.count),
            words[0].utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }),
            let number = UInt64(words[1]), number > 0
        else {
            throw context.command.usageError(
                "HOLD is a snapshot's identifier, a full stop and a number, as `pastfs hold list` shows it",
                code: .invalidValue)
        }
        return (String(words[0]), number)
    }
}
