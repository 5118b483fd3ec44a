import Coding
import Repository
import SystemInterface

/// Some entries of one directory that are no directories, to be restored by one thread.
struct LeafBatch: Sendable {
    /// The directory that they go to.
    let target: TargetDirectory
    /// The entry of that directory.
    let directory: TreeEntry
    /// Its path in the snapshot.
    let path: FilePath
    /// See `RestoreFrame.sourceDepths`.
    let sourceDepths: [Int]
    /// What is to be told when they are there.
    let completion: DirectoryCompletion
    var items: [Item] = []
    private var bytes: UInt64 = 0

    /// An entry, and who waits for it.
    struct Item: Sendable {
        let entry: TreeEntry
        /// What further names of the same inode wait for.
        let place: HardLinkPlace?
    }

    /// An empty one of what is in `frame`, whose directory is at `path` and is `target`.
    init(_ frame: RestoreFrame, target: TargetDirectory, path: FilePath) {
        self.target = target
        self.path = path
        directory = frame.entry
        sourceDepths = frame.sourceDepths
        completion = frame.completion
    }

    /// Whether a thread has enough to do with it.
    var isFull: Bool { items.count >= RestoreLimits.batchEntriesMax || bytes >= RestoreLimits.batchBytesMax }

    mutating func append(_ entry: TreeEntry, _ place: HardLinkPlace?) {
        items.append(Item(entry: entry, place: place))
        bytes.addSaturating(entry.size)
    }
}
