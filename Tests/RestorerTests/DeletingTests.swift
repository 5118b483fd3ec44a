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

    /// Mounts `path` at `place` while `body` runs.
    private func bound(_ path: FilePath, at place: FilePath, _ body: () throws -> Void) throws {
        try Self.bind(path, to: place)
        defer { _ = place.withCString { umount2($0, Int32(MNT_DETACH)) } }
        try body()
    }

    @Test(
        "What is mounted stays where the snapshot has a directory of that name too, and what lies in it",
        .enabled(if: MountedMemory.isPossible), arguments: ["directory", "directory/empty"], [true, false])
    func mountedDirectory(_ name: String, isBind: Bool) throws {
        let memory = try MountedMemory(size: "1m")
        let mounted = try isBind ? fixture.directory.makeDirectory("bound") : memory.path
        // It has directories that the snapshot has as well.
        try FileSystem.makeDirectories(mounted.appending("empty"))
        for file in ["mine", "empty/mine"] { try FileSystem.write(mounted.appending(file), [1]) }
        let place = destination.appending(name)
        try FileSystem.makeDirectories(place)
        try bound(mounted, at: place) {
            let outcome = try restore()
            #expect(
                outcome.problems.contains { $0.reason == "nothing is removed here: another file system is mounted" })
        }
        for file in ["mine", "empty/mine"] { #expect(try FileSystem.exists(mounted.appending(file)), "\(file)") }
        #expect(try !FileSystem.exists(destination.appending("a")))
    }

    @Test("What was left out of the snapshot as another file system stays", .enabled(if: MountedMemory.isPossible))
    func leftOut() throws {
        let memory = try MountedMemory(size: "1m")
        try FileSystem.write(memory.path.appending("mine"), [1])
        let place = try fixture.directory.makeDirectory("source/mount")
        try bound(memory.path, at: place) {
            let saved = try fixture.backUp { $0.filter.staysOnFileSystem = true }.committed()
            let outcome = try restore(saved, to: fixture.source)
            #expect(outcome.problems.isEmpty)
            #expect(outcome.statistics.spared == 1)
        }
        #expect(try FileSystem.exists(memory.path.appending("mine")))
    }

    @Test(
        "What lies where a file system was left out, or was empty, stays when it is not mounted",
        .enabled(if: MountedMemory.isPossible), arguments: [true, false], [true, false])
    func unmounted(isLeftOut: Bool, isItself: Bool) throws {
        let memory = try MountedMemory(size: "1m")
        let place = try fixture.directory.makeDirectory("source/mount")
        var saved: Snapshot?
        try bound(memory.path, at: place) {
            saved = try fixture.backUp { $0.filter.staysOnFileSystem = isLeftOut }.committed()
        }
        try FileSystem.write(place.appending("mine"), [1])
        let outcome = try restore(#require(saved), to: isItself ? place : fixture.source)
        #expect(outcome.problems.isEmpty)
        #expect(outcome.statistics.deleted == 0 && outcome.statistics.spared == 1)
        #expect(try FileSystem.exists(place.appending("mine")))
    }

    @Test("Patterns of the backup begin where they did for it, at a source in what another one leaves out too")
    func anchored() throws {
        let source = fixture.source
        let inner = source.appending("left/inner")
        for directory in ["build", "one/build", "left/inner/build", "left/inner/deep/build"] {
            try FileSystem.makeDirectories(source.appending(directory))
            try FileSystem.write(source.appending(directory).appending("file"), [1])
        }
        let saved = try fixture.backUp {
            $0.paths = [source, inner]
            $0.excludes = ["/build", "left/", "*.tmp", "!kept.tmp"]
        }.committed()
        for name in ["one/a.tmp", "one/kept.tmp", "left/other", "left/inner/a.tmp", "left/inner/deep/b"] {
            try FileSystem.write(source.appending(name), [1])
        }
        // A directory that is removed, with something in it that a pattern is for.
        try FileSystem.makeDirectories(source.appending("new/below"))
        for name in ["new/c.tmp", "new/below/file"] { try FileSystem.write(source.appending(name), [1]) }
        for name in ["one/build/new", "left/inner/deep/build/new"] {
            try FileSystem.write(source.appending(name), [1])
        }
        let outcome = try restore(saved, to: source)
        #expect(outcome.problems.isEmpty)
        let left = ["build/file", "one/a.tmp", "left/other", "left/inner/build/file", "left/inner/a.tmp", "new/c.tmp"]
        for name in left { #expect(try FileSystem.exists(source.appending(name)), "\(name)") }
        let gone = ["one/kept.tmp", "left/inner/deep/b", "one/build/new", "left/inner/deep/build/new", "new/below"]
        for name in gone { #expect(try !FileSystem.exists(source.appending(name)), "\(name)") }
        // The inner source by itself.
        try FileSystem.write(inner.appending("deep/b"), [1])
        #expect(try restore(saved, to: inner).statistics.deleted == 1)
        #expect(try FileSystem.exists(inner.appending("build/file")))
    }

    @Test("A mount whose content the snapshot has is brought back to it", .enabled(if: MountedMemory.isPossible))
    func savedMount() throws {
        let memory = try MountedMemory(size: "1m")
        try FileSystem.write(memory.path.appending("saved"), [1])
        let place = try fixture.directory.makeDirectory("source/mount")
        try bound(memory.path, at: place) {
            let saved = try fixture.backUp().committed()
            try FileSystem.write(memory.path.appending("mine"), [1])
            #expect(try restore(saved, to: fixture.source).problems.isEmpty)
        }
        #expect(try FileSystem.exists(memory.path.appending("saved")))
        #expect(try !FileSystem.exists(memory.path.appending("mine")))
    }

    private func restore(
        _ snapshot: Snapshot, to destination: FilePath, path: FilePath? = nil
    ) throws -> RestoreOutcome {
        var options = RestoreOptions(path: path ?? destination, overwriting: .ifChanged)
        options.deletes = true
        return try RestoreRun(
            repository: fixture.repository, snapshot: snapshot, destination: destination, options: options
        ).run()
    }

    @Test("Beside what was saved nothing is removed, as nobody looked there", arguments: [true, false])
    func beside(isFile: Bool) throws {
        let source = fixture.source
        try FileSystem.makeDirectories(source.appending("one/saved"))
        for file in ["one/saved/file", "one/other"] { try FileSystem.write(source.appending(file), [1]) }
        let path = source.appending(isFile ? "one/saved/file" : "one/saved")
        let saved = try fixture.backUp { $0.paths = [path] }.committed()
        try FileSystem.write(source.appending("one/saved/mine"), [1])
        let outcome = try restore(saved, to: source)
        #expect(outcome.problems.isEmpty)
        #expect(outcome.statistics.deleted == (isFile ? 0 : 1))
        for file in ["top", "directory/file", "one/other"] {
            #expect(try FileSystem.exists(source.appending(file)), "\(file)")
        }
        #expect(try FileSystem.exists(source.appending("one/saved/mine")) == isFile)
        // Below what was saved all of it was, from whatever directory on it is restored.
        guard !isFile else { return }
        try FileSystem.write(path.appending("mine"), [1])
        #expect(try restore(saved, to: path).statistics.deleted == 1)
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
