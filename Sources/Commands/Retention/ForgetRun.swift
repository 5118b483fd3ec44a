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
        let isRefused = plan.needsConfirmation && !isConfirmed
        let isReal = !isDryRun && !isRefused
        let snapshots = Dictionary(uniqueKeysWithValues: repository.snapshots().map { ($0.id, $0) })
        // Why something stays that was to go.
        var staying: [SnapshotID: String] = [:]
        var failure: Failure?
        if isReal {
            defer { repository.makeReserve() }
            // The oldest first: whatever stops the run, what is left is what a policy would rather keep.
            for candidate in plan.removed {
                guard failure == nil else {
                    staying[candidate.id] = "not reached"
                    continue
                }
                do {
                    if try !forget(candidate.id) { staying[candidate.id] = RetentionReason.held.description }
                } catch {
                    failure = Failure(what, error)
                    staying[candidate.id] = "failed"
                }
            }
        }
        var output = ForgetOutput(console: context.console, isDryRun: !isReal)
        output.forgottenCount = plan.removed.count - staying.count
        try show(plan, snapshots, staying, &output)
        if let failure { throw failure }
        if isRefused, !isDryRun {
            try context.console.flush()
            throw Self.unconfirmed(plan.removed.count, of: plan.decisions.count, what)
        }
        try output.finish(of: plan.decisions.count, needsConfirmation: isRefused)
        return .done
    }

    /// Forgets `snapshots`, out of `all`; one that is held is an error, before anything is forgotten.
    func perform(_ snapshots: [Snapshot], of all: [Snapshot], _ what: String) throws -> ExitCode {
        let isRefused = Self.needsConfirmation(removing: snapshots, of: all) && !isConfirmed
        for snapshot in snapshots {
            let holds = try attempting(what) { try repository.bindingHolds(of: snapshot.id) }
            guard let hold = holds.first(where: { $0.isInForce(at: attribution.time) }) else { continue }
            throw Failure(
                what, RepositoryError(.held, "snapshot \(snapshot.id.short) is held by \(hold.shortID)"))
        }
        if isRefused, !isDryRun { throw Self.unconfirmed(snapshots.count, of: all.count, what) }
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
        try output.finish(of: all.count, needsConfirmation: isRefused)
        return .done
    }

    /// Whether somebody must say once more that these are to go: many, or the last complete ones.
    private static func needsConfirmation(removing snapshots: [Snapshot], of all: [Snapshot]) -> Bool {
        let going = Set(snapshots.map(\.id))
        let staying = all.filter { !going.contains($0.id) }
        let leavesNothing = staying.allSatisfy(\.manifest.isPartial) && !snapshots.allSatisfy(\.manifest.isPartial)
        return leavesNothing || staying.isEmpty
            || RetentionPlan.needsConfirmation(removing: snapshots.count, of: all.count)
    }

    /// Shows what becomes of each snapshot, group by group.
    private func show(
        _ plan: RetentionPlan, _ snapshots: [SnapshotID: Snapshot], _ staying: [SnapshotID: String],
        _ output: inout ForgetOutput
    ) throws {
        for group in plan.groups {
            try output.begin(group.group)
            for decision in group.decisions {
                guard let snapshot = snapshots[decision.candidate.id] else { continue }
                let reasons = staying[snapshot.id].map { [$0] } ?? decision.reasons.map(\.description)
                try output.add(snapshot, isKept: !reasons.isEmpty, reasons: reasons, group.group)
            }
            try output.endGroup()
        }
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
            if error.code == .removed { return true }
            if error.code == .noSuchSnapshot, case .swept? = try? repository.standing(of: snapshot) { return true }
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
