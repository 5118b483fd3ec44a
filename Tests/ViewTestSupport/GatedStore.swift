import Coding
import Glibc
import Storage
import SystemInterface

/// A store whose reads of packs wait while somebody holds an exclusive lock (flock(2)) on a file: a storage that does
/// not answer.
package struct GatedStore: ObjectStore {
    private let base: any ObjectStore
    private let gate: FilePath

    /// Passes everything on to `base`, when the lock on `gate` lets it.
    package init(_ base: any ObjectStore, gate: FilePath) {
        self.base = base
        self.gate = gate
    }

    package var location: String { base.location }

    package func create(_ name: ObjectName, _ parts: [[UInt8]]) throws(StorageError) { try base.create(name, parts) }

    package func read(_ name: ObjectName) throws(StorageError) -> [UInt8] { try base.read(name) }

    package func read(_ name: ObjectName, range: Range<UInt64>) throws(StorageError) -> [UInt8] {
        if let file = try? FileDescriptor.open(gate, .readOnly) {
            // The descriptor's end gives the lock back.
            while flock(file.rawValue, LOCK_SH) == -1, errno == EINTR {}
        }
        return try base.read(name, range: range)
    }

    package func size(of name: ObjectName) throws(StorageError) -> UInt64 { try base.size(of: name) }

    package func list(_ folder: ObjectFolder) throws(StorageError) -> [ObjectEntry] { try base.list(folder) }

    package func names(in folder: ObjectFolder) throws(StorageError) -> [Bytes32] { try base.names(in: folder) }

    package func delete(_ name: ObjectName) throws(StorageError) { try base.delete(name) }

    package func strangers() throws(StorageError) -> [String] { try base.strangers() }
}
