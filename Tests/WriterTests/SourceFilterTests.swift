import BackupTestSupport
import Glibc
import Repository
import SystemInterface
import TestSupport
import Testing
import Writer

@Suite("What a backup run leaves out for what it is")
struct SourceFilterTests {
    let fixture: BackupFixture

    init() throws {
        fixture = try BackupFixture()
    }

    private static let signature = "Signature: 8a477f597d28d172789f06886806bc55"

    @discardableResult
    private func write(_ name: String, _ text: String = "text") throws -> FilePath {
        let path = fixture.source.appending(name)
        try FileSystem.makeDirectories(path.parent)
        try FileSystem.write(path, Array(text.utf8))
        return path
    }

    private func names(_ name: String, in outcome: BackupOutcome) throws -> [String] {
        try fixture.names(name.isEmpty ? fixture.source : fixture.source.appending(name), in: outcome.committed())
    }

    @Test("Files over a size are left out, unless they are named")
    func sizes() throws {
        try write("equal", "12345")
        try write("over", "123456")
        let named = try write("named", "1234567")
        let outcome = try fixture.backUp {
            $0.paths = [fixture.source, named]
            $0.filter.fileBytesMax = 5
        }
        #expect(try names("", in: outcome) == ["equal", "named"])
        #expect(outcome.excludedCount == 1)
    }

    @Test("Of a cache its tag is kept, and a file that only looks like one says nothing")
    func caches() throws {
        try write("cache/CACHEDIR.TAG", Self.signature + "\n# made by a program\n")
        try write("cache/object")
        try write("cache/below/object")
        try write("other/CACHEDIR.TAG", Self.signature.replacingLast(with: "6"))
        try write("other/object")
        try write("linked/object")
        try FileDescriptor.workingDirectory.symbolicLinkAt(
            fixture.source.appending("linked/CACHEDIR.TAG").bytes, target: Array("../cache/CACHEDIR.TAG".utf8))
        let outcome = try fixture.backUp { $0.filter.leavesOutCaches = true }
        #expect(try names("cache", in: outcome) == ["CACHEDIR.TAG"])
        #expect(try names("other", in: outcome) == ["CACHEDIR.TAG", "object"])
        #expect(try names("linked", in: outcome) == ["CACHEDIR.TAG", "object"])
        #expect(outcome.excludedCount == 2)
        #expect(try names("cache", in: fixture.backUp()) == ["CACHEDIR.TAG", "below", "object"])
    }

    @Test("A cache that is named is saved, and so is what is named in one")
    func namedCaches() throws {
        try write("first/CACHEDIR.TAG", Self.signature)
        try write("first/object")
        try write("second/CACHEDIR.TAG", Self.signature)
        try write("second/other")
        try write("second/named/object")
        let outcome = try fixture.backUp {
            $0.paths = [fixture.source] + ["first", "second/named"].map { fixture.source.appending($0) }
            $0.filter.leavesOutCaches = true
        }
        #expect(try names("first", in: outcome) == ["CACHEDIR.TAG", "object"])
        #expect(try names("second", in: outcome) == ["named"])
        #expect(try names("second/named", in: outcome) == ["object"])
    }

    @Test("Of a directory with a marker that alone is kept")
    func markers() throws {
        try write("marked/.nobackup", "")
        try write("marked/file")
        try write("kept/file")
        let outcome = try fixture.backUp { $0.filter.markerNames = [Array(".nobackup".utf8)] }
        #expect(try names("marked", in: outcome) == [".nobackup"])
        #expect(try names("kept", in: outcome) == ["file"])
    }

    @Test("A run that stays on its file system keeps the place of another", .enabled(if: MountedMemory.isPossible))
    func fileSystems() throws {
        let memory = try MountedMemory(size: "1m")
        let above = memory.path.parent
        try FileSystem.write(memory.path.appending("inside"), [1])
        try FileSystem.write(above.appending("outside"), [1])
        let stays = try fixture.backUp {
            $0.paths = [above]
            $0.filter.staysOnFileSystem = true
        }
        #expect(try fixture.names(above, in: stays.committed()) == ["mount", "outside"])
        #expect(try fixture.names(memory.path, in: stays.committed()).isEmpty)
        #expect(stays.notes.map(\.path) == [memory.path])
        let crosses = try fixture.backUp { $0.paths = [above] }
        #expect(try fixture.names(memory.path, in: crosses.committed()) == ["inside"])
        try FileSystem.write(memory.path.appending("unnamed"), [1])
        let named = try fixture.backUp {
            $0.paths = [above, memory.path.appending("inside")]
            $0.filter.staysOnFileSystem = true
        }
        #expect(try fixture.names(memory.path, in: named.committed()) == ["inside"])
    }

    @Test(
        "A run that stays on its file system keeps the place of one that nobody answers for",
        .enabled(if: FaultyFileSystem.isPossible))
    func deadFileSystem() throws {
        let above = fixture.directory.path
        let dead = try FaultyFileSystem(in: fixture.directory, name: "dead")
        dead.crash()
        try #require(Wait.until(seconds: 10) { (try? FileSystem.status(dead.path)) == nil ? true : nil } != nil)
        for round in 1...2 {
            let stays = try fixture.backUp {
                $0.paths = [above]
                $0.filter.staysOnFileSystem = true
            }
            #expect(stays.problems.map(\.path) == [], "round \(round)")
            #expect(stays.notes.map(\.path) == [dead.path])
            let entry = try #require(try fixture.entry(dead.path, in: stays.committed()))
            #expect(entry.content != .unreadable && entry.permissions == 0o700)
            #expect(try fixture.names(dead.path, in: stays.committed()).isEmpty)
            #expect(stays.changes.othersRemoved == 0)
        }
        #expect(try fixture.backUp { $0.paths = [above] }.problems.map(\.path) == [dead.path])
    }

    @Test(
        "A run that stays on its file system keeps the place of one that it may not read",
        .enabled(if: MountedMemory.isPossible))
    func closedFileSystem() async {
        await #expect(processExitsWith: .success) {
            struct Failure: Error {}
            let fixture = try BackupFixture()
            let memory = try MountedMemory(size: "1m")
            let above = memory.path.parent
            for path in [fixture.directory.path, above] {
                try FileDescriptor.workingDirectory.setPermissionsAt(path.bytes, 0o755)
            }
            guard setegid(65534) == 0, seteuid(65534) == 0 else { throw Failure() }
            let outcome = try fixture.backUp {
                $0.paths = [above]
                $0.filter.staysOnFileSystem = true
            }
            guard outcome.problems.isEmpty, outcome.notes.map(\.path) == [memory.path],
                let entry = try fixture.entry(memory.path, in: outcome.committed()),
                case .tree = entry.content, entry.permissions == 0o700
            else { throw Failure() }
            let crosses = try fixture.backUp { $0.paths = [above] }
            guard crosses.problems.map(\.path) == [memory.path], seteuid(0) == 0 else { throw Failure() }
        }
    }

    @Test("What is marked as not to be dumped is left out on request")
    func noDump() throws {
        try write("kept")
        let marked = [try write("marked"), try write("directory/below").parent]
        let arguments = ["chattr", "+d"].map { Array($0.utf8) } + marked.map(\.bytes)
        let child = try ProcessLauncher.spawn("/usr/bin/chattr", arguments: arguments)
        // tmpfs and some others keep no such mark.
        guard try ProcessLauncher.wait(child) == 0 else { return }
        #expect(try names("", in: fixture.backUp { $0.filter.leavesOutNoDump = true }) == ["kept"])
        #expect(try names("", in: fixture.backUp()) == ["directory", "kept", "marked"])
    }

    @Test(
        "A directory says that something in it was left out that no pattern tells of, whatever its parent snapshot says"
    )
    func marks() throws {
        try write("marked/file")
        try write("large/file")
        try write("whole/file.o")
        // What is called so is in no snapshot, so the trees stay what they are.
        func marks(_ change: (inout BackupOptions) -> Void) throws -> [Bool] {
            let snapshot = try fixture.backUp(change).committed()
            return try ["marked", "large", "whole", ""].map { name in
                let path = name.isEmpty ? fixture.source : fixture.source.appending(name)
                return try #require(try fixture.entry(path, in: snapshot)).isPassedThrough
            }
        }
        #expect(try marks { _ in } == [false, false, false, false])
        try write("large/over", "123456")
        let filter = { (options: inout BackupOptions) in
            options.filter.fileBytesMax = 5
            options.filter.markerNames = [Array(".nobackup".utf8)]
            options.excludes = ["*.o"]
        }
        #expect(try marks(filter) == [false, true, false, false])
        try write("marked/.nobackup", "")
        for _ in 0..<2 { #expect(try marks(filter) == [true, true, false, false]) }
        try FileSystem.remove(fixture.source.appending("large/over"))
        #expect(try marks(filter) == [true, false, false, false])
    }

    @Test("A fifo is saved without being opened, whatever waits at its other end", .timeLimit(.minutes(20)))
    func fifos() throws {
        let path = fixture.source.appending("fifo")
        try FileDescriptor.workingDirectory.makeNodeAt(path.bytes, type: .fifo, permissions: 0o600)
        let outcome = try fixture.backUp()
        #expect(try fixture.entry(path, in: outcome.committed())?.type == .fifo)
        #expect(outcome.problems.isEmpty)
    }
}

extension String {
    fileprivate func replacingLast(with character: Character) -> String { String(dropLast()) + String(character) }
}
