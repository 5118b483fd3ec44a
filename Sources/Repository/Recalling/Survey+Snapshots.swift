import Coding
import Storage

extension Survey {
    /// Asks for the snapshots that no listing shows, or for all. Those that are there are shown from now on.
    mutating func surveySnapshots() throws(RepositoryError) {
        let listed = try repository.snapshotsListed()
        for snapshot in repository.readSnapshots() {
            known.note(
                snapshot.id, .init(startedSeconds: snapshot.manifest.started.seconds))
        }
        for snapshot in known.snapshots.keys.sorted() where isThorough || !listed.contains(snapshot.bytes) {
            try survey(snapshot, isListed: listed.contains(snapshot.bytes))
        }
    }

    private mutating func survey(_ snapshot: SnapshotID, isListed: Bool) throws(RepositoryError) {
        let name = ObjectName(.snapshots, snapshot.bytes)
        var kind = Discrepancy.Kind.missing
        do throws(RepositoryError) {
            if try repository.contains(name) {
                // A listing lags, and the object is there.
                if !isListed { repository.show(unlisted: snapshot, nil) }
                return
            }
        } catch {
            // Something else has its name, or nobody can look at it.
            guard error.code == .storage(.ioFailure) else { throw error }
            kind = .damaged
        }
        let isSwept = try isSwept(snapshot)
        guard isSwept != true else { return known.forget(snapshot) }
        let known = known.snapshots[snapshot] ?? .init()
        switch try manifest(of: snapshot, ofSession: known.session) {
        // It was committed, and nobody has published it yet, or its own object cannot be had.
        case .whole(let bytes): return repository.show(unlisted: snapshot, bytes)
        case .unread: kind = .damaged
        // What stands in its place is no reason to take it for damaged, where nobody else will ask for it.
        case .absent: if !isNamed(snapshot, byOutcomeOf: known.session) { kind = .missing }
        }
        let session = known.session > 0 ? " of session \(known.session)" : ""
        let time = known.startedSeconds.map { ", begun \(SnapshotTimestamp.format(.init(seconds: $0)))" } ?? ""
        let what = "snapshot \(snapshot.short)\(session)\(time)"
        guard isSwept != nil else { return report(.damaged, name, "what became of \(what)") }
        report(kind, name, what)
    }

    /// What a session has of the manifest that it has committed.
    private enum Kept {
        case whole([UInt8])
        /// A disk does not give it, and the session's outcome says that it is needed: whoever deletes something asks for it,
        /// and refuses.
        case unread
        case absent
    }

    /// The manifest of a snapshot as the session has it that has committed it. Where nobody knows which that is, since its
    /// outcome is damaged, any that has it: the snapshot was seen.
    private func manifest(of snapshot: SnapshotID, ofSession session: UInt64) throws(RepositoryError) -> Kept {
        guard session > 0 else { return try repository.manifestKept(of: snapshot).map { .whole($0) } ?? .absent }
        let name = ObjectName(.sessions, number: session, part: .snapshot)
        let bytes: [UInt8]
        do throws(RepositoryError) {
            guard let stored = try repository.readIfPresent(name) else { return .absent }
            bytes = stored
        } catch {
            guard error.isDamage else { throw error }
            return isNamed(snapshot, byOutcomeOf: session) ? .unread : .absent
        }
        return SnapshotID(hashing: bytes) == snapshot ? .whole(bytes) : .absent
    }

    /// Whether the outcome of a session can be read and says that it has committed the snapshot.
    private func isNamed(_ snapshot: SnapshotID, byOutcomeOf session: UInt64) -> Bool {
        guard session > 0, case .committed(snapshot)? = try? repository.sessionOutcome(session) else { return false }
        return true
    }

    /// Whether a snapshot was removed for good: by its tombstones, or by the sweep plans where these cannot be read, since
    /// whoever removes one has decided so there before. Nil where those cannot be read either.
    private func isSwept(_ snapshot: SnapshotID) throws(RepositoryError) -> Bool? {
        do throws(RepositoryError) {
            guard case .swept = try repository.standing(of: snapshot) else { return false }
            return true
        } catch {
            guard error.isDamage || error.code == .unsupportedVersion else { throw error }
        }
        do throws(RepositoryError) {
            return try repository.decidedGeneration(sweeping: snapshot) != nil
        } catch {
            guard error.isDamage || error.code == .unsupportedVersion else { throw error }
            return nil
        }
    }

    /// Asks for the tombstones and holds that no listing shows, or for all of them.
    mutating func surveyRetention() throws(RepositoryError) {
        for folder in [ObjectFolder.tombstones, .holds] {
            let records = known.records.keys.filter { $0.folder == folder }
            guard !records.isEmpty else { continue }
            var listed: [Bytes32: Int] = [:]
            do {
                for id in try repository.store.names(in: folder) { listed[id, default: 0] += 1 }
            } catch {
                throw RepositoryError(error)
            }
            let known = Dictionary(grouping: records) { $0.id ?? .zero }
            for (snapshot, names) in known.sorted(by: { $0.key < $1.key })
            where isThorough || listed[snapshot] ?? 0 < names.count {
                try survey(names.sorted(), of: SnapshotID(snapshot))
            }
        }
    }

    private mutating func survey(_ names: [ObjectName], of snapshot: SnapshotID) throws(RepositoryError) {
        for name in names where try !contains(name) { report(.missing, name) }
    }
}
