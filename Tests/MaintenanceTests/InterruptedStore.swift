import Coding
import Storage
import Synchronization

/// A store in front of whose `number`-th operation, counted from 1, something happens that somebody else does.
final class InterruptedStore: ForwardingStore {
    let base: any ObjectStore
    private let number: Int
    private let count = Atomic(0)
    private let failure = Mutex<String?>(nil)
    private let action: @Sendable () throws -> Void

    init(_ base: any ObjectStore, before number: Int, _ action: @escaping @Sendable () throws -> Void) {
        self.base = base
        self.number = number
        self.action = action
    }

    /// How many operations there were.
    var operations: Int { count.load(ordering: .relaxed) }
    /// What went wrong with what happened.
    var actionFailure: String? { failure.withLock { $0 } }

    private func step() {
        guard count.add(1, ordering: .relaxed).newValue == number else { return }
        do {
            try action()
        } catch {
            failure.withLock { $0 = "\(error)" }
        }
    }

    func create(_ name: ObjectName, _ parts: [[UInt8]]) throws(StorageError) {
        step()
        try base.create(name, parts)
    }

    func read(_ name: ObjectName) throws(StorageError) -> [UInt8] {
        step()
        return try base.read(name)
    }

    func read(_ name: ObjectName, range: Range<UInt64>) throws(StorageError) -> [UInt8] {
        step()
        return try base.read(name, range: range)
    }

    func size(of name: ObjectName) throws(StorageError) -> UInt64 {
        step()
        return try base.size(of: name)
    }

    func list(_ folder: ObjectFolder) throws(StorageError) -> [ObjectEntry] {
        step()
        return try base.list(folder)
    }

    func names(in folder: ObjectFolder) throws(StorageError) -> [Bytes32] {
        step()
        return try base.names(in: folder)
    }

    func delete(_ name: ObjectName) throws(StorageError) {
        step()
        try base.delete(name)
    }

    func strangers() throws(StorageError) -> [String] {
        step()
        return try base.strangers()
    }
}
