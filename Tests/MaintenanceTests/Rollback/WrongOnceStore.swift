import Coding
import Storage
import Synchronization

/// A storage whose first answer for each object of some folders has a bit flipped.
final class WrongOnceStore: ObjectStore {
    private let base: any ObjectStore
    private let folders: Set<ObjectFolder>
    private let given = Mutex<Set<ObjectName>>([])

    init(_ base: any ObjectStore, in folders: Set<ObjectFolder>) {
        self.base = base
        self.folders = folders
    }

    var location: String { base.location }

    func create(_ name: ObjectName, _ parts: [[UInt8]]) throws(StorageError) { try base.create(name, parts) }

    func read(_ name: ObjectName) throws(StorageError) -> [UInt8] {
        var bytes = try base.read(name)
        guard let folder = name.folder, folders.contains(folder) else { return bytes }
        let isFirst = given.withLock { $0.insert(name).inserted }
        if isFirst { bytes[bytes.count / 2] ^= 1 }
        return bytes
    }

    func read(_ name: ObjectName, range: Range<UInt64>) throws(StorageError) -> [UInt8] {
        try base.read(name, range: range)
    }

    func size(of name: ObjectName) throws(StorageError) -> UInt64 { try base.size(of: name) }

    func list(_ folder: ObjectFolder) throws(StorageError) -> [ObjectEntry] { try base.list(folder) }

    func names(in folder: ObjectFolder) throws(StorageError) -> [Bytes32] { try base.names(in: folder) }

    func delete(_ name: ObjectName) throws(StorageError) { try base.delete(name) }

    func strangers() throws(StorageError) -> [String] { try base.strangers() }
}
