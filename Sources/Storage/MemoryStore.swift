import Synchronization

/// A store in memory: gone with the process, otherwise true to the whole contract.
public final class MemoryStore: ObjectStore {
    private let objects = Mutex<[ObjectName: [UInt8]]>([:])

    /// Where the store is, for messages.
    public let location = "memory"

    /// An empty store.
    public init() {}

    /// Creates an object unless the name is taken, as the contract says.
    public func create(_ name: ObjectName, _ parts: [[UInt8]]) throws(StorageError) {
        let bytes = try ObjectRules.checkSize(of: parts, name)
        var whole: [UInt8] = []
        whole.reserveCapacity(Int(bytes))
        for part in parts {
            whole.append(contentsOf: part)
        }
        let isNew = objects.withLock { objects in
            guard objects[name] == nil else { return false }
            objects[name] = whole
            return true
        }
        guard isNew else {
            throw StorageError(.alreadyExists, .create, name, reason: "there is such an object already")
        }
    }

    /// The whole object.
    public func read(_ name: ObjectName) throws(StorageError) -> [UInt8] {
        try object(name, .read)
    }

    /// Exactly the bytes of `range`.
    public func read(_ name: ObjectName, range: Range<UInt64>) throws(StorageError) -> [UInt8] {
        let whole = try object(name, .read)
        try ObjectRules.checkRange(range, size: UInt64(whole.count), name)
        return Array(whole[Int(range.lowerBound)..<Int(range.upperBound)])
    }

    /// The object's size in bytes.
    public func size(of name: ObjectName) throws(StorageError) -> UInt64 {
        UInt64(try object(name, .size).count)
    }

    /// The objects of `folder`, sorted by name.
    public func list(_ folder: ObjectFolder) throws(StorageError) -> [ObjectEntry] {
        let entries = objects.withLock { objects in
            objects.filter { $0.key.folder == folder }.map { ObjectEntry(name: $0.key, bytes: UInt64($0.value.count)) }
        }
        return entries.sorted { $0.name < $1.name }
    }

    /// Deletes the object.
    public func delete(_ name: ObjectName) throws(StorageError) {
        let wasThere = objects.withLock { $0.removeValue(forKey: name) != nil }
        guard wasThere else {
            throw StorageError(.notFound, .delete, name, reason: "there is no such object")
        }
    }

    /// What lies in the store and is no object.
    public func strangers() throws(StorageError) -> [String] { [] }

    private func object(
        _ name: ObjectName, _ operation: StorageError.Operation
    ) throws(StorageError) -> [UInt8] {
        guard let bytes = objects.withLock({ $0[name] }) else {
            throw StorageError(.notFound, operation, name, reason: "there is no such object")
        }
        return bytes
    }
}
