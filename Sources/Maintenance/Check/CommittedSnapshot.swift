import Repository
import Storage

/// A snapshot that a session has committed, as far as records tell that can be read.
struct CommittedSnapshot {
    /// The session.
    let session: UInt64
    /// The snapshot.
    let snapshot: SnapshotID
    /// Whether a collection that is over has seen it published: its writer may otherwise be just about to do so, or have
    /// died before it did.
    let isSettled: Bool

    /// Where its manifest is published.
    var published: ObjectName { ObjectName(.snapshots, snapshot.bytes) }
    /// Where its manifest is kept with its session.
    var kept: ObjectName { ObjectName(.sessions, number: session, part: .snapshot) }
}

extension Repository {
    /// What the newest ledger calls committed, and the outcomes of the `sessions` since. Where one of these is damaged, a
    /// manifest that its session has stored is taken for committed, as collectors take it.
    func committedSnapshots(among sessions: [ObjectName]) throws(RepositoryError) -> [CommittedSnapshot] {
        let ledger = try known { () throws(RepositoryError) in try newestLedger() }
        let isOver = try hasSettled()
        var found: [CommittedSnapshot] = []
        for commit in ledger?.commits ?? [] where commit.session > 0 {
            found.append(.init(session: commit.session, snapshot: commit.snapshot, isSettled: isOver))
        }
        for outcome in sessions where outcome.part == .outcome {
            // Of older sessions the ledger says what they have left.
            guard let number = outcome.number, number > ledger?.settledSessions ?? 0 else { continue }
            guard let snapshot = try snapshotCommitted(bySession: number) else { continue }
            found.append(.init(session: number, snapshot: snapshot, isSettled: false))
        }
        return found
    }

    /// The snapshot that a session has committed, or that it has stored where what it says of its end is damaged.
    ///
    /// An outcome that a disk does not give now may say something else a moment later: it stands for nothing.
    private func snapshotCommitted(bySession number: UInt64) throws(RepositoryError) -> SnapshotID? {
        do {
            guard case .committed(let snapshot)? = try sessionOutcome(number) else { return nil }
            return snapshot
        } catch {
            guard error.isFinding else { throw error }
            guard error.isOfContents else { return nil }
        }
        return try known { () throws(RepositoryError) in try manifestStored(bySession: number) }
    }

    /// Why the manifest of a snapshot cannot be had in `snapshots/` although its session has it whole, and nobody has swept
    /// it; nil where it can, or where that is not so.
    func absenceOfPublished(_ commit: CommittedSnapshot) throws(RepositoryError) -> String? {
        guard let fault = try absence(of: commit.published) else { return nil }
        // Asked after that: who sweeps a snapshot says so before anything of it is deleted.
        let found = try known { () throws(RepositoryError) in try standing(of: commit.snapshot) }
        guard let found else { return nil }
        if case .swept = found { return nil }
        let kept = try known { () throws(RepositoryError) in try manifestStored(bySession: commit.session) }
        return kept == commit.snapshot ? fault : nil
    }

    /// Whether the collection that made the newest ledger is over: where there was no room it publishes after it has decided.
    private func hasSettled() throws(RepositoryError) -> Bool {
        let newest = try newestGeneration()
        guard newest > 0, try decidedGenerations() == newest else { return true }
        return try isClosed(generation: newest)
    }

    /// Whether nothing has an object's name: it is not free where something else has it, or nobody can look at what does.
    func isFree(_ name: ObjectName) throws(RepositoryError) -> Bool {
        try known { () throws(RepositoryError) in try contains(name) } == false
    }

    /// What is to be done about a manifest that is whole in one of its two places, and cannot be had in this one.
    func adviceToPutBack(_ name: ObjectName) throws(RepositoryError) -> String {
        // What is in the way and cannot be read, no repair moves away.
        let first = try isFree(name) ? "" : "if nobody can read it, delete it, and "
        return first + "`pastfs repair snapshots` puts it back"
    }

    /// What `body` gives, or nil where what it reads is damaged.
    func known<Value>(_ body: () throws(RepositoryError) -> Value?) throws(RepositoryError) -> Value? {
        do {
            return try body()
        } catch {
            guard error.isFinding else { throw error }
            return nil
        }
    }
}
