import Coding

/// A directory of a snapshot, opened: its pages are read when they are asked for.
public final class TreeDirectory: Sendable {
    /// The root page, which names the directory and all that lies below it.
    public let root: ChunkID
    /// How many entries it has.
    public let entryCount: Int

    private let tree: PageTree
    private let source: ChunkSource
    /// The only leaf, where the root is one: it had to be decoded to count its entries.
    private let onlyPage: TreePage?

    /// Opens the directory whose root page is `root`; reads inner pages only, or the only page.
    public init(_ root: ChunkID, source: ChunkSource) throws(RepositoryError) {
        self.root = root
        self.source = source
        tree = try PageTree(root: root, kind: .treePage, source: source)
        if let weight = tree.weight {
            onlyPage = nil
            entryCount = Int(weight)
        } else {
            let page = try Self.decode(root, firstIndex: 0, source: source)
            onlyPage = page
            entryCount = page.count
        }
    }

    /// The number of its leaf pages, at least 1.
    public var pageCount: Int { tree.leaves.count }

    /// The pages above its leaves.
    var innerPages: [ChunkID] { tree.innerPages }

    /// Which page the leaf `index` is, the number of its first entry, and how many it has; reads nothing.
    public func leaf(_ index: Int) -> (id: ChunkID, firstIndex: Int, entryCount: Int) {
        if onlyPage != nil { return (root, 0, entryCount) }
        let leaf = tree.leaves[index]
        return (leaf.page, Int(leaf.start), Int(leaf.weight))
    }

    /// What it costs in memory, in bytes: of several leaf pages only their names and places are held.
    public var cost: Int {
        256 + (onlyPage?.cost ?? 0) + tree.leaves.reduce(0) { $0 + 96 + $1.firstName.count }
    }

    /// The leaf page `index`, decoded anew unless it is the only one.
    public func page(_ index: Int) throws(RepositoryError) -> TreePage {
        if let onlyPage { return onlyPage }
        let leaf = tree.leaves[index]
        let page = try Self.decode(leaf.page, firstIndex: Int(leaf.start), source: source)
        guard page.count == Int(leaf.weight), page.count > 0, page.name(at: 0) == leaf.firstName else {
            throw RepositoryError(.damaged, "directory page \(leaf.page) does not hold what its parent says")
        }
        if let next = tree.firstName(behind: index),
            !page.name(at: page.count - 1).lexicographicallyPrecedes(next)
        {
            throw RepositoryError(.damaged, "directory page \(leaf.page) holds names that belong behind it")
        }
        return page
    }

    /// The number of the page that holds the entry `index`, which must be below `entryCount`.
    public func pageIndex(ofEntry index: Int) -> Int {
        tree.leafIndex(holding: UInt64(index))
    }

    /// The number of the only page that may hold `name`.
    public func pageIndex(ofName name: [UInt8]) -> Int {
        tree.leafIndex(holding: name)
    }

    /// The entry of this name, or nil.
    public func entry(named name: [UInt8]) throws(RepositoryError) -> TreeEntry? {
        try page(pageIndex(ofName: name)).entry(named: name)
    }

    /// Hands every entry to `body`, in byte order of names.
    public func forEachEntry(_ body: (TreeEntry) throws(RepositoryError) -> Void) throws(RepositoryError) {
        for index in 0..<pageCount {
            for entry in try page(index).entries { try body(entry) }
        }
    }

    private static func decode(
        _ id: ChunkID, firstIndex: Int, source: ChunkSource
    ) throws(RepositoryError) -> TreePage {
        let chunk = try source.chunk(id, .treePage)
        guard chunk.count <= Limits.treePageBytesMax else {
            throw RepositoryError(.damaged, "directory page \(id) has \(chunk.count) bytes")
        }
        do {
            return try TreePage(chunk.copy(), firstIndex: firstIndex)
        } catch {
            throw RepositoryError(.damaged, "directory page \(id) is damaged \(error)")
        }
    }
}
