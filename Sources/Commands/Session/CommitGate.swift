import Coding
import Storage

/// A store in which the outcome of a session, which commits its snapshot, and the `format` object are created without
/// interruption: each makes something there that was not there before. Everything else passes through.
final class CommitGate: ObjectStore {
    private let base: any ObjectStore
    private let interruption: Interruption

    init(_ base: any ObjectStore, interruption: Interruption) {
        self.base = base
        self.interruption = interruption
    }

    var location: String { base.location }

    var canonicalLocation: [UInt8] { base.canonicalLocation }

    func create(_ name: ObjectName, _ parts: [[UInt8]]) throws(StorageError) {
        guard name.part == .outcome || name == .format else { return try base.create(name, parts) }
        try interruption.committing { () throws(StorageError) in try base.create(name, parts) }
    }

    func read(_ name: ObjectName) throws(StorageError) -> [UInt8] { try base.read(name) }

    func read(_ name: ObjectName, range: Range<UInt64>) throws(StorageError) -> [UInt8] {
        try base.read(name, range: range)
    }

    func size(of name: ObjectName) throws(StorageError) -> UInt64 { try base.size(of: name) }

    func list(_ folder: ObjectFolder) throws(StorageError) -> [ObjectEntry] { try base.list(folder) }

    func names(in folder: ObjectFolder) throws(StorageError) -> [Bytes32] { try base.names(in: folder) }

    func delete(_ name: ObjectName) throws(StorageError) { try base.delete(name) }

    func strangers() throws(StorageError) -> [String] { try base.strangers() }

    func bytesAvailable() -> UInt64? { base.bytesAvailable() }

    func makeReserve() throws(StorageError) { try base.makeReserve() }

    func releaseReserve() throws(StorageError) { try base.releaseReserve() }

    func removeLeftovers() throws(StorageError) -> Int { try base.removeLeftovers() }
}
