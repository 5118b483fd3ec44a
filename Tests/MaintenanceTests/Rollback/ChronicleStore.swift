import Storage
import Synchronization

/// A storage that writes down how it changed, so that it can be put back to any earlier state.
final class ChronicleStore: ForwardingStore {
    private enum Change {
        case created(ObjectName, [UInt8])
        case deleted(ObjectName)
    }

    let base: any ObjectStore = MemoryStore()
    private let changes = Mutex<[Change]>([])

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

    func delete(_ name: ObjectName) throws(StorageError) {
        try base.delete(name)
        changes.withLock { $0.append(.deleted(name)) }
    }

    func strangers() throws(StorageError) -> [String] { [] }
}
