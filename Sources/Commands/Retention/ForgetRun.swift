import Maintenance
import Repository
import SystemInterface

/// Forgets what was decided on, or only says so in a dry run, and shows what became of each snapshot.
struct ForgetRun {
    let repository: Repository
    let attribution: Attribution
    let context: CommandContext

    private var isDryRun: Bool { context.command.flag("dry-run") }
    private var isConfirmed: Bool { context.command.flag("confirm") }

    /// Forgets what `plan` removes. A snapshot that turns out to be held is kept.
    func perform(_ plan: RetentionPlan, _ what: String) throws -> ExitCode {
        let names = Dictionary(uniqueKeysWithValues: repository.snapshots().map { ($0.id, $0) })
        var output = ForgetOutput(console: context.console, isDryRun: isDryRun)
        let isRefused = plan.needsConfirmation && !isConfirmed
        var lateHolds: Set<SnapshotID> = []
        var failure: Failure?
        if !isDryRun, !isRefused {
            defer { repository.makeReserve() }
            // The oldest first: whatever stops the run, what is left is what a policy would rather keep.
            for candidate in plan.removed {
                do {
                    if try !forget(candidate.id) { lateHolds.insert(candidate.id) }
                    output.forgottenCount += 1
                } catch {
                    failure = Failure(what, error)
                    break
                }
            }
            output.forgottenCount -= lateHolds.count
        } else {
            output.forgottenCount = plan.removed.count
        }
        for group in plan.groups {
            try output.begin(group.group)
            for decision in group.decisions {
                guard let snapshot = names[decision.candidate.id] else { continue }
                let reasons = lateHolds.contains(snapshot.id) ? [.held] : decision.reasons
                try output.add(snapshot, isKept: !reasons.isEmpty, reasons: reasons.map(\.description), group.group)
            }
            try output.endGroup()
        }
        if let failure { throw failure }
        if isRefused, !isDryRun {
            try context.console.flush()
            throw Self.unconfirmed(plan.removed.count, of: plan.decisions.count, what)
        }
        try output.finish(of: plan.decisions.count, needsConfirmation: isRefused)
        return .done
    }

    /// Forgets `snapshots`, of `count` in all; one that is held is an error, before anything is forgotten.
    func perform(_ snapshots: [Snapshot], of count: Int, _ what: String) throws -> ExitCode {
        let isRefused =
            (snapshots.count == count || RetentionPlan.needsConfirmation(removing: snapshots.count, of: count))
            && !isConfirmed
        for snapshot in snapshots {
            let holds = try attempting(what) { try repository.bindingHolds(of: snapshot.id) }
            guard let hold = holds.first(where: { $0.isInForce(at: attribution.time) }) else { continue }
            throw Failure(
                what, RepositoryError(.held, "snapshot \(snapshot.id.short) is held by \(hold.shortID)"))
        }
        if isRefused, !isDryRun { throw Self.unconfirmed(snapshots.count, of: count, what) }
        var output = ForgetOutput(console: context.console, isDryRun: isDryRun)
        var failure: Failure?
        defer { if !isDryRun { repository.makeReserve() } }
        for snapshot in snapshots {
            if !isDryRun {
                do {
                    try tombstone(snapshot.id)
                } catch {
                    failure = Failure(what, error)
                    break
                }
            }
            output.forgottenCount += 1
            try output.add(snapshot, isKept: false, reasons: [], nil)
        }
        try output.endGroup()
        if let failure { throw failure }
        try output.finish(of: count, needsConfirmation: isRefused)
        return .done
    }

    /// Takes back that `snapshots` are forgotten.
    func undo(_ snapshots: [Snapshot], _ what: String) throws -> ExitCode {
        defer { if !isDryRun { repository.makeReserve() } }
        for snapshot in snapshots {
            if !isDryRun {
                _ = try attempting(what) {
                    try repository.usingReserve { () throws(RepositoryError) in
                        try repository.undoForget(snapshot.id, by: attribution, entropy: context.entropy)
                    }
                }
            }
            try context.console.record(UndoRecord(snapshot: snapshot.id.description, dryRun: isDryRun))
            let verb = isDryRun ? "would be kept again" : "is kept again"
            try context.console.line("snapshot \(snapshot.id.short) \(verb)")
        }
        return .done
    }

    /// Forgets one; false if it is held.
    private func forget(_ snapshot: SnapshotID) throws(RepositoryError) -> Bool {
        do throws(RepositoryError) {
            try tombstone(snapshot)
            return true
        } catch {
            // Another run was faster: it is as gone as it was to be.
            if error.code == .removed || error.code == .noSuchSnapshot { return true }
            guard error.code == .held else { throw error }
            return false
        }
    }

    /// Forgets one, on a full disk too.
    private func tombstone(_ snapshot: SnapshotID) throws(RepositoryError) {
        _ = try repository.usingReserve { () throws(RepositoryError) in
            try repository.forget(snapshot, by: attribution, entropy: context.entropy)
        }
    }

    private static func unconfirmed(_ removed: Int, of count: Int, _ what: String) -> Failure {
        Failure(
            .refused, what, why: "\(removed) of \(count) snapshots would go", fix: "add --confirm if that is meant")
    }

    private struct UndoRecord: JSONRecord {
        static let schema = "pastfs.unforget.v1"
        let snapshot: String
        let dryRun: Bool
    }
}
