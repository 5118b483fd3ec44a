import Storage
import Synchronization

/// A storage on a disk that fails once: one reading of some objects is an error, and none before or after it.
final class FailingOnceStore: ForwardingStore {
    let base: any ObjectStore
    private let names: Set<ObjectName>
    private let number: Int
    private let count = Mutex(0)

    /// The reading `number` of all of `names`, counted from 1, is an error.
    init(_ base: any ObjectStore, _ names: Set<ObjectName>, at number: Int) {
        self.base = base
        self.names = names
        self.number = number
    }

    /// How often the objects were read.
    var readings: Int { count.withLock { $0 } }

    func read(_ name: ObjectName) throws(StorageError) -> [UInt8] {
        try countReading(of: name)
        return try base.read(name)
    }

    func read(_ name: ObjectName, range: Range<UInt64>) throws(StorageError) -> [UInt8] {
        try countReading(of: name)
        return try base.read(name, range: range)
    }

    private func countReading(of name: ObjectName) throws(StorageError) {
        guard names.contains(name) else { return }
        let reading = count.withLock { count in
            count += 1
            return count
        }
        if reading == number { throw StorageError(.ioFailure, .read, name, reason: "a bad sector") }
    }
}
