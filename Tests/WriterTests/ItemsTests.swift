import BackupTestSupport
import Repository
import Synchronization
import SystemInterface
import TestSupport
import Testing
import Writer

@Suite("What a run tells of items")
struct ItemsTests {
    let fixture: BackupFixture
    private var source: FilePath { fixture.source }

    init() throws {
        fixture = try BackupFixture()
        try fixture.directory.makeDirectory("source/gone/deep")
        try fixture.directory.makeDirectory("source/stays")
        for name in ["gone/a", "gone/deep/b", "stays/c", "edited", "same", "zlast", "turned"] {
            try FileSystem.write(path(name), Array(name.utf8))
        }
        try FileDescriptor.workingDirectory.symbolicLinkAt(path("link").bytes, target: Array("same".utf8))
    }

    private func path(_ name: String) -> FilePath { FilePath(source.bytes + Array("/\(name)".utf8)) }

    private func change() throws {
        for name in ["gone/a", "gone/deep/b", "zlast", "turned", "link"] { try FileSystem.remove(path(name)) }
        for name in ["gone/deep", "gone"] {
            try FileSystem.remove(path(name), directory: true)
        }
        try fixture.directory.makeDirectory("source/turned")
        try FileSystem.write(path("stays/new"), [1, 2, 3])
        try FileDescriptor.open(path("edited"), .writeOnly).pwrite(all: [9], at: 0)
        try FileDescriptor.workingDirectory.symbolicLinkAt(path("link").bytes, target: Array("zlast".utf8))
    }

    private func items(_ wanted: BackupItem.Selection) throws -> (lines: [String], outcome: BackupOutcome) {
        let listener = Listener(wanted)
        let outcome = try fixture.makeBackup(observer: listener).run()
        let prefix = source.bytes.count
        let lines = listener.items.withLock { $0 }.map { item in
            let name = String(decoding: item.path.bytes.dropFirst(prefix), as: UTF8.self)
            return "\(item.state.rawValue) \(name) \(item.bytes) \(item.files)"
        }
        return (lines, outcome)
    }

    @Test("A first run has new items alone, a directory before what it holds")
    func tellsNew() throws {
        let (lines, outcome) = try items(.changes)
        #expect(
            Set(lines) == [
                "new  0 0", "new /edited 6 1", "new /gone 0 0", "new /gone/a 6 1", "new /gone/deep 0 0",
                "new /gone/deep/b 11 1", "new /link 0 0", "new /same 4 1", "new /stays 0 0", "new /stays/c 7 1",
                "new /turned 6 1", "new /zlast 5 1",
            ])
        #expect(try #require(lines.firstIndex(of: "new /gone 0 0")) < #require(lines.firstIndex(of: "new /gone/a 6 1")))
        #expect(outcome.changes == BackupChanges())
    }

    @Test("A later run tells what changed, came, went, and gave way to something of another type")
    func tellsChanges() throws {
        try fixture.backUp()
        try change()
        let (lines, outcome) = try items(.changes)
        #expect(
            Set(lines) == [
                "changed /edited 6 1", "removed /gone 17 2", "changed /link 0 0", "new /stays/new 3 1",
                "removed /turned 6 1", "new /turned 0 0", "removed /zlast 5 1",
            ])
        #expect(lines.count == 7)
        #expect(outcome.changes.filesRemoved == 4)
        #expect(outcome.changes.othersRemoved == 2)
        #expect(outcome.statistics.filesNew == 1 && outcome.statistics.filesChanged == 1)
    }

    @Test("Who asks for all is told of the unchanged too, and who asks for nothing is told nothing")
    func tellsAll() throws {
        try fixture.backUp()
        let (lines, _) = try items(.all)
        #expect(lines.count == 12 && lines.allSatisfy { $0.hasPrefix("unchanged ") })
        #expect(try items(.none).lines.isEmpty)
    }

    @Test("What is left out now counts as removed, what lies outside the run's paths does not")
    func tellsLeftOut() throws {
        let first = try fixture.backUp()
        #expect(try fixture.backUp { $0.excludes = ["gone"] }.changes.filesRemoved == 2)
        let elsewhere = try fixture.backUp {
            $0.paths = [path("stays")]
            $0.parent = (try? first.committed()).map { .snapshot($0) } ?? .none
        }
        #expect(elsewhere.changes == BackupChanges())
        #expect(elsewhere.statistics.filesUnchanged == 1)
    }

    @Test("What cannot be read is neither new nor changed")
    func tellsUnreadable() throws {
        // Reading the beginning of /proc/self/mem is EIO for everyone.
        let outcome = try fixture.backUp { $0.paths = ["/proc/self/mem", path("stays")] }
        #expect(outcome.changes.filesUnreadable == 1)
        #expect(outcome.statistics.filesNew == 1 && outcome.statistics.files == 2)
    }
}

/// Collects what a run tells of items.
private final class Listener: BackupObserver {
    let itemsWanted: BackupItem.Selection
    let items = Mutex<[BackupItem]>([])

    init(_ wanted: BackupItem.Selection) { itemsWanted = wanted }

    func backupAdvanced(_ progress: BackupProgress) {}
    func backupMet(_ problem: SnapshotProblem) {}
    func backupIsFinishing() {}
    func backupSaw(_ item: BackupItem) { items.withLock { $0.append(item) } }
}
