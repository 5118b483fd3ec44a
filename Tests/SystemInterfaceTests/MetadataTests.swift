import Glibc
import SystemInterface
import TestSupport
import Testing

@Suite("Owners, permissions and times")
struct MetadataTests {
    private let temporary: TemporaryDirectory
    private let name = Array("file".utf8)
    private let link = Array("link".utf8)

    init() throws {
        temporary = try TemporaryDirectory()
        try temporary.write("file", [1, 2, 3])
        try temporary.directory.symbolicLinkAt(link, target: name)
    }

    private func open() throws -> FileDescriptor {
        try temporary.directory.openAt(name, .readWrite)
    }

    @Test("All twelve permission bits are kept", arguments: [0, 0o644, 0o4755, 0o2755, 0o1777, 0o7777, 0o111])
    func permissions(bits: UInt16) throws {
        let file = try open()
        try temporary.directory.setPermissionsAt(name, bits)
        let status = try temporary.directory.statusAt(name)
        #expect(status.permissions == bits)
        #expect(status.mode == S_IFREG | UInt32(bits))
        try file.setPermissions(0o600)
        #expect(try file.status().permissions == 0o600)
        try file.setPermissions(bits)
        #expect(try file.status().permissions == bits)
    }

    @Test("A link's target is never given the link's permissions")
    func permissionsOfLink() throws {
        let before = try temporary.directory.statusAt(name)
        #expect(throws: SystemError(call: "fchmodat", path: "link", errno: .notSupported)) {
            try temporary.directory.setPermissionsAt(link, 0o777)
        }
        #expect(try temporary.directory.statusAt(name) == before)
    }

    @Test(
        "Times to the nanosecond are kept, before 1970 too",
        arguments: [
            Timestamp(seconds: 1_700_000_000, nanoseconds: 123_456_789), Timestamp(seconds: 0),
            Timestamp(seconds: -1, nanoseconds: 999_999_999), Timestamp(seconds: -1_000_000_000, nanoseconds: 1),
            Timestamp(seconds: 4_294_967_296, nanoseconds: 5),
        ])
    func times(moment: Timestamp) throws {
        let accessed = moment.adding(seconds: -100)
        try temporary.directory.setTimesAt(name, accessed: accessed, modified: moment)
        var status = try temporary.directory.statusAt(name)
        #expect(status.modified == moment)
        #expect(status.accessed == accessed)
        let file = try open()
        try file.setTimes(accessed: moment, modified: nil)
        status = try file.status()
        #expect(status.accessed == moment)
        #expect(status.modified == moment)
    }

    @Test("A time that is left out is left alone")
    func omittedTimes() throws {
        let first = Timestamp(seconds: 1000, nanoseconds: 1)
        let second = Timestamp(seconds: 2000, nanoseconds: 2)
        try temporary.directory.setTimesAt(name, accessed: first, modified: first)
        try temporary.directory.setTimesAt(name, accessed: nil, modified: second)
        var status = try temporary.directory.statusAt(name)
        #expect(status.accessed == first)
        #expect(status.modified == second)
        try temporary.directory.setTimesAt(name, accessed: second, modified: nil)
        status = try temporary.directory.statusAt(name)
        #expect(status.accessed == second)
        #expect(status.modified == second)
    }

    @Test("A link has times of its own")
    func timesOfLink() throws {
        let before = try temporary.directory.statusAt(name)
        let moment = Timestamp(seconds: -5, nanoseconds: 7)
        try temporary.directory.setTimesAt(link, accessed: moment, modified: moment)
        #expect(try temporary.directory.statusAt(link).modified == moment)
        #expect(try temporary.directory.statusAt(name) == before)
    }

    @Test("Owner and group are set, one at a time too", .enabled(if: Host.effectiveUserID == 0, "needs CAP_CHOWN"))
    func owner() throws {
        try temporary.directory.setOwnerAt(name, userID: 12345, groupID: nil)
        #expect(try temporary.directory.statusAt(name).userID == 12345)
        #expect(try temporary.directory.statusAt(name).groupID == Host.effectiveGroupID)
        try temporary.directory.setOwnerAt(name, userID: nil, groupID: 4_000_000_000)
        #expect(try temporary.directory.statusAt(name).userID == 12345)
        #expect(try temporary.directory.statusAt(name).groupID == 4_000_000_000)
        try temporary.directory.setOwnerAt(link, userID: 7, groupID: 8)
        #expect(try temporary.directory.statusAt(link).userID == 7)
        #expect(try temporary.directory.statusAt(name).userID == 12345)
        let file = try open()
        try file.setOwner(userID: 1, groupID: 2)
        #expect(try file.status().userID == 1)
        #expect(try file.status().groupID == 2)
    }

    @Test("A new owner loses the set-ID bits", .enabled(if: Host.effectiveUserID == 0, "needs CAP_CHOWN"))
    func ownerClearsSetID() throws {
        try temporary.directory.setPermissionsAt(name, 0o6755)
        try temporary.directory.setOwnerAt(name, userID: 12345, groupID: nil)
        #expect(try temporary.directory.statusAt(name).permissions == 0o755)
    }

    @Test(
        "The status is what the C library's lstat says",
        arguments: ["file", "link", ".", "/dev/null", "/proc/self/exe"])
    func statusAgrees(name: String) throws {
        let path = name.hasPrefix("/") ? FilePath(name) : temporary.path.appending(name)
        let status = try FileStatus(at: path)
        var expected = stat()
        #expect(path.withCString { lstat($0, &expected) } == 0)
        #expect(status.mode == expected.st_mode)
        #expect(status.linkCount == UInt64(expected.st_nlink))
        #expect(status.userID == expected.st_uid)
        #expect(status.groupID == expected.st_gid)
        #expect(status.size == UInt64(expected.st_size))
        #expect(status.blocks == UInt64(expected.st_blocks))
        #expect(status.inode == UInt64(expected.st_ino))
        #expect(status.device == UInt64(expected.st_dev))
        #expect(status.rawDevice.packed == UInt64(expected.st_rdev))
        #expect(
            status.modified
                == Timestamp(seconds: Int64(expected.st_mtim.tv_sec), nanoseconds: UInt32(expected.st_mtim.tv_nsec)))
        #expect(
            status.changed
                == Timestamp(seconds: Int64(expected.st_ctim.tv_sec), nanoseconds: UInt32(expected.st_ctim.tv_nsec)))
    }

    @Test("A link is followed only when that is asked for")
    func following() throws {
        #expect(try temporary.directory.statusAt(link).type == .symbolicLink)
        let target = try temporary.directory.statusAt(name)
        #expect(try temporary.directory.statusAt(link, followingLinks: true) == target)
        #expect(try open().status() == target)
    }

    @Test("The birth time, where there is one, is not after the last change")
    func born() throws {
        let status = try temporary.directory.statusAt(name)
        if let born = status.born { #expect(born <= status.changed) }
    }

    @Test("A missing file has no status")
    func missing() {
        #expect(throws: SystemError(call: "statx", path: "/nowhere/at/all", errno: .noEntry)) {
            try FileStatus(at: "/nowhere/at/all")
        }
        #expect(throws: SystemError(call: "statx", path: "", errno: .noEntry)) { try FileStatus(at: "") }
    }

    @Test("Every type comes back from its mode bits", arguments: FileType.allCases)
    func types(type: FileType) {
        #expect(FileType(mode: type.modeBits | 0o7777) == type)
    }

    @Test("Mode bits of no type are none", arguments: [0, 0o777, 0o030000, 0o170000] as [UInt32])
    func noType(mode: UInt32) {
        #expect(FileType(mode: mode) == nil)
    }
}
