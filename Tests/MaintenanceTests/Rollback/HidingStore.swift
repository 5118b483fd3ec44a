import Coding
import Storage
import Synchronization

/// A storage that hides objects, whatever it is asked, or leaves them out of listings.
final class HidingStore: ForwardingStore {
    enum Place {
        case everywhere, listings, keys
    }

    let base: any ObjectStore
    private let hidden: Set<ObjectName>
    /// Where it does so.
    private let place: Place
    private let counts = Mutex<[StorageError.Operation: Int]>([:])

    init(_ base: any ObjectStore, hiding hidden: Set<ObjectName>, in place: Place = .everywhere) {
        self.base = base
        self.hidden = hidden
        self.place = place
    }

    /// How often each operation was asked for.
    var operations: [StorageError.Operation: Int] { counts.withLock { $0 } }

    func create(_ name: ObjectName, _ parts: [[UInt8]]) throws(StorageError) {
        count(.create)
        try base.create(name, parts)
    }

    func read(_ name: ObjectName) throws(StorageError) -> [UInt8] {
        count(.read)
        try requireShown(name, .read)
        return try base.read(name)
    }

    func read(_ name: ObjectName, range: Range<UInt64>) throws(StorageError) -> [UInt8] {
        count(.read)
        try requireShown(name, .read)
        return try base.read(name, range: range)
    }

    func size(of name: ObjectName) throws(StorageError) -> UInt64 {
        count(.size)
        try requireShown(name, .size)
        return try base.size(of: name)
    }

    func list(_ folder: ObjectFolder) throws(StorageError) -> [ObjectEntry] {
        count(.list)
        return try base.list(folder).filter { place == .keys || !hidden.contains($0.name) }
    }

    func names(in folder: ObjectFolder) throws(StorageError) -> [Bytes32] {
        count(.list)
        return try base.list(folder).filter { place == .keys || !hidden.contains($0.name) }.compactMap(\.name.id)
    }

    private func count(_ operation: StorageError.Operation) {
        counts.withLock { $0[operation, default: 0] += 1 }
    }

    private func requireShown(_ name: ObjectName, _ operation: StorageError.Operation) throws(StorageError) {
        guard place != .listings, hidden.contains(name) else { return }
        throw StorageError(.notFound, operation, name, reason: "there is no such object")
    }
}
