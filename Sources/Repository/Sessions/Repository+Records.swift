import Coding
import Storage
import SystemInterface

/// Creating and reading the objects that one of several creators wins: docs/consistency.md has the protocol.
extension Repository {
    /// What came of creating an object under a name that whoever comes first has.
    enum Creation {
        /// The object is there with these very bytes, also where the reply of an earlier attempt got lost.
        case won
        /// Somebody else was first; these are their bytes.
        case taken([UInt8])
    }

    /// Creates the object `name`, unless somebody else has the name.
    ///
    /// A creation that fails may have succeeded all the same, so it is tried once more, and whoever finds the name taken
    /// reads the object and compares. After an error nobody knows which of the two it is: the object is there whole, or
    /// absent.
    func createFirst(_ name: ObjectName, _ bytes: [UInt8]) throws(RepositoryError) -> Creation {
        do {
            try createPersistently(name, bytes)
            return .won
        } catch {
            guard error.code == .alreadyExists else { throw RepositoryError(error) }
        }
        guard let stored = try readIfPresent(name) else {
            throw RepositoryError(.storage(.notFound), object: name.path, "it was there a moment ago, and is not now")
        }
        return stored == bytes ? .won : .taken(stored)
    }

    /// Creates an object, and tries once more after a failure that may hide a success.
    func createPersistently(_ name: ObjectName, _ bytes: [UInt8]) throws(StorageError) {
        do throws(StorageError) {
            return try store.create(name, bytes)
        } catch {
            guard error.mayHideSuccess else { throw error }
        }
        try store.create(name, bytes)
    }

    func sealRecord(
        _ record: [UInt8], as name: ObjectName, _ entropy: any EntropySource
    ) throws(RepositoryError) -> [UInt8] {
        try SignedRecord.session.seal(
            record, as: name, keyring: keyring, repository: id, salt: entropy.bytes(SealedBox.saltBytes))
    }

    /// What the object `name` says, as `decode` reads it.
    func openRecord<Record>(
        _ bytes: [UInt8], as name: ObjectName, _ decode: ([UInt8]) throws(CodingError) -> Record
    ) throws(RepositoryError) -> Record {
        let record = try SignedRecord.session.open(bytes, as: name, keyring: keyring, repository: id)
        do {
            return try decode(record)
        } catch {
            throw RepositoryError(.damaged, object: name.path, "its record is damaged \(error)")
        }
    }

    /// Whether the bytes of an object in `sessions/` or `quarantine/` are somebody's word, whatever they say.
    func isAuthenticRecord(_ bytes: [UInt8], as name: ObjectName) -> Bool {
        (try? SignedRecord.session.open(bytes, as: name, keyring: keyring, repository: id)) != nil
    }

    /// The newest number of `folder`, 0 if it has none; `known` is one that it is known to have, or 0.
    ///
    /// Numbers have no gaps and stay for ever: each was created at the first that was free. So a search by name finds the
    /// newest of all that were there when it began, and no listing is trusted. Throws `.damaged` where there is none that
    /// could come next. Complexity: O(log of what is new).
    func newestNumber(in folder: ObjectFolder, from known: UInt64) throws(RepositoryError) -> UInt64 {
        var present = known
        var step: UInt64 = 1
        var absent: UInt64
        repeat {
            guard present < Limits.runNumberMax else {
                throw RepositoryError(.damaged, object: folder.rawValue, "no number is left behind \(present)")
            }
            absent = min(present + step, Limits.runNumberMax)
            guard try contains(ObjectName(folder, number: absent)) else { break }
            present = absent
            step *= 2
        } while true
        while absent - present > 1 {
            let middle = present + (absent - present) / 2
            if try contains(ObjectName(folder, number: middle)) { present = middle } else { absent = middle }
        }
        return present
    }
}

extension StorageError {
    /// Whether a creation that ended with this error may have succeeded.
    var mayHideSuccess: Bool {
        switch code {
        case .alreadyExists, .tooLarge, .noSpace, .readOnly, .permissionDenied, .unsupported: false
        default: true
        }
    }
}
