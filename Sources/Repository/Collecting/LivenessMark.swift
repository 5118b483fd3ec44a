import Catalog
import Coding
import Storage

/// Which chunks the snapshots that were added need: an exact set, made from nothing, by walking every page.
///
/// A page that was met before in the same mark is not read again. Nothing else is taken for granted: that a directory is
/// there says nothing of what lies below it. For one thread at a time. After an error the mark is of no use.
package struct LivenessMark: ~Copyable {
    private let repository: Repository
    private let source: ChunkSource
    private var chunks: ChunkSet
    /// Directories whose pages are marked, and which are to be read.
    private var pending: [ChunkID] = []
    /// The catalog by which the mark is made, and how often something had been taken out of it before; nil for no mark.
    private var catalogAtStart: (catalog: Catalog, removals: Int64)?

    /// A mark of nothing.
    package init(_ repository: Repository, memoryChunksMax: Int = ChunkSet.memoryChunksDefault) {
        self.repository = repository
        source = repository.makeSource()
        chunks = ChunkSet(memoryChunksMax: memoryChunksMax)
    }

    /// How many chunks are needed.
    package var count: Int { chunks.count }

    /// Adds what `snapshot` needs.
    ///
    /// Throws `.damaged` if a chunk is nowhere or a page cannot be read: nobody knows then what is needed.
    package mutating func add(_ snapshot: Snapshot) throws(RepositoryError) {
        if catalogAtStart == nil {
            catalogAtStart = try repository.asking { (catalog) throws(CatalogError) in
                (catalog, try catalog.removalCount())
            }
        }
        do throws(RepositoryError) {
            try add(snapshot.manifest.root)
            while let directory = pending.popLast() { try walk(directory) }
        } catch {
            switch error.code {
            case .storage(.notFound), .storage(.outOfRange), .storage(.tooLarge):
                throw RepositoryError(
                    .damaged, object: error.object, "\(error.reason), and snapshot \(snapshot.id.short) needs it")
            default: throw error
            }
        }
    }

    /// Whether a snapshot needs the chunk.
    package func contains(_ id: Bytes32) throws(RepositoryError) -> Bool {
        do {
            return try chunks.contains(id)
        } catch {
            throw RepositoryError(error)
        }
    }

    /// Whether every place is still listed that was when the mark was made.
    func isStillTrue() throws(RepositoryError) -> Bool {
        guard let (catalog, removals) = catalogAtStart else { return true }
        guard repository.catalog === catalog else { return false }
        return try repository.asking { (catalog) throws(CatalogError) in try catalog.removalCount() } == removals
    }

    private mutating func add(_ entry: TreeEntry) throws(RepositoryError) {
        if case .reference(let id) = entry.extendedAttributes { _ = try insert(id) }
        switch entry.content {
        case .none, .unreadable: break
        case .chunk(let id): _ = try insert(id)
        case .segments(let segments):
            for segment in segments {
                if let id = segment.chunk { _ = try insert(id) }
            }
        case .list(let root): try add(list: root, of: entry)
        case .tree(let root):
            if try insert(root) { pending.append(root) }
        }
    }

    private mutating func add(list root: ChunkID, of entry: TreeEntry) throws(RepositoryError) {
        guard try insert(root) else { return }
        let contents = try FileContents(entry, source: source)
        for page in contents.listPages { _ = try insert(page) }
        var found: [ChunkID] = []
        try contents.forEachRun { (run) throws(RepositoryError) in
            if let id = run.segment.chunk { found.append(id) }
        }
        for id in found { _ = try insert(id) }
    }

    private mutating func walk(_ root: ChunkID) throws(RepositoryError) {
        let directory = try TreeDirectory(root, source: source)
        for page in directory.innerPages { _ = try insert(page) }
        for index in 0..<directory.pageCount {
            let leaf = directory.leaf(index).id
            // A leaf that directories share was read when it was met first.
            if leaf != root {
                guard try insert(leaf) else { continue }
            }
            for entry in try directory.page(index).entries { try add(entry) }
        }
    }

    /// Marks a chunk; false if it was marked before.
    private mutating func insert(_ id: ChunkID) throws(RepositoryError) -> Bool {
        let isNew: Bool
        do {
            isNew = try chunks.insert(id.bytes)
        } catch {
            throw RepositoryError(error)
        }
        guard isNew else { return false }
        if try repository.contains(id) { return true }
        guard try !repository.locations(of: id).isEmpty else {
            throw RepositoryError(.damaged, "chunk \(id) is in no pack, and a snapshot needs it")
        }
        return true
    }
}
