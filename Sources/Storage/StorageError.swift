/// Why a store could not do what was asked of it.
public struct StorageError: Error, Hashable, Sendable {
    /// What happened, for programs: each code calls for another answer.
    public enum Code: String, CaseIterable, Hashable, Sendable {
        /// There is no such object, folder or store.
        case notFound
        /// There is such an object already; it is whole, durable, and was left as it is.
        case alreadyExists
        /// What should be a store's directory is something else.
        case notADirectory
        /// What should become a store holds something already.
        case notEmpty
        /// The range reaches beyond the end of the object.
        case outOfRange
        /// The object is larger than `StorageLimits.maximumObjectBytes`.
        case tooLarge
        /// The storage or the user's quota is full; nothing was changed.
        case noSpace
        /// The user may not do this.
        case permissionDenied
        /// The storage takes no changes.
        case readOnly
        /// The storage does not answer: later it may.
        case unreachable
        /// The storage lacks something that the contract can't be kept without.
        case unsupported
        /// The storage failed, or what it gave is not what it holds.
        case ioFailure
        /// A test asked for this failure.
        case injected
    }

    /// What was being done.
    public enum Operation: String, CaseIterable, Hashable, Sendable {
        /// Opening a store that is there.
        case open
        /// Making a new store.
        case establish
        /// Creating an object.
        case create
        /// Reading an object, or a range of it.
        case read
        /// Asking for the size of an object.
        case size
        /// Listing a folder.
        case list
        /// Deleting an object.
        case delete
        /// Removing what interrupted writers left.
        case cleanUp
        /// Setting room aside, or giving it up.
        case reserve
    }

    /// What happened.
    public let code: Code
    /// What was being done.
    public let operation: Operation
    /// The object that it was done to, or nil when it concerned a folder or the store.
    public let object: ObjectName?
    /// Why, in words for a person, without the object's name.
    public let reason: String

    /// An error of `operation` on `object`.
    public init(_ code: Code, _ operation: Operation, _ object: ObjectName? = nil, reason: String) {
        self.code = code
        self.operation = operation
        self.object = object
        self.reason = reason
    }
}

extension StorageError: CustomStringConvertible {
    /// One line for a person.
    public var description: String {
        let target = object.map { " \($0)" } ?? ""
        return "cannot \(operation.words)\(target): \(reason)"
    }
}

extension StorageError.Operation {
    /// The words that fit behind "cannot".
    var words: String {
        switch self {
        case .open: "open the store"
        case .establish: "make a store"
        case .create: "create"
        case .read: "read"
        case .size: "find the size of"
        case .list: "list the store"
        case .delete: "delete"
        case .cleanUp: "clean up the store"
        case .reserve: "set room aside in the store"
        }
    }
}
