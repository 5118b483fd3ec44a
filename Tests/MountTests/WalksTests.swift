import FuseMount
import SnapshotView
import Testing

/// Walks through one directory, whose file number N is node 1000 + N.
private final class OneDirectory {
    static let node = NodeID(rawValue: 100)
    static let reader: UInt32 = 7

    private var walks = Walks()

    static func position(_ index: Int) -> WalkPosition { WalkPosition(node, index) }

    func file(_ index: Int, size: UInt64 = 4096) -> FileAhead {
        FileAhead(node: NodeID(rawValue: 1000 + UInt64(index)), size: size, position: Self.position(index))
    }

    func read(_ index: Int) -> Bool {
        walks.noteRead(file(index).node, at: Self.position(index), by: Self.reader)
    }

    func read(_ node: NodeID, at position: WalkPosition, by reader: UInt32) -> Bool {
        walks.noteRead(node, at: position, by: reader)
    }

    func list(_ directory: NodeID, by reader: UInt32) -> Bool { walks.noteListing(directory, by: reader) }

    func next() -> Walks.Work? { walks.nextWork() }

    func decide(_ file: FileAhead, _ work: Walks.Work) -> Walks.Decision { walks.decide(file, work) }

    func end(_ work: Walks.Work) { walks.end(work) }

    /// With one walk, as two neighbours were read.
    static func begun() -> OneDirectory {
        let directory = OneDirectory()
        _ = directory.read(0)
        _ = directory.read(1)
        return directory
    }

    /// Decides on files from the walk's position on until nothing more is to be opened; gives those that are, and those
    /// that are left to the reader.
    func open() -> (opened: [Int], left: [Int]) {
        var (opened, left): ([Int], [Int]) = ([], [])
        while let work = next() {
            let end = work.position.index + work.countMax
            for index in work.position.index..<end {
                switch decide(file(index), work) {
                case .open: opened.append(index)
                case .pass: left.append(index)
                case .stop: return (opened, left)
                }
            }
            walks.finish(work, at: Self.position(end), isBlocked: false)
        }
        return (opened, left)
    }
}

@Suite("Who walks through a tree")
struct WalksTests {
    @Test("one read shows nothing, two neighbours show a walk that begins behind them")
    func twoNeighbours() throws {
        let directory = OneDirectory()
        #expect(!directory.read(0))
        #expect(directory.next() == nil)
        #expect(directory.read(1))
        let work = try #require(directory.next())
        #expect(work.position == OneDirectory.position(2))
        #expect(work.process == OneDirectory.reader)
    }

    @Test("reads far from each other are no walk until there are some in one directory")
    func anyOrder() throws {
        let directory = OneDirectory()
        #expect(!directory.read(500))
        #expect(!directory.read(100))
        #expect(!directory.read(900))
        #expect(directory.read(300))
        #expect(try #require(directory.next()).position == OneDirectory.position(0))
    }

    @Test("without a sign of the reader no more than the first window is opened, and one file of it is left to him")
    func firstWindow() {
        let directory = OneDirectory.begun()
        let (opened, left) = directory.open()
        #expect(opened.count == 16)
        #expect(left.count == 1)
        #expect(directory.next() == nil)
    }

    @Test("when the reader asks for the file that was left to him, the next window is twice as long")
    func nextWindow() throws {
        let directory = OneDirectory.begun()
        let first = directory.open()
        let marker = try #require(first.left.first)
        #expect(directory.read(marker))
        let second = directory.open()
        // What was opened behind that file counts for the next window.
        let behind = first.opened.filter { $0 > marker }.count
        #expect(second.opened.count == 32 - behind)
    }

    @Test("files that are too long are left to the reader, and none is opened twice")
    func leavesLongFiles() throws {
        let directory = OneDirectory.begun()
        let work = try #require(directory.next())
        #expect(directory.decide(directory.file(2, size: (128 << 10) + 1), work) == .pass)
        #expect(directory.decide(directory.file(3), work) == .open)
        #expect(directory.decide(directory.file(3), work) == .pass)
    }

    @Test("nothing is opened for a reader that has ended")
    func readerEnds() throws {
        let directory = OneDirectory.begun()
        let work = try #require(directory.next())
        directory.end(work)
        #expect(directory.next() == nil)
        #expect(directory.decide(directory.file(2), work) == .stop)
    }

    @Test("a walk ends when its reader reads elsewhere some times")
    func readsElsewhere() throws {
        let directory = OneDirectory.begun()
        for index in [5_000, 9_000, 3_000, 7_000] { _ = directory.read(index) }
        #expect(directory.next() != nil)
        _ = directory.read(1_000)
        #expect(directory.next() == nil)
    }

    @Test("a walk goes on in the directory that its process lists")
    func followsListings() throws {
        let directory = OneDirectory.begun()
        let other = NodeID(rawValue: 101)
        #expect(!directory.list(other, by: 8))
        #expect(directory.list(other, by: OneDirectory.reader))
        #expect(try #require(directory.next()).position == WalkPosition(other, 0))
    }

    @Test("the number of walks has a limit: the one that was seen longest ago goes")
    func limit() {
        let directory = OneDirectory()
        for reader in 0..<100 as Range<UInt32> {
            let place = NodeID(rawValue: 10_000 + UInt64(reader))
            for index in 0..<2 {
                let node = NodeID(rawValue: 1_000_000 + UInt64(reader) * 10 + UInt64(index))
                _ = directory.read(node, at: WalkPosition(place, index), by: reader)
            }
        }
        var readers: Set<UInt32> = []
        while let work = directory.next() {
            readers.insert(work.process)
            directory.end(work)
        }
        #expect(readers == Set(92..<100))
    }
}
