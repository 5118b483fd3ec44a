import BackupTestSupport
import Catalog
import Coding
import Repository
import Storage
import SystemInterface
import TestSupport
import Testing
import Writer

@Suite("Files caches that are not what was left there")
struct FilesCacheDamageTests {
    private let backups: CachedBackups
    private let filesBytes: UInt64
    /// The source as it was saved first.
    private let source: TreeEntry?

    init() throws {
        backups = try CachedBackups(seed: 5)
        _ = try RandomTree(in: backups.fixture.source, seed: 5, items: 80)
        let first = try backups.backUp()
        filesBytes = first.statistics.bytesRead
        source = try backups.saved(first)
    }

    /// What became of what the catalog keeps.
    enum Damage: CaseIterable {
        case onePageGone, pagesGone, pagesCutShort, pagesEmpty, bitsFlipped, pagesExchanged, setsDamaged, setsExchanged
        case fileGone, fileTruncated, otherRepository
    }

    @Test(
        "Whatever is wrong with it costs time: the snapshot is right, and the run after it reads nothing again",
        arguments: Damage.allCases)
    func survives(damage: Damage) throws {
        try backups.backUp { $0.paths = [backups.fixture.directory.path] }
        try apply(damage)
        let second = try backups.backUp()
        #expect(second.problems.isEmpty)
        // Something was taken for changed: the damage was met.
        #expect(second.statistics.bytesRead > 0)
        #expect(second.statistics.bytesRead <= filesBytes)
        #expect(try backups.saved(second) == backups.readEverything())
        let third = try backups.backUp()
        #expect(third.statistics.bytesRead == 0)
        #expect(try backups.saved(third) == backups.saved(second))
    }

    @Test("A page of zeros anywhere in the catalog's file never fails a run", arguments: 0..<UInt64(32))
    func zeroedFilePages(part: UInt64) throws {
        try backups.backUp { $0.paths = [backups.fixture.directory.path] }
        let file = backups.catalogDirectory.appending("catalog.sqlite")
        let pages = try FileSystem.status(file).size / 4_096
        let page = pages * part / 32
        try FileDescriptor.open(file, .writeOnly).pwrite(all: [UInt8](repeating: 0, count: 4_096), at: page * 4_096)
        // Found before, during or after the run, or not at all where nothing lay there.
        try FileSystem.write(backups.fixture.source.appending("new"), [UInt8](repeating: 1, count: 9_000))
        let second = try backups.backUp()
        #expect(second.problems.isEmpty)
        #expect(try backups.saved(second) == backups.readEverything(), "page \(page) of \(pages)")
        for _ in 0..<2 { try backups.backUp() }
        let last = try backups.backUp()
        #expect(last.statistics.bytesRead == 0, "page \(page) of \(pages)")
        #expect(try backups.saved(last) == backups.saved(second), "page \(page) of \(pages)")
    }

    private func apply(_ damage: Damage) throws {
        let file = backups.catalogDirectory.appending("catalog.sqlite")
        switch damage {
        case .onePageGone:
            guard case .tree(let page) = source?.content else { return }
            try backups.catalog().remove(page: page.bytes)
        case .pagesGone: try change { _ in nil }
        case .pagesCutShort: try change { Array($0.dropLast()) }
        case .pagesEmpty: try change { _ in [] }
        case .bitsFlipped: try change { $0.dropLast(9) + [$0[$0.count - 9] ^ 4] + $0.suffix(8) }
        case .pagesExchanged:
            let catalog = try backups.catalog()
            let pages = try catalog.pageIDs().map { (id: $0, sealed: try #require(try catalog.page($0)).sealed) }
            for page in pages { try catalog.remove(page: page.id) }
            try catalog.add(pages: zip(pages, pages.dropFirst() + pages.prefix(1)).map { ($0.id, $1.sealed) })
        case .setsDamaged:
            let catalog = try backups.catalog()
            for set in try catalog.pageSets() { try catalog.replacePageSet(set.name, Array(set.sealed.dropLast())) }
        case .setsExchanged:
            let catalog = try backups.catalog()
            let sets = try catalog.pageSets()
            for (set, other) in zip(sets, sets.reversed()) { try catalog.replacePageSet(set.name, other.sealed) }
        case .fileGone: try FileSystem.remove(file)
        case .fileTruncated: try FileDescriptor.open(file, .writeOnly).truncate(to: 5_000)
        case .otherRepository:
            let other = try CachedBackups(seed: 6)
            try other.backUp { $0.paths = [backups.fixture.source] }
            try FileSystem.write(
                file, FileSystem.read(other.catalogDirectory.appending("catalog.sqlite"), atMost: 64 << 20))
        }
    }

    /// Puts what `damaged` makes of each page in its place.
    private func change(_ damaged: ([UInt8]) -> [UInt8]?) throws {
        let catalog = try backups.catalog()
        for id in try catalog.pageIDs() {
            let sealed = try #require(try catalog.page(id)).sealed
            try catalog.remove(page: id)
            if let changed = damaged(sealed) { try catalog.add(pages: [(id, changed)]) }
        }
    }

    @Test("What another repository sealed for the same set and pages opens nothing here")
    func foreignPages() throws {
        let other = try CachedBackups(seed: 6)
        try other.backUp { $0.paths = [backups.fixture.source] }
        let foreign = try other.catalog()
        let catalog = try backups.catalog()
        let ids = try foreign.pageIDs()
        for (id, other) in zip(try catalog.pageIDs(), ids + ids) {
            try catalog.remove(page: id)
            try catalog.add(pages: [(id, try #require(try foreign.page(other)).sealed)])
        }
        for (set, other) in zip(try catalog.pageSets(), try foreign.pageSets()) {
            try catalog.replacePageSet(set.name, other.sealed)
        }
        let second = try backups.backUp()
        #expect(second.manifest.parent == nil)
        #expect(second.statistics.bytesRead == filesBytes)
        #expect(try backups.saved(second) == backups.readEverything())
    }

    @Test(
        "What the storage has lost is stored anew, although nothing changed and its trees are in the cache",
        arguments: [true, false], [[PackKind.content, .metadata], [.content], [.metadata]])
    func lostPacks(losesIndex: Bool, kinds: [PackKind]) throws {
        // Long enough for a list, and for that to be in several pages.
        var generator = SeededGenerator(seed: 9)
        try FileSystem.write(backups.fixture.source.appending("long"), generator.bytes(8 << 20))
        try backups.backUp()
        let store = backups.fixture.store
        let packs = try backups.catalog().packIDs()
        for (pack, kind) in packs where kinds.contains(where: { $0.rawValue == kind }) {
            try store.delete(ObjectName(.packs, pack))
        }
        // The footers of the packs that are left say what the segments did.
        if losesIndex { for segment in try store.list(.index) { try store.delete(segment.name) } }
        let second = try backups.backUp().committed()
        try backups.fixture.repository.refresh()
        let (path, outcome) = try backups.fixture.restore(second, as: "out")
        #expect(outcome.problems.isEmpty)
        #expect(try FileTree(path).differences(from: FileTree(backups.fixture.source)) == [])
    }
}
