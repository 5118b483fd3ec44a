/// Stacks inner pages over leaves until one page is left: the root.
///
/// Inner pages are cut behind a page whose identifier says so, as leaves are cut behind a name, so that a change in one
/// leaf changes one page a level (a Merkle tree with content-defined pages, as in Noms' prolly trees).
struct PageTreeBuilder {
    private static let itemsMin = 64
    private static let itemsMax = 1_024
    private static let cutMask: UInt64 = 0xFF

    private let session: WriteSession
    private let kind: ChunkKind
    /// The pages of each level that no inner page lists yet; the leaves first.
    private var levels: [[PageReference]] = [[]]

    init(session: WriteSession, kind: ChunkKind) {
        self.session = session
        self.kind = kind
    }

    /// Adds a page to level `level`, the leaves being level 0.
    mutating func add(_ reference: PageReference, level: Int = 0) throws(RepositoryError) {
        guard level < Limits.pageLevelsMax else {
            throw RepositoryError(.invalidArgument, "a directory or file needs more than \(level) levels of pages")
        }
        if level == levels.count { levels.append([]) }
        levels[level].append(reference)
        let count = levels[level].count
        let isCut = count >= Self.itemsMin && reference.page.bytes.prefix64 & Self.cutMask == 0
        if isCut || count >= Self.itemsMax { try close(level: level) }
    }

    /// The root page.
    mutating func finish() throws(RepositoryError) -> ChunkID {
        var level = 0
        while true {
            if level == levels.count - 1, levels[level].count == 1 { return levels[level][0].page }
            if !levels[level].isEmpty { try close(level: level) }
            level += 1
        }
    }

    private mutating func close(level: Int) throws(RepositoryError) {
        let items = levels[level]
        levels[level] = []
        let page = InnerPage.encode(items, level: UInt8(level + 1))
        let id = try session.add(page.span, kind)
        let weight = items.reduce(0) { $0 + $1.weight }
        try add(PageReference(weight: weight, firstName: items[0].firstName, page: id), level: level + 1)
    }
}
