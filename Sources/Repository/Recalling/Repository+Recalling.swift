import Coding
import Storage

/// Noticing that the storage was put back to an older state, or hides something: docs/security.md.
extension Repository {
    /// Holds what the storage shows against what this client `remembered`, and against what signed records vouch for.
    ///
    /// Snapshots that no listing shows and that can be had all the same are shown by `snapshots()` from the next `refresh`
    /// on. With `thoroughly` everything is asked for by key; without, a listing is believed in what it shows, and where
    /// nothing is new two small objects are read. Throws what the storage throws.
    ///
    /// Where this process is going to delete something, `refusing` makes it throw `.withheld` as soon as a record is not
    /// there any more that was seen.
    public func recall(
        _ remembered: Recollection?, thoroughly: Bool, refusing: Bool = false
    ) throws(RepositoryError) -> [Discrepancy] {
        var known = remembered ?? Recollection()
        known.merge(state.withLock { $0.seen })
        var survey = Survey(self, known, isThorough: thoroughly)
        try survey.run()
        state.withLock { state in
            state.seen = survey.known
            state.head = survey.head
            state.refusesWithheld = refusing
            state.sessionKnown = max(state.sessionKnown, survey.newestSession)
        }
        return survey.found
    }

    /// What is to be remembered of the repository: what was remembered before, and what this process has seen since, also of
    /// snapshots that are gone.
    ///
    /// Nothing before `recall`.
    public var recollection: Recollection {
        let (seen, head) = state.withLock { ($0.seen, $0.head) }
        guard let head else { return Recollection() }
        var recollection = seen
        for snapshot in readSnapshots() {
            recollection.note(snapshot.id, .init(startedSeconds: snapshot.manifest.started.seconds))
        }
        return recollection.compacted(head, withRemovals: true)
    }

    /// What of `recollection` has to be kept, as far as the chain was followed.
    func compacted(_ recollection: Recollection) -> Recollection {
        guard let head = state.withLock({ $0.head }) else { return recollection }
        return recollection.compacted(head)
    }

    /// What the storage shows now, and nothing of what was there before: what is remembered once the user has accepted
    /// `discrepancies`.
    public func acceptedRecollection() throws(RepositoryError) -> Recollection {
        state.withLock { state in
            state.seen = Recollection()
            state.head = nil
        }
        var survey = Survey(self, Recollection(), isThorough: true)
        try survey.run()
        var accepted = survey.known
        // What is damaged is not given up with what is gone.
        for discrepancy in survey.found where discrepancy.isRollback {
            guard let name = ObjectName(path: discrepancy.object) else { continue }
            accepted.drop(name)
        }
        accepted.accepted = AcceptedLoss(session: survey.newestSession, generation: survey.newestGeneration)
        state.withLock { state in
            state.seen = accepted
            state.head = survey.head
        }
        return accepted.compacted(survey.head)
    }

    /// Whether a snapshot is not there, and somebody has accepted that.
    package func isGivenUp(_ commit: SweepPlan.Commit) throws(RepositoryError) -> Bool {
        guard commit.session <= state.withLock({ $0.seen.accepted.session }) else { return false }
        return try !isThere(commit.snapshot, ofSession: commit.session)
    }

    /// Whether a snapshot can be had: published, or from the session that has committed it, if that is not 0.
    ///
    /// What has its name and cannot be looked at counts as the snapshot: what is not there may be deleted.
    package func isThere(_ snapshot: SnapshotID, ofSession session: UInt64) throws(RepositoryError) -> Bool {
        do throws(RepositoryError) {
            if try contains(ObjectName(.snapshots, snapshot.bytes)) { return true }
        } catch {
            guard error.code == .storage(.ioFailure) else { throw error }
            return true
        }
        guard session > 0,
            let bytes = try readIfPresent(ObjectName(.sessions, number: session, part: .snapshot))
        else { return false }
        return SnapshotID(hashing: bytes) == snapshot
    }

    /// Throws `.withheld` where a record was seen that is not there now, and this process is to refuse that.
    func requireUnseen(_ name: ObjectName) throws(RepositoryError) {
        guard state.withLock({ $0.refusesWithheld && $0.seen.records[name] != nil }) else { return }
        throw RepositoryError(.withheld, object: name.path, "it was there before, and the storage does not show it now")
    }

    /// Whether there are snapshots that `refresh` is to show although no listing does.
    public var showsUnlisted: Bool { state.withLock { !$0.unlisted.isEmpty } }

    /// The snapshots that `recall` has found although no listing did, ascending.
    package var unlistedSnapshots: [SnapshotID] { state.withLock { $0.unlisted.keys.sorted() } }

    /// The snapshots that the storage lists, or has listed at the last refresh.
    func snapshotsListed() throws(RepositoryError) -> Set<Bytes32> {
        if let listed = state.withLock({ $0.listedSnapshots }) { return listed }
        return Set(try names(in: .snapshots))
    }

    /// The snapshots that this process has read, forgotten ones too.
    func readSnapshots() -> [Snapshot] { state.withLock { Array($0.snapshots.values) } }

    func noteGeneration(_ number: UInt64) {
        state.withLock { $0.generationKnown = max($0.generationKnown, number) }
    }

    /// Shows a snapshot that no listing shows, from its object, or from `bytes` where those are to be had elsewhere.
    func show(unlisted snapshot: SnapshotID, _ bytes: [UInt8]?) {
        state.withLock { $0.unlisted[snapshot] = .some(bytes) }
    }
}
