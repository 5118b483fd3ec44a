import Repository
import SystemInterface

/// A directory that a restore is in.
final class RestoreFrame {
    let entry: TreeEntry
    /// Whether the directory gets the attributes of its entry, once all that is in it is there.
    let isOwn: Bool
    /// The directory in the destination, or nil while it is closed because too many below it are open.
    var target: TargetDirectory?
    let identity: FileStatus
    let givesAccessControl: Bool

    private let tree: TreeDirectory?
    private var entries: [TreeEntry] = []
    private var position = 0
    private var nextPage = 0

    /// A directory that is in the destination; `tree` is nil where none of its names can be read.
    init(entry: TreeEntry, target: TargetDirectory, tree: TreeDirectory?, isOwn: Bool) {
        self.entry = entry
        self.target = target
        self.tree = tree
        self.isOwn = isOwn
        identity = target.identity
        givesAccessControl = target.givesAccessControl
    }

    /// The next entry, or nil behind the last; throws once for every page that cannot be read, and goes on behind it.
    func next() throws(RepositoryError) -> TreeEntry? {
        while position == entries.count {
            guard let tree, nextPage < tree.pageCount else { return nil }
            nextPage += 1
            entries = []
            position = 0
            entries = try tree.page(nextPage - 1).entries
        }
        position += 1
        return entries[position - 1]
    }
}
