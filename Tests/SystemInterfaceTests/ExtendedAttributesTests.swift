import SystemInterface
import TestSupport
import Testing

@Suite("Extended attributes")
struct ExtendedAttributesTests {
    private let temporary: TemporaryDirectory
    private let file = Array("file".utf8)
    private let comment = Array("user.comment".utf8)

    init() throws {
        temporary = try TemporaryDirectory()
        try temporary.write("file", [1])
    }

    @Test("A file without attributes has none")
    func none() throws {
        #expect(try ExtendedAttributes.list(at: temporary.directory, name: file) == [])
        #expect(try ExtendedAttributes.list(at: temporary.directory) == [])
        #expect(try ExtendedAttributes.get(comment, at: temporary.directory, name: file) == nil)
    }

    @Test(
        "Values of any bytes and sizes come back, by name and by descriptor", arguments: [0, 1, 1023, 1024, 1025, 3000])
    func values(count: Int) throws {
        var generator = SeededGenerator(seed: UInt64(count))
        let value = generator.bytes(count)
        try ExtendedAttributes.set(comment, to: value, at: temporary.directory, name: file)
        let expected = [ExtendedAttribute(name: comment, value: value)]
        #expect(try ExtendedAttributes.list(at: temporary.directory, name: file) == expected)
        let open = try temporary.directory.openAt(file)
        #expect(try ExtendedAttributes.list(at: open) == expected)
        #expect(try ExtendedAttributes.get(comment, at: open) == value)
        try ExtendedAttributes.set(comment, to: [9], at: open)
        #expect(try ExtendedAttributes.get(comment, at: temporary.directory, name: file) == [9])
        try ExtendedAttributes.remove(comment, at: open)
        #expect(try ExtendedAttributes.list(at: open) == [])
    }

    @Test("Attributes come in byte order of their names, also when the names fill more than the first buffer")
    func order() throws {
        let names = (0..<12).reversed().map { number in
            Array("user.\(number < 10 ? "0" : "")\(number)".utf8) + [UInt8](repeating: 0x61, count: 120)
        }
        for name in names { try ExtendedAttributes.set(name, to: [1], at: temporary.directory, name: file) }
        #expect(try ExtendedAttributes.list(at: temporary.directory, name: file).map(\.name) == names.reversed())
    }

    @Test("A directory has attributes of its own")
    func directory() throws {
        try ExtendedAttributes.set(comment, to: [5], at: temporary.directory)
        #expect(try ExtendedAttributes.get(comment, at: temporary.directory) == [5])
        #expect(try ExtendedAttributes.list(at: temporary.directory, name: file) == [])
        try ExtendedAttributes.remove(comment, at: temporary.directory)
        #expect(try ExtendedAttributes.list(at: temporary.directory) == [])
    }

    @Test("A symbolic link is not followed", .enabled(if: Host.effectiveUserID == 0, "needs CAP_SYS_ADMIN"))
    func symbolicLink() throws {
        let link = Array("link".utf8)
        let trusted = Array("trusted.pastfs".utf8)
        try temporary.directory.symbolicLinkAt(link, target: file)
        try ExtendedAttributes.set(trusted, to: [7], at: temporary.directory, name: link)
        #expect(
            try ExtendedAttributes.list(at: temporary.directory, name: link)
                == [ExtendedAttribute(name: trusted, value: [7])])
        #expect(try ExtendedAttributes.list(at: temporary.directory, name: file) == [])
        try ExtendedAttributes.remove(trusted, at: temporary.directory, name: link)
        #expect(try ExtendedAttributes.list(at: temporary.directory, name: link) == [])
    }

    @Test("Access control lists come back as bytes")
    func accessControlList() throws {
        // posix_acl_xattr of <linux/posix_acl_xattr.h>, version 2: owner rw-, user 1234 r--, group r--, mask r--, other ---.
        let entries: [(tag: UInt8, permissions: UInt8, id: [UInt8])] = [
            (0x01, 6, [0xFF, 0xFF, 0xFF, 0xFF]), (0x02, 4, [0xD2, 0x04, 0, 0]), (0x04, 4, [0xFF, 0xFF, 0xFF, 0xFF]),
            (0x10, 4, [0xFF, 0xFF, 0xFF, 0xFF]), (0x20, 0, [0xFF, 0xFF, 0xFF, 0xFF]),
        ]
        var list: [UInt8] = [2, 0, 0, 0]
        for entry in entries { list += [entry.tag, 0, entry.permissions, 0] + entry.id }
        let name = Array("system.posix_acl_access".utf8)
        try ExtendedAttributes.set(name, to: list, at: temporary.directory, name: file)
        #expect(
            try ExtendedAttributes.list(at: temporary.directory, name: file) == [
                ExtendedAttribute(name: name, value: list)
            ])
        #expect(try temporary.directory.statusAt(file).permissions == 0o640)
    }

    @Test("Names of 255 bytes that are not text are no obstacle")
    func strangeFileName() throws {
        let strange = [UInt8](repeating: 0xFF, count: 255)
        try temporary.directory.makeNodeAt(strange, type: .regular, permissions: 0o600)
        try ExtendedAttributes.set(comment, to: [1], at: temporary.directory, name: strange)
        #expect(try ExtendedAttributes.get(comment, at: temporary.directory, name: strange) == [1])
    }

    @Test("A file system without attributes has none to list")
    func unsupported() throws {
        let proc = try FileDescriptor.open("/proc/self", .directory)
        let status = Array("status".utf8)
        #expect(try ExtendedAttributes.list(at: proc, name: status).filter { $0.name.starts(with: "user.".utf8) } == [])
        #expect(try ExtendedAttributes.get(comment, at: proc, name: status) == nil)
    }

    @Test(
        "A file system without attributes refuses to set any",
        .enabled(if: Host.effectiveUserID == 0, "anyone else is refused for want of permission first"))
    func unsupportedSet() throws {
        let proc = try FileDescriptor.open("/proc/self", .directory)
        let status = Array("status".utf8)
        #expect(throws: SystemError(call: "setxattr", path: "status", errno: .notSupported)) {
            try ExtendedAttributes.set(comment, to: [1], at: proc, name: status)
        }
    }

    @Test("Paths are taken by the working directory")
    func workingDirectory() throws {
        let path = temporary.path.appending(file).bytes
        try ExtendedAttributes.set(comment, to: [3], at: FileDescriptor.workingDirectory, name: path)
        #expect(try ExtendedAttributes.get(comment, at: FileDescriptor.workingDirectory, name: path) == [3])
    }

    @Test("Errors name the call and the file")
    func errors() {
        let missing = Array("missing".utf8)
        #expect(throws: SystemError(call: "listxattr", path: "missing", errno: .noEntry)) {
            try ExtendedAttributes.list(at: temporary.directory, name: missing)
        }
        #expect(throws: SystemError(call: "removexattr", path: "file", errno: .noData)) {
            try ExtendedAttributes.remove(comment, at: temporary.directory, name: file)
        }
        #expect(throws: SystemError(call: "setxattr", path: "file", errno: .invalidArgument)) {
            try ExtendedAttributes.set(Array("user.a\0b".utf8), to: [1], at: temporary.directory, name: file)
        }
        #expect(throws: SystemError(call: "getxattr", path: "file", errno: .invalidArgument)) {
            try ExtendedAttributes.get(Array("user.a\0b".utf8), at: temporary.directory, name: file)
        }
    }
}
