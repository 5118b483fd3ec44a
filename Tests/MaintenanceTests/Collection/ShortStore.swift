import Storage

/// A store that says it has little room.
final class ShortStore: ObjectStore {
    private let base: any ObjectStore
    private let available: UInt64

    init(_ base: any ObjectStore, bytesAvailable: UInt64) {
        self.base = base
        available = bytesAvailable
    }

    var location: String { base.location }

    func create(_ name: ObjectName, _ parts: [[UInt8]]) throws(StorageError) { try base.create(name, parts) }
    func read(_ name: ObjectName) throws(StorageError) -> [UInt8] { try base.read(name) }
    func read(_ name: ObjectName, range: Range<UInt64>) throws(StorageError) -> [UInt8] {
        try base.read(name, range: range)
    }
    func size(of name: ObjectName) throws(StorageError) -> UInt64 { try base.size(of: name) }
    func list(_ folder: ObjectFolder) throws(StorageError) -> [ObjectEntry] { try base.list(folder) }
    func delete(_ name: ObjectName) throws(StorageError) { try base.delete(name) }
    func strangers() throws(StorageError) -> [String] { try base.strangers() }
    func bytesAvailable() -> UInt64? { available }
}
