import Coding
import Storage
import SystemInterface

/// Sessions as everybody reads them, and as a collector ends them.
extension Repository {
    /// The number of the newest session, 0 if there is none.
    package func newestSession() throws(RepositoryError) -> UInt64 {
        let newest = try newestNumber(in: .sessions, from: state.withLock { $0.sessionKnown })
        state.withLock { $0.sessionKnown = max($0.sessionKnown, newest) }
        return newest
    }

    /// What the writer of a session that exists has said when it began.
    package func sessionClaim(_ number: UInt64) throws(RepositoryError) -> SessionClaim {
        let name = ObjectName(.sessions, number: number)
        guard let bytes = try readIfPresent(name) else {
            throw RepositoryError(.damaged, object: name.path, "it is missing")
        }
        return try openRecord(bytes, as: name, SessionClaim.init(decoding:))
    }

    /// How a session has ended, or nil while it has not.
    package func sessionOutcome(_ number: UInt64) throws(RepositoryError) -> SessionOutcome? {
        let name = ObjectName(.sessions, number: number, part: .outcome)
        guard let bytes = try readIfPresent(name) else {
            try requireUnseen(name)
            return nil
        }
        return try openRecord(bytes, as: name, SessionOutcome.init(decoding:))
    }

    /// Ends a session in this way, unless somebody has ended it in another: how it has ended.
    @discardableResult
    package func end(
        session number: UInt64, _ outcome: SessionOutcome, entropy: any EntropySource
    ) throws(RepositoryError) -> SessionOutcome {
        let name = ObjectName(.sessions, number: number, part: .outcome)
        let own = try sealRecord(outcome.encode(), as: name, entropy)
        switch try createFirst(name, own) {
        case .won:
            noteSeen(name, own)
            return outcome
        case .taken(let bytes):
            let stored = try openRecord(bytes, as: name, SessionOutcome.init(decoding:))
            noteSeen(name, bytes)
            return stored
        }
    }

    /// The snapshot that the manifest makes which a session has stored, or nil if there is none that can be read.
    package func manifestStored(bySession number: UInt64) throws(RepositoryError) -> SnapshotID? {
        let name = ObjectName(.sessions, number: number, part: .snapshot)
        guard let bytes = try readIfPresent(name) else { return nil }
        do {
            _ = try SnapshotObject.open(bytes, name: name, keyring: keyring, repository: id)
        } catch {
            guard error.isOfContents else { throw error }
            return nil
        }
        return SnapshotID(hashing: bytes)
    }

    /// The bytes of a snapshot as its writer has left them with its session, or nil if they are nowhere: for when its own
    /// object is damaged.
    ///
    /// Reads the manifests of sessions one after the other, the newest first, until it is found; not that of `other`.
    package func manifestKept(
        of snapshot: SnapshotID, besides other: ObjectName? = nil
    ) throws(RepositoryError) -> [UInt8]? {
        let kept = try objects(in: .sessions).map(\.name).filter { $0.part == .snapshot && $0 != other }
        for name in kept.sorted(by: { $0.number ?? 0 > $1.number ?? 0 }) {
            do throws(RepositoryError) {
                if let bytes = try readIfPresent(name), SnapshotID(hashing: bytes) == snapshot { return bytes }
            } catch {
                guard error.isFinding else { throw error }
            }
        }
        return nil
    }

    /// The bytes of a snapshot as its own object has them, or nil if that is missing or damaged: for when they are not with
    /// its session.
    package func manifestPublished(of snapshot: SnapshotID) throws(RepositoryError) -> [UInt8]? {
        let name = ObjectName(.snapshots, snapshot.bytes)
        do throws(RepositoryError) {
            guard let bytes = try readIfPresent(name) else { return nil }
            _ = try auditSnapshot(name, holding: bytes)
            return bytes
        } catch {
            guard error.isDamage || error.isOfContents else { throw error }
            return nil
        }
    }

    /// Whether these bytes, which the session's manifest `name` has, are the last that a snapshot can be read from: its own
    /// object is damaged, and no other session has them. Such a manifest must not go, whichever snapshot its session committed.
    package func isLastManifest(_ bytes: [UInt8], at name: ObjectName) throws(RepositoryError) -> Bool {
        let snapshot = SnapshotID(hashing: bytes)
        do throws(RepositoryError) {
            // Of what is not there nothing is shown.
            guard try contains(ObjectName(.snapshots, snapshot.bytes)) else { return false }
            if case .swept = try standing(of: snapshot) { return false }
        } catch {
            // Nobody can tell: it stays for as long as that is so.
            guard error.isFinding else { throw error }
        }
        guard try manifestPublished(of: snapshot) == nil else { return false }
        return try manifestKept(of: snapshot, besides: name) == nil
    }

    /// Publishes what a session has committed and nobody has published; false if its manifest is not there either.
    package func publish(_ snapshot: SnapshotID, ofSession number: UInt64) throws(RepositoryError) -> Bool {
        let pending = ObjectName(.sessions, number: number, part: .snapshot)
        guard let bytes = try readIfPresent(pending) else { return false }
        guard SnapshotID(hashing: bytes) == snapshot else {
            throw RepositoryError(.damaged, object: pending.path, "it is not the manifest that was committed")
        }
        try publish(bytes, as: snapshot)
        return true
    }

    /// Creates the object of a snapshot that is committed.
    func publish(_ bytes: [UInt8], as snapshot: SnapshotID) throws(RepositoryError) {
        do {
            try createPersistently(ObjectName(.snapshots, snapshot.bytes), bytes)
        } catch {
            // The name is the digest of the bytes: whatever is there under it is this.
            guard error.code == .alreadyExists else { throw RepositoryError(error) }
        }
    }
}
