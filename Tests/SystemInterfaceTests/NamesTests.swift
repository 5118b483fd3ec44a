import SystemInterface
import TestSupport
import Testing

@Suite("Making, moving and removing names")
struct NamesTests {
    private let temporary: TemporaryDirectory
    private let a = Array("a".utf8)
    private let b = Array("b".utf8)
    private let c = Array("c".utf8)

    init() throws {
        temporary = try TemporaryDirectory()
    }

    @Test("A file without a name gets one, and never over another")
    func temporaryFile() throws {
        let file = try FileDescriptor.open(temporary.path, [.writeOnly, .temporaryFile], mode: 0o640)
        try file.write(all: [1, 2, 3])
        try file.sync()
        #expect(try file.status().linkCount == 0)
        #expect(try temporary.directory.directoryEntries() == [])
        try file.linkInto(temporary.directory, a)
        try temporary.directory.sync()
        #expect(try file.status().linkCount == 1)
        #expect(try temporary.directory.openAt(a).read(9) == [1, 2, 3])
        #expect(throws: SystemError(call: "linkat", path: "a", errno: .alreadyExists)) {
            try file.linkInto(temporary.directory, a)
        }
    }

    @Test("A hard link is the same file under a second name")
    func hardLink() throws {
        try temporary.write("a", [1])
        try temporary.makeDirectory("below")
        let below = try temporary.directory.openAt(Array("below".utf8), .directory)
        try temporary.directory.linkAt(a, to: below, b)
        let first = try temporary.directory.statusAt(a)
        #expect(first == (try below.statusAt(b)))
        #expect(first.linkCount == 2)
    }

    @Test("A hard link to a symbolic link is to the link itself")
    func hardLinkToLink() throws {
        try temporary.directory.symbolicLinkAt(a, target: Array("nowhere".utf8))
        try temporary.directory.linkAt(a, to: temporary.directory, b)
        #expect(try temporary.directory.statusAt(b).type == .symbolicLink)
        #expect(try temporary.directory.statusAt(a).linkCount == 2)
    }

    @Test("A symbolic link keeps every byte of its target", arguments: [1, 59, 60, 61, 255, 4095])
    func symbolicLink(count: Int) throws {
        var generator = SeededGenerator(seed: UInt64(count))
        let target = generator.bytes(count).map { $0 == 0 ? 0xFF : $0 }
        try temporary.directory.symbolicLinkAt(a, target: target)
        #expect(try temporary.directory.readLinkAt(a) == target)
        #expect(try temporary.directory.statusAt(a).size == UInt64(count))
    }

    @Test("A target that is empty or too long is refused")
    func badTarget() {
        #expect(throws: SystemError(call: "symlinkat", path: "a", errno: .noEntry)) {
            try temporary.directory.symbolicLinkAt(a, target: [])
        }
        #expect(throws: SystemError(call: "symlinkat", path: "a", errno: .nameTooLong)) {
            try temporary.directory.symbolicLinkAt(a, target: [UInt8](repeating: 0x61, count: 4096))
        }
    }

    @Test("What is no link has no target")
    func noLink() throws {
        try temporary.write("a", [])
        #expect(throws: SystemError(call: "readlinkat", path: "a", errno: .invalidArgument)) {
            try temporary.directory.readLinkAt(a)
        }
    }

    @Test("A name is moved over another only when that is wanted")
    func rename() throws {
        try temporary.write("a", [1])
        try temporary.write("b", [2])
        #expect(throws: SystemError(call: "renameat2", path: "b", errno: .alreadyExists)) {
            try temporary.directory.renameAt(a, to: temporary.directory, b, replacing: false)
        }
        #expect(try temporary.directory.openAt(b).read(9) == [2])
        try temporary.directory.renameAt(a, to: temporary.directory, c, replacing: false)
        try temporary.directory.renameAt(c, to: temporary.directory, b, replacing: true)
        #expect(try temporary.directory.openAt(b).read(9) == [1])
        #expect(try temporary.directory.directoryEntries().map(\.name) == [b])
    }

    @Test("A directory is removed as a directory, empty, and only so")
    func remove() throws {
        try temporary.makeDirectory("a/inner")
        #expect(throws: SystemError(call: "unlinkat", path: "a", errno: .isDirectory)) {
            try temporary.directory.unlinkAt(a)
        }
        #expect(throws: SystemError(call: "unlinkat", path: "a", errno: .notEmpty)) {
            try temporary.directory.unlinkAt(a, directory: true)
        }
        try FileSystem.remove(temporary.path.appending("a/inner"), directory: true)
        try temporary.directory.unlinkAt(a, directory: true)
        #expect(try temporary.directory.directoryEntries() == [])
        #expect(throws: SystemError(call: "unlinkat", path: "a", errno: .noEntry)) {
            try temporary.directory.unlinkAt(a)
        }
    }

    @Test("Removing a link leaves its target")
    func removeLink() throws {
        try temporary.write("a", [1])
        try temporary.directory.symbolicLinkAt(b, target: a)
        try temporary.directory.unlinkAt(b)
        #expect(try temporary.directory.statusAt(a).type == .regular)
    }

    @Test("Fifos and sockets are made as such", arguments: [FileType.fifo, .socket, .regular])
    func nodes(type: FileType) throws {
        try temporary.directory.makeNodeAt(a, type: type, permissions: 0o600)
        let status = try temporary.directory.statusAt(a)
        #expect(status.type == type)
        #expect(status.permissions == 0o600)
        #expect(status.rawDevice == DeviceNumber(major: 0, minor: 0))
    }

    @Test("Directories and links are not made as nodes", arguments: [FileType.directory, .symbolicLink])
    func noNodes(type: FileType) {
        #expect(throws: SystemError(call: "mknodat", path: "a", errno: .invalidArgument)) {
            try temporary.directory.makeNodeAt(a, type: type, permissions: 0o600)
        }
    }

    @Test(
        "Device nodes keep both numbers whole", .enabled(if: Host.effectiveUserID == 0, "needs CAP_MKNOD"),
        arguments: [
            DeviceNumber(major: 1, minor: 3), DeviceNumber(major: 0, minor: 0),
            DeviceNumber(major: 259, minor: 1_048_575),
            DeviceNumber(major: 4095, minor: 256),
        ], [FileType.characterDevice, .blockDevice])
    func devices(number: DeviceNumber, type: FileType) throws {
        try temporary.directory.makeNodeAt(a, type: type, permissions: 0o600, device: number)
        let status = try temporary.directory.statusAt(a)
        #expect(status.type == type)
        #expect(status.rawDevice == number)
    }
}
