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
    /// A creation that fails may have succeeded all the same, so it is tried once more, and whoever finds the name taken
    /// reads the object and compares: each attempt to seal a record gives other bytes. After an error nobody knows which
    /// of the two it is: the object is there whole, or absent.
    func claim(
        _ name: ObjectName, _ record: RetentionRecord, entropy: any EntropySource
    ) throws(RepositoryError) -> Claim {
        let own = try record.seal(as: name, keyring: keyring, repository: id, salt: entropy.bytes(SealedBox.saltBytes))
        do {
            try createPersistently(name, own)
            noteSeen(name, own)
            return .won
        } catch {
            guard error.code == .alreadyExists else { throw RepositoryError(error) }
        }
        let stored = try readRetention(name)
        noteSeen(name, stored)
        guard stored != own else { return .won }
        return .taken(try RetentionRecord(opening: stored, as: name, keyring: keyring, repository: id))
    }

    /// What the object `name` says, or nil if there is none.
    func retentionRecord(_ name: ObjectName) throws(RepositoryError) -> RetentionRecord? {
        let bytes: [UInt8]
        do {
            bytes = try readRetention(name)
        } catch {
            guard error.code == .storage(.notFound) else { throw error }
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
        do {
            while try store.contains(ObjectName(folder, snapshot.bytes, number: number + 1)) {
                number += 1
                guard number < Limits.retentionNumberMax else {
                    throw RepositoryError(
                        .damaged, object: folder.rawValue, "snapshot \(snapshot.short) has more than \(number) objects")
                }
            }
            try requireUnseen(ObjectName(folder, snapshot.bytes, number: number + 1))
            return number
        } catch let error as StorageError {
            throw RepositoryError(error)
        } catch let error as RepositoryError {
            throw error
        } catch {
            throw RepositoryError(.internalFailure, "\(error)")
        }
    }

    /// Throws `.noSuchSnapshot` unless the storage has the snapshot.
    func requireSnapshot(_ snapshot: SnapshotID) throws(RepositoryError) {
        do {
            guard try !store.contains(ObjectName(.snapshots, snapshot.bytes)) else { return }
        } catch {
            throw RepositoryError(error)
        }
        throw RepositoryError(.noSuchSnapshot, "there is no snapshot \(snapshot.short)")
    }

    private func readRetention(_ name: ObjectName) throws(RepositoryError) -> [UInt8] {
        do {
            return try store.read(name)
        } catch {
            throw RepositoryError(error)
        }
    }
}
