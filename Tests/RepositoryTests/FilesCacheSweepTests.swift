import Catalog
import Coding
import Repository
import Storage
import SystemInterface
import TestSupport
import Testing

@Suite("What a files cache keeps and what it lets go")
struct FilesCacheSweepTests {
    private let fixture: RepositoryFixture
    private let directory: TemporaryDirectory
    private let repository: Repository

    init() throws {
        fixture = try RepositoryFixture()
        directory = try TemporaryDirectory()
        repository = try fixture.repository.reopenedForWriting(cacheDirectory: directory.path)
    }

    private func catalog() throws -> Catalog {
        try Catalog.open(
            directory: repository.cacheDirectory(below: directory.path), repository: repository.id.bytes)
    }

    private func cache(_ change: (inout FilesCacheLimits) -> Void = { _ in }) throws -> FilesCache {
        var limits = FilesCacheLimits()
        limits.sweepPagesMin = 0
        change(&limits)
        return try #require(try repository.makeFilesCache(entropy: fixture.entropy, limits: limits))
    }

    /// A snapshot of `host` whose root has a directory for each number, each of one page, and a file with a list of chunks.
    @discardableResult
    private func save(host: String, _ numbers: Range<Int>, in cache: FilesCache) throws -> Snapshot {
        let session = try repository.makeWriteSession(
            WriteSessionOptions(workers: 1), entropy: fixture.entropy, filesCache: cache)
        var root = TreeBuilder(session: session)
        for number in numbers {
            var below = TreeBuilder(session: session)
            try below.add(TreeEntry(name: Array("\(number)".utf8), type: .fifo))
            let digits = Array(String(100_000 + number).utf8)
            try root.add(TreeEntry(name: digits, type: .directory, content: .tree(try below.finish())))
        }
        var content = ContentBuilder(session: session)
        for number in 0..<20 {
            let data = [UInt8](repeating: UInt8(number), count: 7)
            try content.addChunk(try session.add(data.span, .content), bytes: 7)
        }
        var file = TreeEntry(name: Array("list".utf8), type: .regular)
        file.size = 140
        file.content = try content.finish()
        try root.add(file)
        var manifest = RepositoryFixture.manifest(
            root: TreeEntry(name: [], type: .directory, content: .tree(try root.finish())))
        manifest.host = host
        manifest.kind = .full
        let snapshot = try session.commit(manifest)
        cache.finish(snapshot, isListed: false)
        return snapshot
    }

    private func parent(_ host: String, in cache: FilesCache) -> Snapshot? {
        cache.parent(host: host, paths: ["/"], isListed: false, onlyFull: false)
    }

    /// How many directories of the snapshot `cache` has.
    private func directories(of snapshot: Snapshot, in cache: FilesCache) throws -> Int {
        let source = repository.makeSource(cacheBytes: 0, filesCache: cache)
        var count = 0
        try TreeDirectory(snapshot.manifest.root, source: source).forEachEntry { (entry) throws(RepositoryError) in
            if entry.type == .directory {
                #expect(try TreeDirectory(entry, source: source).entryCount == 1)
                count += 1
            } else {
                #expect(try FileContents(entry, source: source).dataBytes() == 140)
            }
        }
        return count
    }

    @Test("Pages of trees that no set has any more go once they are more than the others")
    func sweeps() throws {
        let first = try save(host: "a", 0..<40, in: cache())
        // The root, the list and one page a directory.
        #expect(try catalog().pageTotals().live == 42)
        for start in [10, 20] { try save(host: "a", start..<start + 40, in: cache()) }
        let before = try catalog().pageTotals()
        #expect(before.pages == 42 + 2 * 11)
        let last = try save(host: "a", 60..<100, in: cache())
        #expect(try catalog().pageTotals().pages == 42)
        #expect(parent("a", in: try cache()) == last)
        #expect(try directories(of: last, in: cache()) == 40)
        #expect(throws: RepositoryError.self) { try directories(of: first, in: cache()) }
    }

    @Test("Few pages are left alone")
    func leavesFew() throws {
        for start in [0, 100, 200, 300] {
            try save(host: "a", start..<start + 40, in: cache { $0.sweepPagesMin = 1_000 })
        }
        #expect(try catalog().pageTotals().pages == 4 * 41 + 1)
    }

    @Test("What other sets have stays")
    func keepsOthers() throws {
        let other = try save(host: "other", 1_000..<1_050, in: cache())
        for start in [0, 100, 200, 300] { try save(host: "a", start..<start + 40, in: cache()) }
        #expect(parent("other", in: try cache()) == other)
        #expect(try directories(of: other, in: cache()) == 50)
        #expect(try catalog().pageTotals().pages < 250)
    }

    @Test("With too many bytes the set goes that was noted first, and its pages")
    func bytesMax() throws {
        let first = try save(host: "first", 0..<40, in: cache())
        let bytes = try catalog().pageTotals().bytes
        let second = try save(host: "second", 1_000..<1_040, in: cache { $0.bytesMax = bytes * 3 })
        #expect(parent("first", in: try cache()) == first)
        let third = try save(host: "third", 2_000..<2_040, in: cache { $0.bytesMax = bytes * 5 / 2 })
        #expect(parent("first", in: try cache()) == nil)
        #expect(parent("second", in: try cache()) == second)
        #expect(parent("third", in: try cache()) == third)
        #expect(try catalog().pageTotals().bytes <= bytes * 5 / 2)
        #expect(try directories(of: second, in: cache()) == 40)
    }

    @Test("A snapshot that alone is too much is not kept, and those that are there stay")
    func tooMuch() throws {
        let first = try save(host: "first", 0..<40, in: cache())
        let bytes = try catalog().pageTotals().bytes
        try save(host: "second", 1_000..<1_200, in: cache { $0.bytesMax = bytes * 2 })
        #expect(parent("second", in: try cache()) == nil)
        #expect(parent("first", in: try cache()) == first)
        #expect(try catalog().pageTotals().bytes <= bytes * 2)
        #expect(repository.warnings.contains { $0.contains("no room") })
    }

    @Test("Of too many sets the oldest go")
    func setsMax() throws {
        // A full snapshot is noted twice: as the newest, and as the newest full one.
        for number in 0..<5 { try save(host: "\(number)", 0..<3, in: cache { $0.setsMax = 6 }) }
        let kept = try (0..<5).filter { parent("\($0)", in: try cache()) != nil }
        #expect(kept == [2, 3, 4])
    }

    @Test("A cache that is only read changes nothing")
    func readOnly() throws {
        let cache = try #require(
            try repository.makeFilesCache(entropy: fixture.entropy, isReadOnly: true, limits: FilesCacheLimits()))
        try save(host: "a", 0..<10, in: cache)
        #expect(try catalog().pageTotals().pages == 0)
        #expect(try catalog().pageSets().isEmpty)
    }
}
