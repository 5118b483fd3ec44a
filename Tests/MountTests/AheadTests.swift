import FuseMount
import Storage
import SystemInterface
import Testing
import TestSupport
import ViewTestSupport

@Suite("Ahead of a reader", .timeLimit(.minutes(20)))
struct AheadTests {
    private static let source: Result<SourceTree, any Error> = Result { try SourceTree() }

    /// Reads every file of `many` in the order of its listing, and compares it with the source.
    private func readMany(of tree: KernelTree, _ source: SourceTree) throws {
        for name in try tree.names("many") {
            let path = FilePath("many").appending(name)
            let wanted = try source.tree.read(path, at: 0, count: 100)
            try #require(try tree.read(path, at: 0, count: 100) == wanted, "\(path)")
        }
    }

    @Test("neighbours are in the page cache before they are asked for")
    func readsNeighbours() throws {
        let source = try Self.source.get()
        // How many depends on who gets the processor. Each that was read ahead in time is a request of the reader less.
        let isAhead = try (0..<5).contains { _ in
            let mounted = try MountedTree(source)
            try readMany(of: mounted.tree, source)
            let counts = try mounted.counts()
            return counts.filesAhead > SourceTree.manyCount / 10 && counts.reads < SourceTree.manyCount
        }
        #expect(isAhead)
    }

    @Test("with noahead nothing is read ahead, and every file is asked for")
    func readsNothingWithout() throws {
        let source = try Self.source.get()
        let mounted = try MountedTree(source, options: ["noahead"])
        try readMany(of: mounted.tree, source)
        let counts = try mounted.counts()
        #expect(counts.filesAhead == 0)
        #expect(counts.reads == SourceTree.manyCount)
    }

    @Test("files that are read far from each other bring no others")
    func readsNothingForScatteredReads() throws {
        let source = try Self.source.get()
        let mounted = try MountedTree(source)
        for path: FilePath in ["many/file-4", "short", "deep/d/d/d", "below/third name", "names/grüße", "one chunk"] {
            _ = try? mounted.tree.read(path, at: 0, count: 100)
        }
        #expect(try mounted.counts().filesAhead == 0)
    }

    @Test("an unchanged file of another snapshot comes from the page cache: not one read is sent")
    func sharesPagesBetweenSnapshots() throws {
        let source = try Self.source.get()
        let mounted = try MountedTree(source) { repository in
            let path = source.directory.path
            try TestRepository(openedIn: LocalDirectoryStore(at: repository))
                .commit(started: Timestamp(seconds: 1_000_086_400)) { try TreeScanner(session: $0).root(path) }
        }
        try readMany(of: mounted.tree, source)
        // The kernel reads ahead, and may still be at it.
        var before = try mounted.counts().reads
        var quiet = 0
        while quiet < 10 {
            Thread.pause(seconds: 0.1)
            let now = try mounted.counts().reads
            quiet = now == before ? quiet + 1 : 0
            before = now
        }
        let other = KernelTree(mounted.mountPoint.appending("snapshots").appending("2001-09-10T01-46-40Z"))
        try readMany(of: other, source)
        #expect(try mounted.counts().reads == before)
    }

    @Test("eight readers of the same files all get the source's bytes, and none waits for ever")
    func servesManyWalkers() throws {
        let source = try Self.source.get()
        let mounted = try MountedTree(source)
        let tree = mounted.tree
        let names = try tree.names("many")
        let faults = ConditionLock<[String]>([])
        let threads = try (0..<8).map { number in
            try Thread.spawn(name: "walker") {
                // Some behind the others, some the other way round.
                let start = number * 600
                let order = Array(names[start...] + names[..<start])
                for name in number % 2 == 0 ? order : order.reversed() {
                    let path = FilePath("many").appending(name)
                    let wanted = try? source.tree.read(path, at: 0, count: 100)
                    let found = try? tree.read(path, at: 0, count: 100)
                    if found == nil || found != wanted { faults.withLock { $0.append("\(number): \(path)") } }
                }
            }
        }
        for thread in threads { thread.join() }
        #expect(faults.withLock { $0 } == [])
    }
}
