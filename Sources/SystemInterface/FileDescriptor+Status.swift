import CLinux
import Glibc

extension FileDescriptor {
    /// What the kernel is asked for: everything but what costs more than the inode.
    private static let statusMask = UInt32(STATX_BASIC_STATS) | UInt32(STATX_BTIME)

    /// The status of the open file itself (statx(2), AT_EMPTY_PATH).
    public func status() throws(SystemError) -> FileStatus {
        var answer = statx()
        try systemCall("statx") {
            "".withCString { pastfs_statx(rawValue, $0, Int32(PASTFS_AT_EMPTY_PATH), Self.statusMask, &answer) }
        }
        guard let status = FileStatus(answer) else { throw SystemError(call: "statx", errno: .overflow) }
        return status
    }

    /// The status of `name` in this directory; of the link itself unless `followingLinks` (statx(2)).
    ///
    /// No automount is set off by it.
    public func statusAt(_ name: [UInt8], followingLinks: Bool = false) throws(SystemError) -> FileStatus {
        var answer = statx()
        let flags = Int32(PASTFS_AT_NO_AUTOMOUNT) | (followingLinks ? 0 : AT_SYMLINK_NOFOLLOW)
        try systemCall("statx", name: name) { pastfs_statx(rawValue, $0, flags, Self.statusMask, &answer) }
        guard let status = FileStatus(answer) else {
            throw SystemError(call: "statx", path: FilePath(name), errno: .overflow)
        }
        return status
    }

    /// The number of the device that `name` in this directory lies on, as far as the kernel knows it by itself (statx(2),
    /// AT_STATX_DONT_SYNC, with nothing asked for).
    ///
    /// A mount of FUSE tells no more to users other than its own, and none at all once its server is gone.
    public func deviceAt(_ name: [UInt8]) throws(SystemError) -> UInt64 {
        var answer = statx()
        let flags = Int32(PASTFS_AT_NO_AUTOMOUNT) | Int32(PASTFS_AT_STATX_DONT_SYNC) | AT_SYMLINK_NOFOLLOW
        try systemCall("statx", name: name) { pastfs_statx(rawValue, $0, flags, 0, &answer) }
        return pastfs_makedev(answer.stx_dev_major, answer.stx_dev_minor)
    }

    /// Size, room and kind of the file system that the open file lies on (fstatfs(2)).
    public func fileSystemStatistics() throws(SystemError) -> FileSystemStatistics {
        var answer = statfs()
        try systemCall("fstatfs") { fstatfs(rawValue, &answer) }
        return FileSystemStatistics(answer)
    }

    /// The file system's magic number (statfs(2), f_type).
    public func fileSystemType() throws(SystemError) -> UInt64 {
        try fileSystemStatistics().type
    }
}
