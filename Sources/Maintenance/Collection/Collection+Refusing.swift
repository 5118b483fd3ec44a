import Coding
import Repository
import Storage
import SystemInterface

extension Collection {
    /// Throws `.refused`, unless confirmed, for a plan that somebody has to confirm; a dry run reports why.
    ///
    /// Asked before anything is claimed. Two policies that are applied at once may each have left what the other forgot.
    mutating func requireConfirmation(
        of plan: QuarantinePlan, _ commits: [SweepPlan.Commit], _ listed: [Bytes32: UInt64]
    ) throws(RepositoryError) {
        guard !options.isConfirmed, let reason = try reasonToConfirm(plan, commits, listed) else { return }
        guard options.isDryRun else { throw RepositoryError(.refused, "\(reason); nothing was deleted") }
        report.reasonToConfirm = reason
    }

    /// Why a plan has to be confirmed: it would leave no snapshot, may free more than a set share of all packs, or comes from
    /// a clock behind a snapshot that stays.
    private mutating func reasonToConfirm(
        _ plan: QuarantinePlan, _ commits: [SweepPlan.Commit], _ listed: [Bytes32: UInt64]
    ) throws(RepositoryError) -> String? {
        let meant = Set(plan.tombstones.map(\.snapshot))
        let staying = commits.filter { !meant.contains($0.snapshot) }
        guard !staying.isEmpty || commits.isEmpty else { return "no snapshot would be left" }
        let all = listed.values.reduce(0.0) { $0 + Double($1) }
        let planned = plan.packs.reduce(0.0) { $0 + Double(listed[$1] ?? 0) }
        // What was moved stays, and counts as little as the copies of it.
        var going = planned - Double(report.bytesMoved)
        if going > all * CollectionOptions.deletedShareMax {
            // Another run may have moved it, which has planned this and did not come to the end.
            going = min(going, planned - (try bytesElsewhere(of: plan, listed)))
        }
        guard going <= all * CollectionOptions.deletedShareMax || staying.isEmpty else {
            let percent = Int((going / all * 100).rounded())
            return "\(percent) % of what is stored would be deleted"
        }
        guard !meant.isEmpty else { return nil }
        let limit = options.identity.started.seconds.addingReportingOverflow(RetentionLimits.futureToleranceSeconds)
        // A run that began after this one says nothing of clocks.
        for commit in staying where commit.session <= sessionsAtStart {
            guard let snapshot = try manifest(of: commit) else { continue }
            guard limit.overflow || snapshot.manifest.started.seconds <= limit.partialValue else {
                return "snapshot \(commit.snapshot.short) is from the future: a clock is wrong"
            }
        }
        return nil
    }

    /// How many bytes of the planned packs are for what the index lists in packs that stay, too.
    private func bytesElsewhere(
        of plan: QuarantinePlan, _ listed: [Bytes32: UInt64]
    ) throws(RepositoryError) -> Double {
        let planned = Set(plan.packs)
        var bytes = 0.0
        for pack in plan.packs where listed[pack] != nil {
            bytes += try repository.bytesElsewhere(of: pack) { listed[$0] != nil && !planned.contains($0) }
        }
        return bytes
    }
}
