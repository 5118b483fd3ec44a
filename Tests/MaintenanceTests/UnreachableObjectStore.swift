import Coding
import Storage

/// A store that does not answer any more when one object is read.
final class UnreachableObjectStore: ForwardingStore {
    let base: any ObjectStore
    private let object: ObjectName?
    let location = "a storage that fails"

    init(_ store: MemoryStore, object: ObjectName?) {
        base = store
        self.object = object
    }

    func read(_ name: ObjectName) throws(StorageError) -> [UInt8] {
        try checkReachable(name)
        return try base.read(name)
    }

    func read(_ name: ObjectName, range: Range<UInt64>) throws(StorageError) -> [UInt8] {
        try checkReachable(name)
        return try base.read(name, range: range)
    }

    private func checkReachable(_ name: ObjectName) throws(StorageError) {
        if name == object { throw StorageError(.unreachable, .read, name, reason: "nobody answers") }
    }
}
