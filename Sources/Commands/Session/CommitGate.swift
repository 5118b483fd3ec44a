import Coding
import Storage

/// A store in which the outcome of a session, which commits its snapshot, and the `format` object are created without
/// interruption: each makes something there that was not there before. Everything else passes through.
final class CommitGate: ForwardingStore {
    let base: any ObjectStore
    private let interruption: Interruption

    init(_ base: any ObjectStore, interruption: Interruption) {
        self.base = base
        self.interruption = interruption
    }

    func create(_ name: ObjectName, _ parts: [[UInt8]]) throws(StorageError) {
        guard name.part == .outcome || name == .format else { return try base.create(name, parts) }
        try interruption.committing { () throws(StorageError) in try base.create(name, parts) }
    }
}
