import Repository
import Synchronization

/// Opened directories and their pages: those used last, limited in bytes.
final class DirectoryCache: Sendable {
    private struct PageKey: Hashable {
        let tree: ChunkID
        let page: Int
    }

    private struct State {
        // Small directories are many; pages of large ones are large.
        var directories = LeastRecentlyUsed<ChunkID, TreeDirectory>(costMax: ViewLimits.directoryCacheBytesMax / 2)
        var pages = LeastRecentlyUsed<PageKey, TreePage>(costMax: ViewLimits.directoryCacheBytesMax / 2)
    }

    private let source: ChunkSource
    private let state = Mutex(State())

    init(source: ChunkSource) {
        self.source = source
    }

    /// The directory of a tree.
    func directory(_ tree: ChunkID) throws(RepositoryError) -> TreeDirectory {
        if let known = state.withLock({ $0.directories.value(tree) }) { return known }
        let directory = try TreeDirectory(tree, source: source)
        state.withLock { $0.directories.insert(directory, for: tree, cost: directory.cost) }
        return directory
    }

    /// A page of a directory.
    func page(_ index: Int, of directory: TreeDirectory) throws(RepositoryError) -> TreePage {
        guard directory.pageCount > 1 else { return try directory.page(index) }
        let key = PageKey(tree: directory.root, page: index)
        if let known = state.withLock({ $0.pages.value(key) }) { return known }
        let page = try directory.page(index)
        state.withLock { $0.pages.insert(page, for: key, cost: page.cost) }
        return page
    }
}
