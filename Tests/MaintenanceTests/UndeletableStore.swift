import Storage

/// A storage that does not delete one object: a disk fails, or nobody answers.
final class UndeletableStore: ForwardingStore {
    let base: any ObjectStore
    private let object: ObjectName
    private let code: StorageError.Code

    init(_ base: any ObjectStore, _ object: ObjectName, code: StorageError.Code = .ioFailure) {
        self.base = base
        self.object = object
        self.code = code
    }

    func delete(_ name: ObjectName) throws(StorageError) {
        guard name != object else { throw StorageError(code, .delete, name, reason: "it stays") }
        try base.delete(name)
    }
}
