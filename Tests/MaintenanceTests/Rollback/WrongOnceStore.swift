import Coding
import Storage
import Synchronization

/// A storage whose first answer for each object of some folders has a bit flipped.
final class WrongOnceStore: ForwardingStore {
    let base: any ObjectStore
    private let folders: Set<ObjectFolder>
    private let given = Mutex<Set<ObjectName>>([])

    init(_ base: any ObjectStore, in folders: Set<ObjectFolder>) {
        self.base = base
        self.folders = folders
    }

    func read(_ name: ObjectName) throws(StorageError) -> [UInt8] {
        var bytes = try base.read(name)
        guard let folder = name.folder, folders.contains(folder) else { return bytes }
        let isFirst = given.withLock { $0.insert(name).inserted }
        if isFirst { bytes[bytes.count / 2] ^= 1 }
        return bytes
    }
}
