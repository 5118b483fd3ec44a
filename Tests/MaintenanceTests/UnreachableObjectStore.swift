import Coding
import Storage

/// A store that does not answer any more when one object is read.
final class UnreachableObjectStore: ObjectStore {
    private let store: MemoryStore
    private let object: ObjectName?
    let location = "a storage that fails"

    init(_ store: MemoryStore, object: ObjectName?) {
        self.store = store
        self.object = object
    }

    func create(_ name: ObjectName, _ parts: [[UInt8]]) throws(StorageError) { try store.create(name, parts) }
    func delete(_ name: ObjectName) throws(StorageError) { try store.delete(name) }
    func size(of name: ObjectName) throws(StorageError) -> UInt64 { try store.size(of: name) }
    func list(_ folder: ObjectFolder) throws(StorageError) -> [ObjectEntry] { try store.list(folder) }
    func strangers() throws(StorageError) -> [String] { try store.strangers() }

    func read(_ name: ObjectName) throws(StorageError) -> [UInt8] {
        try checkReachable(name)
        return try store.read(name)
    }

    func read(_ name: ObjectName, range: Range<UInt64>) throws(StorageError) -> [UInt8] {
        try checkReachable(name)
        return try store.read(name, range: range)
    }

    private func checkReachable(_ name: ObjectName) throws(StorageError) {
        if name == object { throw StorageError(.unreachable, .read, name, reason: "nobody answers") }
    }
}
