import Catalog
import Coding

/// Removes pages that no set of a files cache needs, once they are more than those that are needed, and sets that there is
/// no room for.
///
/// What another run has stored and not yet noted may go too, which costs that one's successor time.
struct FilesCacheSweep {
    private let cache: FilesCache

    init(cache: FilesCache) {
        self.cache = cache
    }

    /// Sweeps if it is due.
    func run() {
        guard var totals = totals(), var sets = sets() else { return }
        var isDue = totals.pages > max(2 * totals.live, cache.limits.sweepPagesMin)
        while sets.count > cache.limits.setsMax {
            forget(&sets)
            isDue = true
        }
        if isDue || totals.bytes > cache.limits.bytesMax {
            guard let swept = sweep(sets) else { return }
            totals = swept
        }
        // The newest set goes as well, if it alone is too much.
        while totals.bytes > cache.limits.bytesMax, !sets.isEmpty {
            forget(&sets)
            guard let swept = sweep(sets) else { return }
            totals = swept
        }
    }

    private func totals() -> PageTotals? {
        cache.asking { (catalog) throws(CatalogError) in try catalog.pageTotals() }
    }

    private func sets() -> [(name: Bytes32, sealed: [UInt8])]? {
        cache.asking { (catalog) throws(CatalogError) in try catalog.pageSets() }
    }

    private func forget(_ sets: inout [(name: Bytes32, sealed: [UInt8])]) {
        let oldest = sets.removeFirst()
        cache.asking { (catalog) throws(CatalogError) in try catalog.remove(pageSet: oldest.name) }
    }

    private func sweep(_ sets: [(name: Bytes32, sealed: [UInt8])]) -> PageTotals? {
        var live: Set<Int64> = []
        for set in sets {
            // A set of another key needs pages that this one cannot tell: they go, and it is made anew.
            guard let snapshot = try? cache.seal.open(set.sealed, of: set.name) else { continue }
            mark(snapshot.manifest.root.content, in: &live)
        }
        guard
            cache.asking({ (catalog) throws(CatalogError) in try catalog.sweepPages(keeping: live) }) != nil
        else { return nil }
        return totals()
    }

    /// Goes through a tree as far as it is there, and notes the numbers of its pages.
    private func mark(_ content: EntryContent, in live: inout Set<Int64>) {
        var waiting = Self.root(of: content).map { [$0] } ?? []
        while let (id, kind) = waiting.popLast() {
            guard let (number, page) = cache.storedPage(id, kind), live.insert(number).inserted else { continue }
            waiting += Self.pages(below: page, kind)
        }
    }

    private static func root(of content: EntryContent) -> (ChunkID, ChunkKind)? {
        switch content {
        case .tree(let id): (id, .treePage)
        case .list(let id): (id, .listPage)
        case .none, .chunk, .segments, .unreadable: nil
        }
    }

    /// The pages that a page names.
    private static func pages(below page: ChunkBytes, _ kind: ChunkKind) -> [(ChunkID, ChunkKind)] {
        guard page.first == 0 else {
            var reader = page.reader()
            guard (try? reader.uint8()) != nil, let items = try? InnerPage.decode(&reader) else { return [] }
            return items.map { ($0.page, kind) }
        }
        guard kind == .treePage, let leaf = try? TreePage(page.copy(), firstIndex: 0),
            leaf.directoryCount > 0 || leaf.hasLists
        else { return [] }
        return (0..<leaf.count).compactMap { position in
            switch leaf.entry(at: position).content {
            case .tree(let id): (id, .treePage)
            case .list(let id): (id, .listPage)
            case .none, .chunk, .segments, .unreadable: nil
            }
        }
    }
}
