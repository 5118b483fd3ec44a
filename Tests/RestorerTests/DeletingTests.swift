import BackupTestSupport
import Glibc
import Repository
import Restorer
import SystemInterface
import TestSupport
import Testing
import Writer

@Suite("What a restore removes")
struct DeletingTests {
    private let fixture: BackupFixture
    private let snapshot: Snapshot
    private let destination: FilePath
    private var here: FileDescriptor { .workingDirectory }

    init() throws {
        fixture = try BackupFixture()
        try FileSystem.makeDirectories(fixture.source.appending("directory/empty"))
        try FileSystem.write(fixture.source.appending("directory/file"), Array("saved".utf8))
        try FileSystem.write(fixture.source.appending("top"), Array("saved".utf8))
        snapshot = try fixture.backUp().committed()
        destination = try fixture.directory.makeDirectory("destination")
        try FileSystem.makeDirectories(destination.appending("directory/mine/deeper"))
        for name in ["a", "directory/mine/deeper/file", "directory/zzz"] {
            try FileSystem.write(destination.appending(name), Array("mine".utf8))
        }
    }

    private func restore(_ change: (inout RestoreOptions) -> Void = { _ in }) throws -> RestoreOutcome {
        var options = RestoreOptions(path: fixture.source, overwriting: .always)
        options.deletes = true
        change(&options)
        return try RestoreRun(
            repository: fixture.repository, snapshot: snapshot, destination: destination, options: options
        ).run()
    }

    private func paths() throws -> [String] { try FileTree(destination).items.keys.map(\.description).sorted() }
    private static let saved = [".", "directory", "directory/empty", "directory/file", "top"]

    @Test("What the snapshot does not have goes, with all that lies in it, and nothing else")
    func removes() throws {
        let outcome = try restore()
        #expect(outcome.problems.isEmpty)
        #expect(outcome.statistics.deleted == 5)
        #expect(try paths() == Self.saved)
    }

    @Test("Without being told to, a restore removes nothing")
    func removesNothing() throws {
        #expect(try restore { $0.deletes = false }.statistics.deleted == 0)
        #expect(try paths().count == Self.saved.count + 5)
    }

    @Test("A link is removed itself, and what it leads to stays")
    func link() throws {
        let victim = try fixture.directory.makeDirectory("victim")
        try FileSystem.write(victim.appending("file"), [1])
        try here.symbolicLinkAt(destination.appending("directory/out").bytes, target: victim.bytes)
        try here.symbolicLinkAt(destination.appending("directory/mine/out").bytes, target: victim.bytes)
        #expect(try restore().problems.isEmpty)
        #expect(try paths() == Self.saved)
        #expect(try FileSystem.exists(victim.appending("file")))
    }

    @Test("What a pattern leaves out stays, and so do the directories above it")
    func patterns() throws {
        let outcome = try restore { $0.excludes = ["deeper/"] }
        #expect(outcome.statistics.deleted == 2)
        #expect(
            try paths()
                == (Self.saved + ["directory/mine", "directory/mine/deeper", "directory/mine/deeper/file"]).sorted())
    }

    @Test("Where only some is restored, only of that anything is removed")
    func includes() throws {
        let outcome = try restore { $0.includes = ["zzz", "top"] }
        #expect(outcome.statistics.deleted == 1)
        #expect(try !FileSystem.exists(destination.appending("directory/zzz")))
        #expect(try FileSystem.exists(destination.appending("a")))
        #expect(try FileSystem.exists(destination.appending("directory/mine/deeper/file")))
    }

    @Test("A directory gives way to what the snapshot has in its place")
    func directory() throws {
        try FileSystem.makeDirectories(destination.appending("top/inside"))
        let outcome = try restore()
        #expect(outcome.problems.isEmpty)
        #expect(try paths() == Self.saved)
        #expect(try FileSystem.status(destination.appending("top")).type == .regular)
    }

    @Test(
        "What is mounted in the destination stays, with what is in it",
        .enabled(if: MountedMemory.isPossible, "needs the right to mount"))
    func mounts() throws {
        let mount = destination.appending("directory/mine/deeper")
        try FileSystem.remove(mount.appending("file"))
        let memory = try MountedMemory(size: "1m")
        try FileSystem.write(memory.path.appending("file"), [1])
        // A bind mount too, which has the same device.
        let bound = try fixture.directory.makeDirectory("bound")
        try FileSystem.write(bound.appending("file"), [1])
        let place = try fixture.directory.makeDirectory("destination/bind")
        try Self.bind(memory.path, to: mount)
        defer { _ = mount.withCString { umount2($0, Int32(MNT_DETACH)) } }
        try Self.bind(bound, to: place)
        defer { _ = place.withCString { umount2($0, Int32(MNT_DETACH)) } }
        let outcome = try restore()
        #expect(outcome.problemCount >= 2)
        #expect(try FileSystem.exists(memory.path.appending("file")))
        #expect(try FileSystem.exists(bound.appending("file")))
        #expect(try !FileSystem.exists(destination.appending("a")))
    }

    private static func bind(_ path: FilePath, to place: FilePath) throws {
        let result = path.withCString { source in
            place.withCString { Glibc.mount(source, $0, nil, UInt(MS_BIND), nil) }
        }
        guard result == 0 else { throw SystemError(call: "mount", path: place, errno: Errno(rawValue: errno)) }
    }

    @Test("Deleting needs a directory, and leave to overwrite", arguments: [true, false])
    func refused(_ isFile: Bool) throws {
        let error = #expect(throws: RestoreError.self) {
            try restore {
                if isFile { $0.path = fixture.source.appending("top") } else { $0.overwriting = nil }
            }
        }
        #expect(error?.code == .invalidArgument)
        #expect(try FileSystem.exists(destination.appending("a")))
    }
}
