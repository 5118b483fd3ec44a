import Storage
import Synchronization

/// A storage that writes down how it changed, so that it can be put back to any earlier state.
final class ChronicleStore: ObjectStore {
    private enum Change {
        case created(ObjectName, [UInt8])
        case deleted(ObjectName)
    }

    private let base = MemoryStore()
    private let changes = Mutex<[Change]>([])

    var location: String { base.location }

    /// How often it has changed.
    var changeCount: Int { changes.withLock { $0.count } }

    /// The storage as it was after so many changes.
    func state(after count: Int) throws -> MemoryStore {
        let store = MemoryStore()
        for change in changes.withLock({ $0.prefix(count) }) {
            switch change {
            case .created(let name, let bytes): try store.create(name, bytes)
            case .deleted(let name): try store.delete(name)
            }
        }
        return store
    }

    /// What change `number`, counted from 1, did.
    func description(of number: Int) -> String {
        switch changes.withLock({ $0[number - 1] }) {
        case .created(let name, _): "created \(name)"
        case .deleted(let name): "deleted \(name)"
        }
    }

    func create(_ name: ObjectName, _ parts: [[UInt8]]) throws(StorageError) {
        try base.create(name, parts)
        changes.withLock { $0.append(.created(name, parts.flatMap { $0 })) }
    }

    func read(_ name: ObjectName) throws(StorageError) -> [UInt8] { try base.read(name) }

    func read(_ name: ObjectName, range: Range<UInt64>) throws(StorageError) -> [UInt8] {
        try base.read(name, range: range)
    }

    func size(of name: ObjectName) throws(StorageError) -> UInt64 { try base.size(of: name) }

    func list(_ folder: ObjectFolder) throws(StorageError) -> [ObjectEntry] { try base.list(folder) }

    func delete(_ name: ObjectName) throws(StorageError) {
        try base.delete(name)
        changes.withLock { $0.append(.deleted(name)) }
    }

    func strangers() throws(StorageError) -> [String] { [] }
}
