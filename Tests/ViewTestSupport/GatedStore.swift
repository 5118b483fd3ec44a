import Coding
import Glibc
import Storage
import SystemInterface

/// A store whose reads of packs wait while somebody holds an exclusive lock (flock(2)) on a file: a storage that does
/// not answer.
package struct GatedStore: ForwardingStore {
    package let base: any ObjectStore
    private let gate: FilePath

    /// Passes everything on to `base`, when the lock on `gate` lets it.
    package init(_ base: any ObjectStore, gate: FilePath) {
        self.base = base
        self.gate = gate
    }

    package func read(_ name: ObjectName, range: Range<UInt64>) throws(StorageError) -> [UInt8] {
        if let file = try? FileDescriptor.open(gate, .readOnly) {
            // The descriptor's end gives the lock back.
            while flock(file.rawValue, LOCK_SH) == -1, errno == EINTR {}
        }
        return try base.read(name, range: range)
    }
}
