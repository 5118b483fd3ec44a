import Repository
import Synchronization
import SystemInterface

/// Gives a directory its attributes once all that is in it is there, whichever thread is the last.
final class DirectoryCompletion: Sendable {
    private let entry: TreeEntry
    private let context: RestoreContext
    private let path: FilePath
    /// The walk is one that works on the directory, and each batch of its entries is one.
    private let pending = Atomic<Int>(1)
    /// The directory, for as long as its attributes are to be set.
    private let target = Mutex<TargetDirectory?>(nil)

    /// For the directory at `path` in the snapshot, on which the walk works.
    init(_ entry: TreeEntry, path: FilePath, context: RestoreContext) {
        self.entry = entry
        self.path = path
        self.context = context
    }

    /// One more works on the directory.
    func begin() {
        pending.add(1, ordering: .relaxed)
    }

    /// The walk is done with the directory, which is to get its attributes unless `target` is nil.
    func leave(_ target: TargetDirectory?) throws(RestoreError) {
        self.target.withLock { $0 = target }
        try end()
    }

    /// One less works on the directory; the last gives it its attributes.
    func end() throws(RestoreError) {
        guard pending.subtract(1, ordering: .acquiringAndReleasing).newValue == 0,
            let target = target.withLock({ $0.take() })
        else { return }
        do {
            let metadata = MetadataRestorer(context: context)
            // Where the snapshot's own could not be read, nobody knows which are too many.
            if !target.isNew, !context.unsaved.mayInclude(path) {
                try metadata.removeAttributes(notOf: entry, from: target.descriptor, path: path)
            }
            let made = MetadataRestorer.Made(
                ownsAsProcess: target.isNew && target.ownsAsProcess, hasAccessControl: target.givesAccessControl,
                permissions: nil)
            try metadata.apply(entry, to: target.descriptor, made: made, path: path)
        } catch {
            try context.journal.absorb(error, path: path)
        }
    }
}
