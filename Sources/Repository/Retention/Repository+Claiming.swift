import Storage
import SystemInterface

/// What came of creating an object under a name that whoever comes first has.
enum Claim {
    /// The name is ours: the object is there and durable, also where the reply of an earlier attempt got lost.
    case won
    /// Somebody else was first; this is what they said.
    case taken(RetentionRecord)
}

extension Repository {
    /// Creates the object `name` with `record`, unless somebody else has the name.
    ///
    /// Each sealing of a record gives other bytes, so who finds the own ones has won. After an error nobody knows which of
    /// the two it is: the object is there whole, or absent.
    func claim(
        _ name: ObjectName, _ record: RetentionRecord, entropy: any EntropySource
    ) throws(RepositoryError) -> Claim {
        let own = try record.seal(as: name, keyring: keyring, repository: id, salt: entropy.bytes(SealedBox.saltBytes))
        switch try createFirst(name, own) {
        case .won:
            noteSeen(name, own)
            return .won
        case .taken(let stored):
            let record = try RetentionRecord(opening: stored, as: name, keyring: keyring, repository: id)
            noteSeen(name, stored)
            return .taken(record)
        }
    }

    /// What the object `name` says, or nil if there is none.
    func retentionRecord(_ name: ObjectName) throws(RepositoryError) -> RetentionRecord? {
        guard let bytes = try readIfPresent(name) else {
            try requireUnseen(name)
            return nil
        }
        let record = try RetentionRecord(opening: bytes, as: name, keyring: keyring, repository: id)
        noteSeen(name, bytes)
        return record
    }

    /// The number of the newest of the snapshot's objects in `folder`, 0 if there is none.
    ///
    /// They have no gaps: each was created at the first number that was free. So they are asked for by their names, one
    /// after the other, and no listing is trusted.
    func newestNumber(in folder: ObjectFolder, of snapshot: SnapshotID) throws(RepositoryError) -> UInt64 {
        var number: UInt64 = 0
        while try contains(ObjectName(folder, snapshot.bytes, number: number + 1)) {
            number += 1
            guard number < Limits.retentionNumberMax else {
                throw RepositoryError(
                    .damaged, object: folder.rawValue, "snapshot \(snapshot.short) has more than \(number) objects")
            }
        }
        try requireUnseen(ObjectName(folder, snapshot.bytes, number: number + 1))
        return number
    }

    /// Throws `.noSuchSnapshot` unless the storage has the snapshot. One that `recall` has found committed and not published
    /// is published first: it is shown like any other, and must not be one that nobody can hold, nor get rid of.
    func requireSnapshot(_ snapshot: SnapshotID) throws(RepositoryError) {
        guard try !contains(ObjectName(.snapshots, snapshot.bytes)) else { return }
        let missing = RepositoryError(.noSuchSnapshot, "there is no snapshot \(snapshot.short)")
        let pending = state.withLock { $0.unlisted[snapshot] } ?? nil
        guard let pending else { throw missing }
        // It was swept since. What is published at the same moment the next collector deletes.
        if case .swept? = try? standing(of: snapshot) { throw missing }
        try publish(pending, as: snapshot)
    }
}
