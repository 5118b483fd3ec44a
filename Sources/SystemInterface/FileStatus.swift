import CLinux
import Glibc

/// What the kernel knows of a file (statx(2)).
public struct FileStatus: Hashable, Sendable {
    /// What it is.
    public let type: FileType
    /// The twelve permission bits: read, write, execute thrice, sticky, set-group-ID, set-user-ID.
    public let permissions: UInt16
    /// How many names it has.
    public let linkCount: UInt64
    /// Its owner.
    public let userID: UInt32
    /// Its group.
    public let groupID: UInt32
    /// Its size in bytes; of a symbolic link, its target's.
    public let size: UInt64
    /// How many blocks of 512 bytes it takes.
    public let blocks: UInt64
    /// Its number on its device.
    public let inode: UInt64
    /// Where it lies, in glibc's 64-bit form of dev_t.
    public let device: UInt64
    /// What a device node stands for; zero for anything else.
    public let rawDevice: DeviceNumber
    /// When it was last read, as far as the mount keeps that.
    public let accessed: Timestamp
    /// When its contents last changed.
    public let modified: Timestamp
    /// When its contents or its metadata last changed; the kernel's alone to set.
    public let changed: Timestamp
    /// When it was made, where the file system keeps that.
    public let born: Timestamp?
    /// Whether it is marked as not to be backed up (chattr(1), attribute `d`); false where the file system keeps no such mark.
    public let isNotToBeDumped: Bool

    /// Type and permissions in one number, as st_mode.
    public var mode: UInt32 { type.modeBits | UInt32(permissions) }

    /// Reads the status of `path`; of the link itself unless `followingLinks`.
    public init(at path: FilePath, followingLinks: Bool = false) throws(SystemError) {
        self = try FileDescriptor.workingDirectory.statusAt(path.bytes, followingLinks: followingLinks)
    }

    /// Translates the kernel's answer, or nil where it names no known type or an impossible time.
    init?(_ answer: statx) {
        guard let type = FileType(mode: UInt32(answer.stx_mode)),
            let accessed = Timestamp(answer.stx_atime),
            let modified = Timestamp(answer.stx_mtime),
            let changed = Timestamp(answer.stx_ctime)
        else { return nil }
        self.type = type
        permissions = answer.stx_mode & 0o7777
        linkCount = UInt64(answer.stx_nlink)
        userID = answer.stx_uid
        groupID = answer.stx_gid
        size = answer.stx_size
        blocks = answer.stx_blocks
        inode = answer.stx_ino
        device = pastfs_makedev(answer.stx_dev_major, answer.stx_dev_minor)
        rawDevice =
            type.isDevice
            ? DeviceNumber(major: answer.stx_rdev_major, minor: answer.stx_rdev_minor)
            : DeviceNumber(major: 0, minor: 0)
        self.accessed = accessed
        self.modified = modified
        self.changed = changed
        isNotToBeDumped = answer.stx_attributes & UInt64(STATX_ATTR_NODUMP) != 0
        born = answer.stx_mask & UInt32(STATX_BTIME) != 0 ? Timestamp(answer.stx_btime) : nil
    }
}

extension Timestamp {
    fileprivate init?(_ time: statx_timestamp) {
        self.init(seconds: time.tv_sec, uncheckedNanoseconds: UInt64(time.tv_nsec))
    }
}
