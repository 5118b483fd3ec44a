import Coding
import Storage
import Synchronization

/// A store that gives other bytes at one reading of one object, as a cable or a memory may that fails once.
final class MisreadingStore: ObjectStore {
    private let base: any ObjectStore
    private let name: ObjectName
    private let number: Int
    private let count = Atomic(0)

    /// The reading `number` of `name`, counted from 1, is wrong.
    init(_ base: any ObjectStore, _ name: ObjectName, at number: Int) {
        self.base = base
        self.name = name
        self.number = number
    }

    /// How often the object was read.
    var readings: Int { count.load(ordering: .relaxed) }

    var location: String { base.location }

    func create(_ name: ObjectName, _ parts: [[UInt8]]) throws(StorageError) { try base.create(name, parts) }
    func delete(_ name: ObjectName) throws(StorageError) { try base.delete(name) }
    func size(of name: ObjectName) throws(StorageError) -> UInt64 { try base.size(of: name) }
    func list(_ folder: ObjectFolder) throws(StorageError) -> [ObjectEntry] { try base.list(folder) }
    func names(in folder: ObjectFolder) throws(StorageError) -> [Bytes32] { try base.names(in: folder) }
    func strangers() throws(StorageError) -> [String] { try base.strangers() }

    func read(_ name: ObjectName, range: Range<UInt64>) throws(StorageError) -> [UInt8] {
        try base.read(name, range: range)
    }

    func read(_ name: ObjectName) throws(StorageError) -> [UInt8] {
        var bytes = try base.read(name)
        guard name == self.name, count.add(1, ordering: .relaxed).newValue == number else { return bytes }
        bytes[bytes.count / 2] ^= 4
        return bytes
    }
}
