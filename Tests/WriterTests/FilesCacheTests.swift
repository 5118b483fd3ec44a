import BackupTestSupport
import Catalog
import Repository
import Storage
import Synchronization
import SystemInterface
import TestSupport
import Testing
import Writer

@Suite("Backups by a key that cannot read them back")
struct FilesCacheTests {
    private let backups: CachedBackups
    private var fixture: BackupFixture { backups.fixture }
    private let file: FilePath

    init() throws {
        backups = try CachedBackups()
        var generator = SeededGenerator(seed: 17)
        file = backups.fixture.source.appending("file")
        // Twenty chunks, so that there is a list of them.
        try FileSystem.write(file, generator.bytes(300_000))
        try FileSystem.makeDirectory(backups.fixture.source.appending("below"))
        try FileSystem.write(backups.fixture.source.appending("below/small"), generator.bytes(300))
    }

    @Test("Snapshots of others are not damaged for it, and none of them can be read")
    func opens() throws {
        try fixture.backUp()
        try backups.backUp()
        let repository = try backups.open()
        #expect(!repository.readsMetadata)
        #expect(repository.snapshots().isEmpty)
        #expect(repository.damagedSnapshots().isEmpty)
        #expect(repository.warnings.isEmpty)
        try fixture.repository.refresh()
        let snapshot = try #require(fixture.repository.snapshots().first)
        let error = #expect(throws: RepositoryError.self) {
            try TreeDirectory(snapshot.manifest.root, source: repository.makeSource())
        }
        #expect(error?.code == .keyNotHeld)
    }

    @Test("A second run reads no file, and names the same tree")
    func takesOver() throws {
        let first = try backups.backUp()
        #expect(first.statistics.bytesRead == 300_300)
        #expect(first.manifest.kind == .full)
        let second = try backups.backUp()
        #expect(second.statistics.bytesRead == 0)
        #expect(second.statistics.filesUnchanged == 2)
        #expect(second.manifest.kind == .incremental)
        #expect(second.manifest.parent == (try first.committed().id))
        #expect(try backups.saved(second) == backups.saved(first))
        #expect(try backups.saved(second) == backups.readEverything())
    }

    @Test("After random edits it saves and counts what a key that reads everything does", arguments: [UInt64](1...4))
    func equalsFullKey(seed: UInt64) throws {
        let backups = try CachedBackups(seed: seed)
        let source = backups.fixture.source
        var tree = try RandomTree(in: source, seed: seed, items: 120)
        let others = try BackupFixture(seed: seed + 100)
        for round in 0..<5 {
            if round > 0 { try tree.edit((round - 1) * round * 2) }
            let cached = try backups.backUp()
            let full = try others.backUp { $0.paths = [source] }
            #expect(try backups.saved(cached) == backups.readEverything(), "seed \(seed), round \(round)")
            let (mine, theirs) = (cached.statistics, full.statistics)
            #expect(mine.filesNew == theirs.filesNew, "seed \(seed), round \(round)")
            #expect(mine.filesChanged == theirs.filesChanged, "seed \(seed), round \(round)")
            #expect(mine.filesUnchanged == theirs.filesUnchanged, "seed \(seed), round \(round)")
            #expect(mine.bytesRead == theirs.bytesRead, "seed \(seed), round \(round)")
            #expect(cached.changes == full.changes, "seed \(seed), round \(round)")
            let (path, _) = try backups.fixture.restore(cached.committed(), as: "out\(round)")
            #expect(
                try FileTree(path).differences(from: FileTree(source)) == [], "seed \(seed), round \(round)")
        }
    }

    @Test("A file that was written during the run before is read again although it looks the same")
    func readsRacilyClean() throws {
        fixture.clock.advance(seconds: -3660)
        try backups.backUp()
        fixture.clock.advance(seconds: 3600)
        #expect(try backups.backUp().statistics.bytesRead == 300_300)
    }

    @Test("Kinds are compared with what they are to be compared with")
    func kinds() throws {
        let first = try backups.backUp().committed()
        let second = try backups.backUp().committed()
        #expect(second.manifest.parent == first.id)
        let third = try backups.backUp { $0.parent = .newestFull }
        #expect(third.manifest.kind == .differential)
        #expect(third.manifest.parent == first.id)
        #expect(third.statistics.bytesRead == 0)
        let full = try backups.backUp { $0.parent = .none }
        #expect(full.statistics.bytesRead == 300_300)
        let last = try backups.backUp { $0.parent = .newestFull }
        #expect(last.manifest.parent == (try full.committed().id))
        #expect(last.statistics.bytesRead == 0)
    }

    @Test("A dry run leaves nothing behind that the next run begins with")
    func dryRun() throws {
        let first = try backups.backUp().committed()
        try FileSystem.write(file, [1, 2, 3])
        // What is damaged stays, too.
        let damaged = try #require(try backups.catalog().pageIDs().last)
        try backups.catalog().remove(page: damaged)
        try backups.catalog().add(pages: [(damaged, [])])
        let totals = try backups.catalog().pageTotals()
        let tried = try backups.backUp { $0.dryRun = true }
        #expect(tried.snapshot == nil)
        #expect(try backups.catalog().pageTotals() == totals)
        try backups.catalog().remove(page: damaged)
        let second = try backups.backUp()
        #expect(second.manifest.parent == first.id)
    }

    @Test("Each host and each set of paths has its own")
    func sets() throws {
        let below = fixture.source.appending("below")
        let first = try backups.backUp().committed()
        let other = try backups.backUp { $0.paths = [below] }
        #expect(other.manifest.parent == nil)
        #expect(other.statistics.bytesRead == 300)
        #expect(try backups.backUp { $0.host = "another" }.manifest.parent == nil)
        #expect(try backups.backUp().manifest.parent == first.id)
        #expect(try backups.backUp { $0.paths = [below] }.manifest.parent == (try other.committed().id))
    }

    @Test("A list of paths is compared with the list before if that shares some of it")
    func lists() throws {
        let small = fixture.source.appending("below/small")
        let first = try backups.backUp {
            $0.isListed = true
            $0.paths = [file]
        }
        let second = try backups.backUp {
            $0.isListed = true
            $0.paths = [file, small]
        }
        #expect(second.manifest.parent == (try first.committed().id))
        #expect(second.statistics.bytesRead == 300)
        let third = try backups.backUp {
            $0.isListed = true
            $0.paths = [fixture.source.appending("below/missing"), fixture.source.appending("below")]
        }
        #expect(third.manifest.parent == nil)
    }

    @Test("A partial snapshot is the next one's parent only where there is no whole one", arguments: [true, false])
    func partial(hasWhole: Bool) throws {
        let whole = hasWhole ? try backups.backUp().committed() : nil
        let observer = EndingAtName("file")
        let run = fixture.makeBackup(into: try backups.open(), observer: observer) {
            $0.parent = .none
            $0.keepsPartial = true
        }
        observer.ends(run)
        let partial = try run.run().committed()
        #expect(partial.manifest.isPartial)
        #expect(try backups.backUp().manifest.parent == whole?.id ?? partial.id)
    }

    @Test("A snapshot that is not in the repository any more is no parent")
    func forgotten() throws {
        let first = try backups.backUp().committed()
        try fixture.store.delete(ObjectName(.snapshots, first.id.bytes))
        let second = try backups.backUp()
        #expect(second.manifest.parent == nil)
        #expect(second.statistics.bytesRead == 300_300)
    }

    @Test("Without a note that nothing is missing, lists are looked through, and files are still not read")
    func asksForEachChunk() throws {
        try backups.backUp()
        // Any segment that goes makes the catalog forget which snapshots are complete.
        let id = try #require(try backups.catalog().pageIDs().first)
        try backups.catalog().add(segment: id, packs: [])
        try backups.catalog().remove(segment: id)
        let second = try backups.backUp()
        #expect(second.statistics.bytesRead == 0)
        #expect(second.statistics.filesUnchanged == 2)
    }

    @Test("Two runs at the same time end as each would alone, and the next one begins with either")
    func concurrent() throws {
        let runs = try (0..<2).map { _ in fixture.makeBackup(into: try backups.open()) }
        let outcomes = Mutex<[Result<BackupOutcome, any Error>]>([])
        let threads = try runs.map { run in
            try Thread.spawn(name: "run") {
                let outcome = Result { try run.run() }
                outcomes.withLock { $0.append(outcome) }
            }
        }
        for thread in threads { thread.join() }
        let made = try outcomes.withLock { $0 }.map { try $0.get() }
        #expect(try backups.saved(made[0]) == backups.saved(made[1]))
        let next = try backups.backUp()
        #expect(next.statistics.bytesRead == 0)
        #expect(try made.map { try $0.committed().id }.contains { $0 == next.manifest.parent })
    }
}

/// Ends a run's time when the walk has come to a name.
private final class EndingAtName: BackupObserver {
    private let name: [UInt8]
    private let run = Mutex<BackupRun?>(nil)

    init(_ name: String) {
        self.name = Array(name.utf8)
    }

    func ends(_ run: BackupRun) {
        self.run.withLock { $0 = run }
    }

    func backupAdvanced(_ progress: BackupProgress) {
        if progress.path.components.last?.elementsEqual(name) == true { run.withLock { $0 }?.endInTime() }
    }

    func backupMet(_ problem: SnapshotProblem) {}
    func backupIsFinishing() {}
}
