import Coding
import Repository
import Storage
import SystemInterface

extension Collection {
    /// Throws `.refused`, unless confirmed, for a plan that would leave no snapshot, one that may free more than a set share
    /// of all packs, and a clock behind a snapshot that stays.
    ///
    /// Asked before anything is claimed. Two policies that are applied at once may each have left what the other forgot.
    func requireConfirmation(
        of plan: QuarantinePlan, _ commits: [SweepPlan.Commit], _ listed: [Bytes32: UInt64]
    ) throws(RepositoryError) {
        guard !options.isConfirmed, !options.isDryRun else { return }
        let meant = Set(plan.tombstones.map(\.snapshot))
        let staying = commits.filter { !meant.contains($0.snapshot) }
        guard !staying.isEmpty || commits.isEmpty else {
            throw RepositoryError(.refused, "no snapshot would be left; nothing was deleted")
        }
        let all = listed.values.reduce(0.0) { $0 + Double($1) }
        // What was moved stays, and counts as little as the copies of it.
        let going = plan.packs.reduce(-Double(report.bytesMoved)) { $0 + Double(listed[$1] ?? 0) }
        guard going <= all * CollectionOptions.deletedShareMax || staying.isEmpty else {
            let percent = Int((going / all * 100).rounded())
            throw RepositoryError(.refused, "\(percent) % of what is stored would be deleted; nothing was deleted")
        }
        guard !meant.isEmpty else { return }
        let limit = options.identity.started.seconds.addingReportingOverflow(RetentionLimits.futureToleranceSeconds)
        // A run that began after this one says nothing of clocks.
        for commit in staying where commit.session <= sessionsAtStart {
            guard let snapshot = try manifest(of: commit) else { continue }
            guard limit.overflow || snapshot.manifest.started.seconds <= limit.partialValue else {
                throw RepositoryError(
                    .refused,
                    "snapshot \(commit.snapshot.short) is from the future: a clock is wrong; nothing was deleted")
            }
        }
    }
}
