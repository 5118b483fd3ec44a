import Storage
import Synchronization

/// A storage that has no room for one object when it is created for the first time.
final class FullOnceStore: ObjectStore {
    private let base: any ObjectStore
    private let large: Mutex<ObjectName?>

    init(_ base: any ObjectStore, noRoomFor large: ObjectName) {
        self.base = base
        self.large = Mutex(large)
    }

    var location: String { base.location }

    func create(_ name: ObjectName, _ parts: [[UInt8]]) throws(StorageError) {
        let isFull = large.withLock { large in
            guard large == name else { return false }
            large = nil
            return true
        }
        if isFull { throw StorageError(.noSpace, .create, name, reason: "the disk is full") }
        try base.create(name, parts)
    }

    func read(_ name: ObjectName) throws(StorageError) -> [UInt8] { try base.read(name) }
    func read(_ name: ObjectName, range: Range<UInt64>) throws(StorageError) -> [UInt8] {
        try base.read(name, range: range)
    }
    func size(of name: ObjectName) throws(StorageError) -> UInt64 { try base.size(of: name) }
    func list(_ folder: ObjectFolder) throws(StorageError) -> [ObjectEntry] { try base.list(folder) }
    func delete(_ name: ObjectName) throws(StorageError) { try base.delete(name) }
    func strangers() throws(StorageError) -> [String] { try base.strangers() }
}
