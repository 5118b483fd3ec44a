import Coding
import Storage
import Synchronization

/// A store that says other sizes of some objects, as of sparse files: behind their ends it reads zeros.
///
/// With `onlyListed` they have these sizes in listings alone. Whoever reads too much of them is told that the storage does
/// not answer, so that a test ends.
final class MissizedStore: ForwardingStore {
    /// What may be read of these objects in all.
    private static let readBytesMax = 64 << 20

    let base: any ObjectStore
    private let sizes: [ObjectName: UInt64]
    private let onlyListed: Bool
    private let readBytes = Mutex(0)

    init(_ base: any ObjectStore, _ sizes: [ObjectName: UInt64], onlyListed: Bool = false) {
        self.base = base
        self.sizes = sizes
        self.onlyListed = onlyListed
    }

    let location = "a storage of large files"
    /// How many bytes were read of the objects that have other sizes.
    var bytesRead: Int { readBytes.withLock { $0 } }

    func read(_ name: ObjectName) throws(StorageError) -> [UInt8] {
        guard let size = sizes[name], !onlyListed else { return try base.read(name) }
        throw StorageError(.tooLarge, .read, name, reason: "it has \(size) bytes")
    }

    func read(_ name: ObjectName, range: Range<UInt64>) throws(StorageError) -> [UInt8] {
        guard sizes[name] != nil, !onlyListed else { return try base.read(name, range: range) }
        let bytes = readBytes.withLock { bytes in
            bytes += range.count
            return bytes
        }
        guard bytes <= Self.readBytesMax else {
            throw StorageError(.unreachable, .read, name, reason: "that is too much")
        }
        let size = try base.size(of: name)
        let stored = range.clamped(to: 0..<size)
        let head = stored.isEmpty ? [] : try base.read(name, range: stored)
        return head + [UInt8](repeating: 0, count: range.count - head.count)
    }

    func size(of name: ObjectName) throws(StorageError) -> UInt64 {
        let size = try base.size(of: name)
        return onlyListed ? size : sizes[name] ?? size
    }

    func list(_ folder: ObjectFolder) throws(StorageError) -> [ObjectEntry] {
        try base.list(folder).map { ObjectEntry(name: $0.name, bytes: sizes[$0.name] ?? $0.bytes) }
    }
}
