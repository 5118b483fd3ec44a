import Storage

/// What the repository could not do, on which object, and why.
public struct RepositoryError: Error, Sendable {
    /// The kinds of failure that a caller tells apart.
    public enum Code: Hashable, Sendable {
        /// There is no repository at the place.
        case noRepository
        /// There is something already where a repository was to be created.
        case alreadyExists
        /// No key slot opens with this passphrase.
        case wrongKey
        /// The keyring at hand does not hold the key that this needs.
        case keyNotHeld
        /// The repository was written by a newer version of the format.
        case unsupportedVersion
        /// Stored bytes are missing, changed, or do not say what they must.
        case damaged
        /// The backup could not read it, so that the snapshot has its name and nothing of what it held.
        case notSaved
        /// No snapshot answers to the name.
        case noSuchSnapshot
        /// Several snapshots answer to the name.
        case ambiguousSnapshot
        /// A hold keeps the snapshot.
        case held
        /// No hold answers to the name.
        case noSuchHold
        /// The snapshot was removed for good.
        case removed
        /// An argument or a value is outside of what the format can hold.
        case invalidArgument
        /// Garbage collection has ended the run: it makes no snapshot.
        case fenced
        /// The storage does not show what was there before: it was put back to an older state, or hides something.
        case withheld
        /// A deletion that might lose something was refused; nothing was deleted.
        case refused
        /// The run was told to stop.
        case cancelled
        /// The storage failed.
        case storage(StorageError.Code)
        /// The local catalog failed and could not be made anew.
        case catalog
        /// A library failed in a way that says nothing about the data.
        case internalFailure
    }

    /// The kind of failure.
    public let code: Code
    /// The object that it happened on, by its path in the repository, or nil.
    public let object: String?
    /// What was wrong, in words.
    public let reason: String

    /// Names a failure.
    public init(_ code: Code, object: String? = nil, _ reason: String) {
        self.code = code
        self.object = object
        self.reason = reason
    }

    /// Whether the stored data is at fault, rather than the way to it. A disk that fails to read one object is: others
    /// may be whole, and so may a copy elsewhere.
    public var isDamage: Bool {
        switch code {
        case .damaged, .storage(.notFound), .storage(.outOfRange), .storage(.tooLarge), .storage(.ioFailure): true
        default: false
        }
    }

    /// Whether an object was read and says nothing that can be understood, so that reading it again is of no use.
    public var isOfContents: Bool { code == .damaged || code == .unsupportedVersion }

    /// Whether an object is there and says nothing, because it cannot be understood or a disk does not give it.
    package var isUnreadable: Bool { isOfContents || code == .storage(.ioFailure) }

    /// Whether it says something about one stored object, rather than about the way to all of them.
    package var isFinding: Bool {
        switch code {
        case .storage(.permissionDenied), .unsupportedVersion: true
        default: isDamage
        }
    }
}

extension RepositoryError: CustomStringConvertible {
    /// The object and the reason, for messages.
    public var description: String {
        guard let object else { return reason }
        return "\(object): \(reason)"
    }
}

extension RepositoryError {
    /// Wraps a failure of the storage.
    public init(_ error: StorageError) {
        self.init(.storage(error.code), object: error.object?.path, error.reason)
    }
}
