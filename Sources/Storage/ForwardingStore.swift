import Coding

/// A store over another one, to which it passes on whatever it does not do itself.
///
/// Who changes what `list` gives has to do `names(in:)` too: neither goes through the other.
package protocol ForwardingStore: ObjectStore {
    /// The store below.
    var base: any ObjectStore { get }
}

extension ForwardingStore {
    package var location: String { base.location }
    package var canonicalLocation: [UInt8] { base.canonicalLocation }

    package func create(_ name: ObjectName, _ parts: [[UInt8]]) throws(StorageError) { try base.create(name, parts) }
    package func read(_ name: ObjectName) throws(StorageError) -> [UInt8] { try base.read(name) }
    package func read(_ name: ObjectName, range: Range<UInt64>) throws(StorageError) -> [UInt8] {
        try base.read(name, range: range)
    }
    package func size(of name: ObjectName) throws(StorageError) -> UInt64 { try base.size(of: name) }
    package func list(_ folder: ObjectFolder) throws(StorageError) -> [ObjectEntry] { try base.list(folder) }
    package func names(in folder: ObjectFolder) throws(StorageError) -> [Bytes32] { try base.names(in: folder) }
    package func delete(_ name: ObjectName) throws(StorageError) { try base.delete(name) }
    package func strangers() throws(StorageError) -> [String] { try base.strangers() }
    package func bytesAvailable() -> UInt64? { base.bytesAvailable() }
    package func makeReserve() throws(StorageError) { try base.makeReserve() }
    package func releaseReserve() throws(StorageError) { try base.releaseReserve() }
    package func removeLeftovers() throws(StorageError) -> Int { try base.removeLeftovers() }
}
