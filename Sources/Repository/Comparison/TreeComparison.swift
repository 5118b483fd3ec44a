/// Two directories side by side: what differs between them, in byte order of names.
///
/// It goes through both at once and holds a page of each. Pages that both share are passed over without being read, so
/// that two large directories cost what differs. What lies below their subdirectories is left to the caller.
public struct TreeComparison {
    /// How far a comparison has come: how many entries of each directory lie behind it.
    public struct Position: Hashable, Sendable {
        /// Entries of the older directory.
        public var old: Int
        /// Entries of the newer directory.
        public var new: Int

        /// A place that a comparison of the same two directories had come to; 0 and 0 for the beginning.
        public init(old: Int = 0, new: Int = 0) {
            self.old = old
            self.new = new
        }
    }

    private var old: DirectoryCursor
    private var new: DirectoryCursor

    /// Compares two directories, nil for one that is not there, from a position on.
    public init(old: TreeDirectory?, new: TreeDirectory?, from position: Position = Position()) {
        self.old = DirectoryCursor(old, index: position.old)
        self.new = DirectoryCursor(new, index: position.new)
    }

    /// How far it has come.
    public var position: Position { Position(old: old.index, new: new.index) }

    /// The next difference, or nil at the end. After an error it may be asked again, and tries the same place.
    public mutating func next() throws(RepositoryError) -> TreeDifference? {
        while true {
            skipSharedPages()
            let (left, right) = (try old.entry(), try new.entry())
            if left == nil, right == nil { return nil }
            let difference: TreeDifference?
            switch Self.order(left, right) {
            case .older:
                difference = TreeDifference(old: left, new: nil)
                old.index += 1
            case .newer:
                difference = TreeDifference(old: nil, new: right)
                new.index += 1
            case .both:
                difference = TreeDifference(old: left, new: right)
                old.index += 1
                new.index += 1
            }
            if let difference { return difference }
        }
    }

    private enum Side {
        case older, newer, both
    }

    /// Whose entry comes first.
    private static func order(_ left: TreeEntry?, _ right: TreeEntry?) -> Side {
        guard let left else { return .newer }
        guard let right else { return .older }
        if left.name == right.name { return .both }
        return left.name.lexicographicallyPrecedes(right.name) ? .older : .newer
    }

    private mutating func skipSharedPages() {
        while let left = old.pageAhead, let right = new.pageAhead, left.id == right.id {
            old.index += left.entryCount
            new.index += right.entryCount
        }
    }
}

/// A place in a directory, and the page that it lies in once that was read.
private struct DirectoryCursor {
    let directory: TreeDirectory?
    var index: Int
    private var page: TreePage?

    init(_ directory: TreeDirectory?, index: Int) {
        self.directory = directory
        self.index = max(0, index)
    }

    /// The entry at the place; nil at the end.
    mutating func entry() throws(RepositoryError) -> TreeEntry? {
        guard let directory, index < directory.entryCount else { return nil }
        if let page, let entry = Self.entry(index, of: page) { return entry }
        let read = try directory.page(directory.pageIndex(ofEntry: index))
        guard let entry = Self.entry(index, of: read) else {
            throw RepositoryError(.damaged, "a page of directory \(directory.root) holds other entries than it should")
        }
        page = read
        return entry
    }

    private static func entry(_ index: Int, of page: TreePage) -> TreeEntry? {
        let position = index - page.firstIndex
        return page.entries.indices.contains(position) ? page.entries[position] : nil
    }

    /// The page that begins exactly here.
    var pageAhead: (id: ChunkID, entryCount: Int)? {
        guard let directory, index < directory.entryCount else { return nil }
        let leaf = directory.leaf(directory.pageIndex(ofEntry: index))
        return leaf.firstIndex == index ? (leaf.id, leaf.entryCount) : nil
    }
}
