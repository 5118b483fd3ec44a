import Repository
import Synchronization

/// Opened files that have more than one chunk: those used last. A file of one chunk is opened at no cost.
final class FileCache: Sendable {
    private let source: ChunkSource
    private let files = Mutex(LeastRecentlyUsed<NodeID, FileContents>(costMax: ViewLimits.openFilesMax))

    init(source: ChunkSource) {
        self.source = source
    }

    /// The contents of `entry`, a regular file at `node`.
    func contents(_ entry: TreeEntry, at node: NodeID) throws(RepositoryError) -> FileContents {
        switch entry.content {
        case .segments, .list: break
        default: return try FileContents(entry, source: source)
        }
        if let known = files.withLock({ $0.value(node) }) { return known }
        let contents = try FileContents(entry, source: source)
        files.withLock { $0.insert(contents, for: node, cost: 1 + contents.pageCount / ViewLimits.openFilePages) }
        return contents
    }
}
