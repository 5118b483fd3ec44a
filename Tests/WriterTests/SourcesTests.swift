import BackupTestSupport
import Repository
import SystemInterface
import TestSupport
import Testing
import Writer

@Suite("What a backup run saves")
struct SourcesTests {
    let fixture: BackupFixture

    init() throws {
        fixture = try BackupFixture()
    }

    @discardableResult
    private func write(_ name: String, _ text: String = "text") throws -> FilePath {
        let path = fixture.source.appending(name)
        try FileSystem.makeDirectories(path.parent)
        try FileSystem.write(path, Array(text.utf8))
        return path
    }

    @Test("Directories that lead to a source stand in the snapshot with their attributes and nothing beside")
    func keepsParents() throws {
        try write("a/b/file")
        try write("a/other")
        let source = fixture.source.appending("a/b")
        let snapshot = try fixture.backUp { $0.paths = [source] }.committed()
        #expect(try fixture.names(fixture.source, in: snapshot) == ["a"])
        #expect(try fixture.names(fixture.source.appending("a"), in: snapshot) == ["b"])
        #expect(try fixture.names(source, in: snapshot) == ["file"])
        let entry = try #require(try fixture.entry(fixture.source.appending("a"), in: snapshot))
        let status = try FileSystem.status(fixture.source.appending("a"))
        #expect(entry.modified == status.modified)
        #expect(entry.permissions == status.permissions)
        #expect(snapshot.manifest.root.name.isEmpty)
        #expect(snapshot.manifest.root.inode == (try FileSystem.status("/").inode))
    }

    @Test("Sources that overlap are one, and paths are normalised")
    func mergesSources() throws {
        try write("a/file")
        let inner = FilePath(fixture.source.description + "/x/../a/")
        let outcome = try fixture.backUp { $0.paths = [inner, fixture.source, fixture.source] }
        #expect(outcome.manifest.paths == [fixture.source])
        #expect(outcome.statistics.files == 1)
    }

    @Test("A source may be a single file")
    func savesFile() throws {
        let path = try write("only")
        try write("not")
        let snapshot = try fixture.backUp { $0.paths = [path] }.committed()
        #expect(try fixture.names(fixture.source, in: snapshot) == ["only"])
    }

    @Test("A missing source is an error before anything is stored")
    func refusesMissing() throws {
        let store = fixture.store
        let before = try store.list(.packs).count
        let missing = fixture.source.appending("missing")
        let error = #expect(throws: BackupError.self) {
            try fixture.backUp { $0.paths = [fixture.source, missing] }
        }
        #expect(error?.code == .sourceMissing)
        #expect(error?.subject == missing.description)
        #expect(try store.list(.packs).count == before)
        #expect(fixture.repository.snapshots().isEmpty)
    }

    @Test("A relative source is refused")
    func refusesRelative() throws {
        let error = #expect(throws: BackupError.self) { try fixture.backUp { $0.paths = ["relative"] } }
        #expect(error?.code == .invalidArgument)
    }

    @Test("Patterns leave names out, but never a source that was named")
    func excludes() throws {
        try write("keep/a.c")
        try write("keep/a.o")
        try write("build/x")
        try write("build/named/y")
        let outcome = try fixture.backUp {
            $0.paths = [fixture.source, fixture.source.appending("build/named")]
            $0.excludes = ["*.o", "build/"]
        }
        let snapshot = try outcome.committed()
        #expect(try fixture.names(fixture.source.appending("keep"), in: snapshot) == ["a.c"])
        #expect(try fixture.names(fixture.source.appending("build"), in: snapshot) == ["named"])
        #expect(try fixture.names(fixture.source.appending("build/named"), in: snapshot) == ["y"])
        #expect(snapshot.manifest.excludes == ["*.o", "build/"])
    }

    @Test("The repository's own directories are left out, under whatever path they are met")
    func leavesOutOwn() throws {
        try write("cache/object")
        try write("file")
        let link = fixture.directory.path.appending("link")
        try FileDescriptor.workingDirectory.symbolicLinkAt(link.bytes, target: fixture.source.appending("cache").bytes)
        let outcome = try fixture.backUp { $0.ownDirectories = [link] }
        #expect(try fixture.names(fixture.source, in: outcome.committed()) == ["file"])
        #expect(outcome.notes.map(\.path) == [fixture.source.appending("cache")])
    }

    @Test("A file system that the kernel makes up is kept as an empty directory")
    func keepsPseudoEmpty() throws {
        let outcome = try fixture.backUp {
            $0.paths = ["/"]
            $0.excludes = ["/*", "!/proc", "!/sys"]
        }
        let snapshot = try outcome.committed()
        #expect(try fixture.names("/proc", in: snapshot).isEmpty)
        #expect(outcome.notes.contains { $0.path == "/proc" })
    }

    @Test(
        "Files of sysfs, which say that they have a page, are read to where they end",
        .enabled(if: (try? FileSystem.exists(Self.pages)) == true))
    func systemFiles() throws {
        let outcome = try fixture.backUp { $0.paths = [Self.pages] }
        #expect(outcome.problems.map(\.path) == [])
        let entry = try #require(try fixture.entry(Self.pages, in: outcome.committed()))
        #expect(entry.size == UInt64(try FileSystem.read(Self.pages, atMost: 4096).count))
        #expect(entry.size < (try FileSystem.status(Self.pages).size))
    }

    private static let pages: FilePath = "/sys/kernel/mm/transparent_hugepage/enabled"

    @Test("A file without a size is read to its end when it is named")
    func readsUnsized() throws {
        let outcome = try fixture.backUp { $0.paths = ["/proc/version"] }
        let entry = try #require(try fixture.entry("/proc/version", in: outcome.committed()))
        #expect(entry.size == UInt64(try FileSystem.read("/proc/version", atMost: 4096).count))
        #expect(outcome.problems.isEmpty)
    }

    @Test("A dry run counts everything and stores nothing")
    func runsDry() throws {
        try write("file", String(repeating: "text ", count: 20_000))
        let outcome = try fixture.backUp { $0.dryRun = true }
        #expect(outcome.snapshot == nil)
        #expect(outcome.statistics.files == 1)
        #expect(outcome.statistics.bytesNew >= 100_000)
        #expect(try fixture.store.list(.packs).isEmpty)
        #expect(try fixture.store.list(.snapshots).isEmpty)
    }

    @Test("A cancelled run leaves no snapshot")
    func cancels() throws {
        try write("file")
        let run = fixture.makeBackup()
        run.cancel()
        let error = #expect(throws: BackupError.self) { try run.run() }
        #expect(error?.code == .cancelled)
        #expect(try fixture.store.list(.snapshots).isEmpty)
    }

    @Test("Statistics count what is there")
    func counts() throws {
        let first = try write("a", "12345")
        try write("b/c", "123")
        let link = fixture.source.appending("d")
        try FileDescriptor.workingDirectory.linkAt(first.bytes, to: .workingDirectory, link.bytes)
        try FileDescriptor.workingDirectory.symbolicLinkAt(
            fixture.source.appending("s").bytes, target: Array("x".utf8))
        try FileDescriptor.workingDirectory.makeNodeAt(
            fixture.source.appending("f").bytes, type: .fifo, permissions: 0o600)
        let statistics = try fixture.backUp().statistics
        #expect(statistics.files == 3)
        #expect(statistics.filesNew == 3)
        #expect(statistics.bytes == 8)
        #expect(statistics.bytesRead == 8)
        #expect(statistics.symbolicLinks == 1)
        #expect(statistics.others == 1)
        // The root, the directories that lead to the source, the source, and the one in it.
        #expect(statistics.directories == UInt64(fixture.source.components.count + 2))
    }
}
