import Coding
import Repository
import Storage

extension Check {
    /// Asks for the second copy of the manifest of every snapshot that is there: the one that its session stored before it
    /// committed, and that nobody deletes while the snapshot stays.
    ///
    /// Records that are damaged say nothing here, since they are named by themselves; so is a snapshot that is lost.
    func checkManifests() throws(RepositoryError) {
        let entries = try repository.objects(in: .sessions).map(\.name)
        let stored = Set(entries.filter { $0.part == .snapshot }.compactMap(\.number))
        let ledger = try known { () throws(RepositoryError) in try repository.newestLedger() }
        for commit in ledger?.commits ?? [] where commit.session > 0 && !stored.contains(commit.session) {
            try requireManifest(ofSession: commit.session, commit.snapshot)
        }
        for outcome in entries where outcome.part == .outcome {
            // Of older sessions the ledger says what they have left.
            guard let number = outcome.number, number > ledger?.settledSessions ?? 0, !stored.contains(number) else {
                continue
            }
            let end = try known { () throws(RepositoryError) in try repository.sessionOutcome(number) }
            guard case .committed(let snapshot)? = end else { continue }
            try requireManifest(ofSession: number, snapshot)
        }
    }

    /// Names the manifest of a session, which no listing shows, if it is missing although its snapshot is there.
    private func requireManifest(ofSession number: UInt64, _ snapshot: SnapshotID) throws(RepositoryError) {
        let name = ObjectName(.sessions, number: number, part: .snapshot)
        guard try !repository.contains(name) else { return }
        // Asked after that: who sweeps a snapshot says so before anything of it is deleted.
        let standing = try known { () throws(RepositoryError) in try repository.standing(of: snapshot) }
        guard let standing, try repository.contains(ObjectName(.snapshots, snapshot.bytes)) else { return }
        if case .swept = standing { return }
        let isWhole = try repository.manifestPublished(of: snapshot) != nil
        let advice = isWhole ? ": `pastfs repair snapshots` puts it back" : ""
        damage.report(name.path, "it is missing, the second copy of snapshot \(snapshot.short)\(advice)")
    }

    /// What `body` gives, or nil where what it reads is damaged.
    private func known<Value>(
        _ body: () throws(RepositoryError) -> Value?
    ) throws(RepositoryError) -> Value? {
        do {
            return try body()
        } catch {
            guard error.isFinding else { throw error }
            return nil
        }
    }
}
