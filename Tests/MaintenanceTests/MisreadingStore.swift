import Coding
import Storage
import Synchronization

/// A store that gives other bytes at one reading of one object, as a cable or a memory may that fails once.
final class MisreadingStore: ForwardingStore {
    let base: any ObjectStore
    private let name: ObjectName
    private let number: Int
    private let count = Atomic(0)

    /// The reading `number` of `name`, counted from 1, is wrong.
    init(_ base: any ObjectStore, _ name: ObjectName, at number: Int) {
        self.base = base
        self.name = name
        self.number = number
    }

    /// How often the object was read.
    var readings: Int { count.load(ordering: .relaxed) }

    func read(_ name: ObjectName) throws(StorageError) -> [UInt8] {
        var bytes = try base.read(name)
        guard name == self.name, count.add(1, ordering: .relaxed).newValue == number else { return bytes }
        bytes[bytes.count / 2] ^= 4
        return bytes
    }
}
