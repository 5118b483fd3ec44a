import BackupTestSupport
import Repository
import Restorer
import SystemInterface
import TestSupport
import Testing
import Writer

@Suite("Saved and restored", .enabled(if: Host.effectiveUserID == 0, "needs root, to make devices and give files away"))
struct RoundTripTests {
    let fixture: BackupFixture
    private let source: FilePath
    private var here: FileDescriptor { .workingDirectory }

    init() throws {
        fixture = try BackupFixture()
        source = fixture.source
    }

    /// Saves the source, restores it, and compares.
    @discardableResult
    private func expectSame(
        _ other: BackupFixture? = nil, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> BackupOutcome {
        let fixture = other ?? self.fixture
        let saved = try fixture.backUp()
        #expect(saved.problems.isEmpty, sourceLocation: sourceLocation)
        let (path, restored) = try fixture.restore(
            saved.committed(), as: "restored")
        #expect(restored.problems.isEmpty, sourceLocation: sourceLocation)
        let differences = try FileTree(path).differences(from: FileTree(fixture.source))
        #expect(differences == [], sourceLocation: sourceLocation)
        return saved
    }

    private func make(_ name: String, _ contents: [UInt8] = [1, 2, 3]) throws -> FilePath {
        let path = source.appending(name)
        try FileSystem.makeDirectories(path.parent)
        try FileSystem.write(path, contents)
        return path
    }

    @Test(
        "Regular files of every size around what a chunk may have",
        arguments: [
            0, 1, 4095, 4096, 4097, 65_535, 65_536, 65_537, 131_072, 131_073, 3_000_000,
        ])
    func regular(_ count: Int) throws {
        var generator = SeededGenerator(seed: UInt64(count))
        _ = try make("file", generator.bytes(count))
        try expectSame()
    }

    @Test("A sparse file of a gibibyte takes little, and comes back sparse")
    func sparse() throws {
        let path = try make("sparse", [])
        let file = try FileDescriptor.open(path, .writeOnly)
        try file.pwrite(all: [7], at: 1 << 29)
        try file.pwrite(all: Array("middle".utf8), at: 700_000_000)
        try file.truncate(to: 1 << 30)
        let hole = try make("hole", [])
        try FileDescriptor.open(hole, .writeOnly).truncate(to: 1 << 30)
        let saved = try expectSame()
        #expect(saved.statistics.bytesRead < 1 << 20)
        #expect(saved.statistics.bytesStored < 1 << 16)
        #expect(saved.statistics.bytes == 2 << 30)
    }

    @Test("A file of a thousand runs of data and holes")
    func manyRuns() throws {
        let file = try FileDescriptor.open(make("runs", []), .writeOnly)
        for number in 0..<1000 { try file.pwrite(all: Array("run \(number)".utf8), at: UInt64(number) * 12_288 + 4096) }
        try expectSame()
    }

    @Test("Links, fifos, sockets and devices with their numbers")
    func special() throws {
        try here.symbolicLinkAt(source.appending("short").bytes, target: Array("x".utf8))
        try here.symbolicLinkAt(
            source.appending("long").bytes, target: [UInt8](repeating: UInt8(ascii: "l"), count: 4095))
        try here.symbolicLinkAt(source.appending("bytes").bytes, target: [0xFF, 0x0A, 0x80])
        try here.makeNodeAt(source.appending("fifo").bytes, type: .fifo, permissions: 0o640)
        try here.makeNodeAt(source.appending("socket").bytes, type: .socket, permissions: 0o600)
        try here.makeNodeAt(
            source.appending("character").bytes, type: .characterDevice, permissions: 0o600,
            device: DeviceNumber(major: 4095, minor: 1_048_575))
        try here.makeNodeAt(
            source.appending("block").bytes, type: .blockDevice, permissions: 0o660,
            device: DeviceNumber(major: 8, minor: 17))
        for name in ["short", "long", "fifo", "socket", "character"] {
            try here.setOwnerAt(source.appending(name).bytes, userID: 1234, groupID: 4321)
            try here.setTimesAt(
                source.appending(name).bytes, accessed: nil, modified: Timestamp(seconds: 5, nanoseconds: 6))
        }
        try expectSame()
    }

    @Test("Hard links within and across directories, of files and of others, whose bytes are read once")
    func hardLinks() throws {
        let first = try make("a/first", [UInt8](repeating: 5, count: 50_000))
        try FileSystem.makeDirectories(source.appending("b/c"))
        for name in ["a/second", "b/third", "b/c/fourth"] {
            try here.linkAt(first.bytes, to: here, source.appending(name).bytes)
        }
        try here.symbolicLinkAt(source.appending("a/link").bytes, target: Array("x".utf8))
        try here.linkAt(source.appending("a/link").bytes, to: here, source.appending("b/link").bytes)
        try here.makeNodeAt(source.appending("a/fifo").bytes, type: .fifo, permissions: 0o600)
        try here.linkAt(source.appending("a/fifo").bytes, to: here, source.appending("b/fifo").bytes)
        let saved = try expectSame()
        #expect(saved.statistics.bytesRead == 50_000)
        #expect(saved.statistics.bytes == 50_000)
    }

    @Test("A hard link of which one name is saved alone")
    func loneHardLink() throws {
        let first = try make("inside")
        try here.linkAt(first.bytes, to: here, fixture.directory.path.appending("outside").bytes)
        let snapshot = try fixture.backUp().committed()
        let (path, outcome) = try fixture.restore(snapshot, as: "restored")
        #expect(outcome.problems.isEmpty)
        #expect(try FileSystem.read(path.appending("inside"), atMost: 10) == [1, 2, 3])
        #expect(try FileSystem.status(path.appending("inside")).linkCount == 1)
    }

    @Test(
        "Every permission bit, on files and directories",
        arguments: [
            0o0000, 0o0777, 0o4755, 0o2755, 0o6711, 0o1777, 0o7777, 0o0001,
        ] as [UInt16])
    func permissions(_ bits: UInt16) throws {
        let file = try make("file")
        try here.setOwnerAt(file.bytes, userID: 77, groupID: 88)
        try here.setPermissionsAt(file.bytes, bits)
        let directory = source.appending("directory")
        try FileSystem.makeDirectory(directory)
        _ = try make("directory/inside")
        try here.setOwnerAt(directory.bytes, userID: 77, groupID: 88)
        try here.setPermissionsAt(directory.bytes, bits)
        try expectSame()
    }

    @Test(
        "Owners up to the highest number", arguments: [0, 1, 65_534, 65_536, 2_147_483_648, 4_294_967_294] as [UInt32])
    func owners(_ number: UInt32) throws {
        try here.setOwnerAt(make("file").bytes, userID: number, groupID: number)
        try here.setOwnerAt(source.bytes, userID: number, groupID: number)
        try expectSame()
    }

    @Test(
        "Times with nanoseconds before 1970 and after 2100",
        arguments: [
            Timestamp(seconds: -2_147_483_648, nanoseconds: 1), Timestamp(seconds: -1, nanoseconds: 999_999_999),
            Timestamp(seconds: 0, nanoseconds: 1), Timestamp(seconds: 4_102_444_800, nanoseconds: 123_456_789),
            Timestamp(seconds: 15_032_385_535, nanoseconds: 999_999_999),
        ])
    func times(_ time: Timestamp) throws {
        let file = try make("directory/file")
        try here.symbolicLinkAt(source.appending("link").bytes, target: file.bytes)
        for path in [file, source.appending("link"), source.appending("directory"), source] {
            try here.setTimesAt(path.bytes, accessed: nil, modified: time)
        }
        try expectSame()
        // And once more from the parent: nothing is read for a strange time.
        #expect(try fixture.backUp().statistics.bytesRead == 0)
    }

    @Test("Extended attributes: empty, binary and large ones, on files, directories and links")
    func attributes() throws {
        var generator = SeededGenerator(seed: 3)
        let file = try make("file")
        let directory = try make("directory/inside").parent
        for path in [file, directory] {
            let opened = try FileDescriptor.open(path)
            try ExtendedAttributes.set(Array("user.empty".utf8), to: [], at: opened)
            try ExtendedAttributes.set(Array("user.binary".utf8), to: [0, 255, 0, 10], at: opened)
            try ExtendedAttributes.set(Array("user.large".utf8), to: generator.bytes(3000), at: opened)
            try ExtendedAttributes.set(Array("trusted.root".utf8), to: [1], at: opened)
        }
        try here.symbolicLinkAt(source.appending("link").bytes, target: Array("x".utf8))
        try ExtendedAttributes.set(
            Array("trusted.link".utf8), to: [2], at: here, name: source.appending("link").bytes)
        try expectSame()
    }

    @Test("Access control lists, those for what will be made too, and none where none was")
    func accessControl() throws {
        let file = try make("file")
        let directory = try make("directory/inside").parent
        let list = AccessControl.list(user: 1000, permissions: 5)
        try ExtendedAttributes.set(Array("system.posix_acl_access".utf8), to: list, at: here, name: file.bytes)
        for name in ["system.posix_acl_access", "system.posix_acl_default"] {
            try ExtendedAttributes.set(Array(name.utf8), to: list, at: here, name: directory.bytes)
        }
        // What is restored must not take over what the destination's own default list says.
        try ExtendedAttributes.set(
            Array("system.posix_acl_default".utf8), to: AccessControl.list(user: 2000, permissions: 7), at: here,
            name: fixture.directory.path.bytes)
        try expectSame()
    }

    @Test("Names of 255 bytes, with newlines, and of bytes that are no text")
    func names() throws {
        let names: [[UInt8]] = [
            [UInt8](repeating: UInt8(ascii: "n"), count: 255), Array("new\nline".utf8), [0xFF, 0xFE, 0x01], [0x80],
            Array("...".utf8), Array(" ".utf8), Array("\\".utf8), Array("*".utf8), [0x7F],
        ]
        for name in names {
            let path = source.appending(name)
            try FileSystem.makeDirectory(path)
            for inner in names { try FileSystem.write(path.appending(inner), inner) }
        }
        try expectSame()
    }

    @Test("A tree of a thousand directories in one another, with files on the way")
    func deep() throws {
        let name = Array("directory".utf8)
        var level = Level(try FileDescriptor.open(source, [.readOnly, .directory]))
        for number in 0..<1000 {
            try level.directory.makeDirectoryAt(name, mode: 0o755)
            // Behind the directory, so that the walk needs the higher ones again on its way back.
            let file = try level.directory.openAt(Array("z".utf8), [.writeOnly, .create], mode: 0o644)
            try file.write(all: Array("\(number)".utf8))
            level = Level(try level.directory.openAt(name, [.readOnly, .directory]))
        }
        let saved = try expectSame()
        #expect(saved.statistics.files == 1000)
        // The parent is walked in step all the way down.
        #expect(try fixture.backUp().statistics.bytesRead == 0)
    }

    @Test("A directory of 200,000 entries")
    func wide() throws {
        // In memory: a file system on a disk takes a minute to make and remove that many inodes.
        let memory = try MountedMemory(size: "1g", inodes: 500_000)
        let fixture = try BackupFixture(in: memory.path)
        let directory = try FileDescriptor.open(fixture.source, [.readOnly, .directory])
        for number in 0..<200_000 {
            try directory.makeNodeAt(Array("entry \(number)".utf8), type: .regular, permissions: 0o600)
        }
        let saved = try expectSame(fixture)
        #expect(saved.statistics.files == 200_000)
    }

    @Test("Random trees, and random edits of them, on top of one another", arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
    func random(_ seed: UInt64) throws {
        var tree = try RandomTree(in: source, seed: seed, items: 120)
        for round in 0..<4 {
            let saved = try fixture.backUp()
            #expect(saved.problems.isEmpty, "seed \(seed), round \(round)")
            let (path, restored) = try fixture.restore(saved.committed(), as: "restored\(round)")
            #expect(restored.problems.isEmpty, "seed \(seed), round \(round)")
            #expect(
                try FileTree(path).differences(from: FileTree(source)) == [], "seed \(seed), round \(round)")
            try tree.edit(25)
        }
    }

    private final class Level {
        let directory: FileDescriptor
        init(_ directory: consuming FileDescriptor) { self.directory = directory }
    }
}

/// POSIX access control lists as the kernel takes them (linux/posix_acl_xattr.h, version 2).
enum AccessControl {
    /// Owner rwx, one more user, group r-x, mask rwx, others r--.
    static func list(user: UInt32, permissions: UInt16) -> [UInt8] {
        let nobody = UInt32.max
        let entries: [(tag: UInt16, permissions: UInt16, number: UInt32)] = [
            (0x01, 7, nobody), (0x02, permissions, user), (0x04, 5, nobody), (0x10, 7, nobody), (0x20, 4, nobody),
        ]
        var bytes: [UInt8] = [2, 0, 0, 0]
        for entry in entries {
            for value in [entry.tag, entry.permissions] { withUnsafeBytes(of: value.littleEndian) { bytes += $0 } }
            withUnsafeBytes(of: entry.number.littleEndian) { bytes += $0 }
        }
        return bytes
    }
}
