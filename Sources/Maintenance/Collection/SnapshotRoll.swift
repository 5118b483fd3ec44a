import Repository

/// The sessions and snapshots of a repository as keys tell of them, and not listings alone.
struct SnapshotRoll {
    /// Every session up to this one has an outcome.
    var settledSessions: UInt64 = 0
    /// What was committed and isn't swept.
    var commits: [SweepPlan.Commit] = []
    /// What was swept since the last ledger, or is listed all the same.
    var swept: [SweepPlan.Commit] = []
    /// The sessions since the last ledger that ended without a snapshot.
    var aborted: [UInt64] = []
    /// The sessions that have no outcome, with what their writers have said, or nil where that cannot be read.
    var open: [UInt64: SessionClaim?] = [:]
}
