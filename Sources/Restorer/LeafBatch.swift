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

    init(target: TargetDirectory, directory: TreeEntry, path: FilePath, completion: DirectoryCompletion) {
        self.target = target
        self.directory = directory
        self.path = path
        self.completion = completion
    }

    /// Whether a thread has enough to do with it.
    var isFull: Bool { items.count >= RestoreLimits.batchEntriesMax || bytes >= RestoreLimits.batchBytesMax }

    mutating func append(_ entry: TreeEntry, _ place: HardLinkPlace?) {
        items.append(Item(entry: entry, place: place))
        bytes.addSaturating(entry.size)
    }
}
