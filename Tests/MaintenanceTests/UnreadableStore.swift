import Storage
import Synchronization

/// A storage on a disk with bad sectors: some objects are there and cannot be read, for a while or so many times.
final class UnreadableStore: ForwardingStore {
    let base: any ObjectStore
    private let code: StorageError.Code
    private let failures: Mutex<[ObjectName: Int]>

    init(
        _ base: any ObjectStore, _ names: some Sequence<ObjectName> = [], code: StorageError.Code = .ioFailure
    ) {
        self.base = base
        self.code = code
        failures = Mutex(Dictionary(names.map { ($0, .max) }) { first, _ in first })
    }

    /// Lets these objects fail from now on, each for so many reads; no others do any more.
    func fail(_ names: some Sequence<ObjectName>, times: Int = .max) {
        failures.withLock { $0 = Dictionary(names.map { ($0, times) }) { first, _ in first } }
    }

    func read(_ name: ObjectName) throws(StorageError) -> [UInt8] {
        try checkReadable(name)
        return try base.read(name)
    }

    func read(_ name: ObjectName, range: Range<UInt64>) throws(StorageError) -> [UInt8] {
        try checkReadable(name)
        return try base.read(name, range: range)
    }

    private func checkReadable(_ name: ObjectName) throws(StorageError) {
        let fails = failures.withLock { failures in
            guard let left = failures[name], left > 0 else { return false }
            failures[name] = left - 1
            return true
        }
        if fails { throw StorageError(code, .read, name, reason: "a bad sector") }
    }
}
