import SystemInterface
import TestSupport

/// A directory on a real file system with one of everything that a backup must keep.
package struct SourceTree: Sendable {
    /// The directory that holds the tree.
    package let directory: TemporaryDirectory
    /// Whether owners and devices are in it: they need root.
    package let isPrivileged = Host.effectiveUserID == 0

    /// The tree, asked through the kernel.
    package var tree: KernelTree { KernelTree(directory.path) }

    /// The number of names in `many`.
    package static let manyCount = 5_000
    /// How deep `deep` is.
    package static let deepCount = 1_000

    /// Makes the tree.
    package init() throws {
        directory = try TemporaryDirectory()
        try makeFiles()
        try makeNames()
        try makeDeepDirectory()
        try makeLinksAndNodes()
        try makeAttributes()
        try makeTimesAndOwners()
    }

    private func openRoot() throws -> FileDescriptor {
        try FileDescriptor.open(directory.path, [.readOnly, .directory])
    }

    private func makeFiles() throws {
        var generator = SeededGenerator(seed: 1)
        try directory.write("empty", [])
        try directory.write("short", Array("hello\n".utf8))
        try directory.write("one chunk", generator.bytes(60_000))
        try directory.write("few chunks", generator.bytes(300_001))
        try directory.write("many chunks", generator.bytes(3 << 20))
        let sparse = try FileDescriptor.open(
            directory.path.appending("sparse"), [.readWrite, .create], mode: 0o644)
        try sparse.truncate(to: 5 << 20)
        try sparse.pwrite(all: generator.bytes(70_000), at: 1 << 20)
        try sparse.pwrite(all: generator.bytes(4_096), at: 3 << 20)
        let hole = try FileDescriptor.open(directory.path.appending("hole"), [.readWrite, .create], mode: 0o600)
        try hole.truncate(to: 1 << 33)
    }

    private func makeNames() throws {
        try directory.makeDirectory("names")
        let names = try FileDescriptor.open(directory.path.appending("names"), [.readOnly, .directory])
        let unusual: [[UInt8]] = [
            [UInt8](repeating: UInt8(ascii: "x"), count: 255), [0xff, 0xfe, 0x80], Array("new\nline".utf8),
            Array("grüße".utf8), Array(" ".utf8), Array("back\\slash".utf8), Array("...".utf8), [1],
        ]
        for name in unusual {
            let file = try names.openAt(name, [.writeOnly, .create], mode: 0o644)
            try file.write(all: name)
        }
        try directory.makeDirectory("many")
        let many = try FileDescriptor.open(directory.path.appending("many"), [.readOnly, .directory])
        for number in 0..<Self.manyCount {
            let file = try many.openAt(Array("file-\(number)".utf8), [.writeOnly, .create], mode: 0o644)
            try file.write(all: Array("\(number)".utf8))
        }
        try directory.makeDirectory("nothing")
    }

    private func makeDeepDirectory() throws {
        var path = directory.path.appending("deep")
        try FileSystem.makeDirectory(path)
        for _ in 0..<Self.deepCount {
            path = path.appending("d")
            try FileSystem.makeDirectory(path)
        }
        try FileSystem.write(path.appending("bottom"), Array("down here".utf8))
    }

    private func makeLinksAndNodes() throws {
        let root = try openRoot()
        try root.symbolicLinkAt(Array("link".utf8), target: Array("one chunk".utf8))
        try root.symbolicLinkAt(
            Array("broken".utf8), target: [0xff] + [UInt8](repeating: UInt8(ascii: "t"), count: 3_000))
        try root.linkAt(Array("few chunks".utf8), to: root, Array("second name".utf8))
        try directory.makeDirectory("below")
        let below = try FileDescriptor.open(directory.path.appending("below"), [.readOnly, .directory])
        try root.linkAt(Array("few chunks".utf8), to: below, Array("third name".utf8))
        try root.makeNodeAt(Array("fifo".utf8), type: .fifo, permissions: 0o600)
        try root.makeNodeAt(Array("socket".utf8), type: .socket, permissions: 0o600)
        guard isPrivileged else { return }
        try root.makeNodeAt(
            Array("null".utf8), type: .characterDevice, permissions: 0o666, device: DeviceNumber(major: 1, minor: 3))
        try root.makeNodeAt(
            Array("disk".utf8), type: .blockDevice, permissions: 0o640, device: DeviceNumber(major: 259, minor: 70_000))
    }

    private func makeAttributes() throws {
        let root = try openRoot()
        try directory.write("attributed", Array("with attributes".utf8))
        let name = Array("attributed".utf8)
        try ExtendedAttributes.set(Array("user.comment".utf8), to: Array("grüße\0x".utf8), at: root, name: name)
        try ExtendedAttributes.set(Array("user.empty".utf8), to: [], at: root, name: name)
        try directory.write("listed", Array("with an access control list".utf8))
        try ExtendedAttributes.set(
            Array("system.posix_acl_access".utf8), to: Self.accessList, at: root, name: Array("listed".utf8))
        try directory.write("long attribute", [])
        var generator = SeededGenerator(seed: 2)
        try ExtendedAttributes.set(
            Array("user.long".utf8), to: generator.bytes(3_000), at: root, name: Array("long attribute".utf8))
        try directory.makeDirectory("attributed directory")
        try ExtendedAttributes.set(
            Array("user.kind".utf8), to: Array("directory".utf8), at: root, name: Array("attributed directory".utf8))
    }

    /// `user::rw-`, `user:1234:r--`, `group::r--`, `mask::r--`, `other::---` (acl(5); version 2 of the kernel's form).
    private static let accessList: [UInt8] = {
        let entries: [(tag: UInt16, permissions: UInt16, number: UInt32)] = [
            (1, 6, .max), (2, 4, 1_234), (4, 4, .max), (0x10, 4, .max), (0x20, 0, .max),
        ]
        return entries.reduce(into: [2, 0, 0, 0]) { bytes, entry in
            bytes += [UInt8(entry.tag & 0xff), UInt8(entry.tag >> 8), UInt8(entry.permissions), 0]
            bytes += (0..<4).map { UInt8(truncatingIfNeeded: entry.number >> UInt32(8 * $0)) }
        }
    }()

    private func makeTimesAndOwners() throws {
        let root = try openRoot()
        let old = Timestamp(seconds: -86_400 * 365, nanoseconds: 123_456_789)
        try directory.write("old", Array("before 1970".utf8))
        try root.setTimesAt(Array("old".utf8), accessed: nil, modified: old)
        try root.setTimesAt(Array("link".utf8), accessed: nil, modified: old)
        try root.setTimesAt(Array("nothing".utf8), accessed: nil, modified: old)
        try directory.write("permissions", [])
        if isPrivileged {
            try root.setOwnerAt(Array("permissions".utf8), userID: 4_321, groupID: 65_533)
            try root.setOwnerAt(Array("link".utf8), userID: 77, groupID: 78)
        }
        try root.setPermissionsAt(Array("permissions".utf8), 0o6751)
        try root.setPermissionsAt(Array("nothing".utf8), 0o1777)
    }
}
