import Repository
import SnapshotView
import Storage
import SystemInterface
import Testing
import ViewTestSupport

@Suite("Opening directories ahead of a walk")
struct DirectoryAheadTests {
    private static let directoryCount = 200

    /// What was opened so far.
    private let opened = ConditionLock<[ChunkID]>([])
    private let page: TreePage
    private let trees: [ChunkID]

    init() throws {
        let repository = try TestRepository(in: MemoryStore())
        let snapshot = try repository.commit(started: Timestamp(seconds: 1)) { session in
            var root = TreeBuilder(session: session)
            for number in 0..<Self.directoryCount {
                var builder = TreeBuilder(session: session)
                try builder.add(TreeEntry(name: Array("in \(number)".utf8), type: .fifo))
                try root.add(
                    TreeEntry(
                        name: Array("\(1_000 + number)".utf8), type: .directory, content: .tree(try builder.finish())))
            }
            return TreeEntry(name: [], type: .directory, content: .tree(try root.finish()))
        }
        guard case .tree(let tree) = snapshot.manifest.root.content else { throw Mismatch("a root without a tree") }
        page = try TreeDirectory(tree, source: repository.repository.makeSource()).page(0)
        trees = page.entries.compactMap { entry in
            guard case .tree(let tree) = entry.content else { return nil }
            return tree
        }
    }

    private func makeAhead() -> DirectoryAhead {
        DirectoryAhead { [opened] tree in
            opened.withLock { $0.append(tree) }
            opened.broadcast()
        }
    }

    /// Waits until so many directories were opened, and returns them.
    private func waitForOpened(_ count: Int) throws -> [ChunkID] {
        try #require(opened.wait(seconds: 20) { $0.count >= count ? $0 : nil }, "\(count) directories are not opened")
    }

    @Test("the first subdirectories of a listing are opened, in order, and no more until they are used")
    func opensTheFirst() throws {
        let ahead = makeAhead()
        ahead.listed(page)
        #expect(
            try waitForOpened(ViewLimits.directoriesAheadMin) == Array(trees.prefix(ViewLimits.directoriesAheadMin)))
        #expect(ahead.unusedCount == ViewLimits.directoriesAheadMin)
    }

    @Test("a walk through all finds each opened before, and never too many")
    func keepsAheadOfAWalk() throws {
        let ahead = makeAhead()
        ahead.listed(page)
        for (number, tree) in trees.enumerated() {
            let known = try waitForOpened(number + 1)
            #expect(known[number] == tree)
            #expect(ahead.unusedCount <= ViewLimits.directoriesAheadMax)
            ahead.used(tree)
        }
        #expect(try waitForOpened(trees.count) == trees)
        #expect(ahead.unusedCount == 0)
    }

    @Test("listings that nobody follows up leave a bounded number of directories open")
    func forgetsOldListings() throws {
        let ahead = makeAhead()
        for _ in 0..<10 * ViewLimits.listingsAheadMax { ahead.listed(page) }
        _ = try waitForOpened(1)
        #expect(ahead.unusedCount <= ViewLimits.directoriesAheadMin * ViewLimits.listingsAheadMax)
    }
}
