import BackupTestSupport
import Catalog
import Repository
import Storage
import SystemInterface
import TestSupport
import Testing
import Writer

@Suite("When the files cache is used, and what of it shows")
struct FilesCacheUseTests {
    private static let name = "a name that nobody may see"
    private let backups: CachedBackups
    private var fixture: BackupFixture { backups.fixture }

    init() throws {
        backups = try CachedBackups()
        try FileSystem.write(fixture.source.appending(Self.name), Array("text".utf8))
    }

    /// The repository with every key and the same cache.
    private func backUpWithFullKey(_ use: BackupOptions.FilesCacheUse) throws -> BackupOutcome {
        let repository = try fixture.repository.reopened(cacheDirectory: backups.cache)
        return try fixture.makeBackup(into: repository) { $0.filesCache = use }.run()
    }

    @Test("A key that can read the repository leaves nothing there by itself", arguments: [true, false])
    func automatic(isAlways: Bool) throws {
        for round in 0..<2 {
            let outcome = try backUpWithFullKey(isAlways ? .always : .automatic)
            #expect(outcome.statistics.filesUnchanged == UInt64(round))
        }
        #expect(try (backups.catalog().pageTotals().pages > 0) == isAlways)
        #expect(try backups.catalog().pageSets().isEmpty == !isAlways)
    }

    @Test("What a key that can read leaves there serves one that cannot")
    func handsOn() throws {
        let first = try backUpWithFullKey(.always)
        let second = try backups.backUp()
        #expect(second.manifest.parent == (try first.committed().id))
        #expect(second.statistics.bytesRead == 0)
    }

    @Test("A snapshot that was made without the cache is completed there by the next run that uses it")
    func fillsFromRepository() throws {
        try fixture.backUp()
        let second = try backUpWithFullKey(.always)
        #expect(second.statistics.bytesRead == 0)
        #expect(try backups.backUp().statistics.bytesRead == 0)
    }

    @Test("A key that cannot read, told to leave it alone, reads every file each time")
    func never() throws {
        for _ in 0..<2 {
            let outcome = try backups.backUp { $0.filesCache = .never }
            #expect(outcome.statistics.bytesRead == 4)
            #expect(outcome.manifest.kind == .full)
        }
        #expect(try backups.catalog().pageTotals().pages == 0)
    }

    @Test("Without a cache directory everything is saved, and every file read")
    func inMemory() throws {
        let repository = try fixture.repository.reopenedForWriting(cacheDirectory: nil)
        for _ in 0..<2 {
            let outcome = try fixture.makeBackup(into: repository).run()
            #expect(outcome.statistics.bytesRead == 4)
        }
    }

    @Test("No name of a file, a host or a path stands in the cache in clear")
    func hidesNames() throws {
        try backups.backUp { $0.host = "secret-host" }
        try backups.backUp { $0.host = "secret-host" }
        let names = [Self.name, "secret-host", fixture.source.description]
        #expect(try names.filter { try isInCache($0) } == [])
        // What a key leaves there that can read: the search finds what there is.
        let readable = try fixture.repository.reopened(cacheDirectory: backups.cache)
        try readable.refresh()
        #expect(try names.filter { try isInCache($0) } == Array(names.dropFirst()))
    }

    private func isInCache(_ name: String) throws -> Bool {
        let wanted = Array(name.utf8)
        let directory = try FileDescriptor.open(backups.catalogDirectory, [.readOnly, .directory])
        return try directory.directoryEntries().contains { entry in
            let bytes = try FileSystem.read(backups.catalogDirectory.appending(entry.name), atMost: 64 << 20)
            return bytes.indices.contains { start in
                bytes[start] == wanted[0] && bytes[start...].starts(with: wanted)
            }
        }
    }
}
