import CFuse
import Glibc
import SnapshotView
import SystemInterface

extension stat {
    /// What stat(2) shows of a node.
    init(_ attributes: NodeAttributes) {
        self.init()
        st_ino = UInt(attributes.inode)
        st_mode = attributes.type.modeBits | UInt32(attributes.permissions)
        st_nlink = UInt(attributes.linkCount)
        st_uid = attributes.userID
        st_gid = attributes.groupID
        st_rdev = UInt(attributes.deviceNumber?.packed ?? 0)
        st_size = off_t(clamping: attributes.size)
        st_blksize = blksize_t(ViewLimits.blockBytes)
        st_blocks = blkcnt_t(clamping: attributes.blocks)
        st_mtim = timespec(attributes.modified)
        st_atim = st_mtim
        st_ctim = timespec(attributes.changed)
    }
}

extension timespec {
    fileprivate init(_ moment: Timestamp) {
        self.init(tv_sec: Int(moment.seconds), tv_nsec: Int(moment.nanoseconds))
    }
}

extension fuse_entry_param {
    /// A name that is there.
    init(_ attributes: NodeAttributes) {
        self.init()
        ino = attributes.node.rawValue
        attr = stat(attributes)
        attr_timeout = attributes.validitySeconds
        entry_timeout = attributes.nameValiditySeconds
    }

    /// A name that is not there: node 0 is remembered by the kernel, which ENOENT would not be.
    init(absentFor seconds: Double) {
        self.init()
        entry_timeout = seconds
    }
}

extension statvfs {
    /// What statvfs(3) shows.
    init(_ statistics: ViewStatistics) {
        self.init()
        f_bsize = UInt(statistics.blockBytes)
        f_frsize = UInt(statistics.blockBytes)
        f_blocks = fsblkcnt_t(statistics.blocks)
        f_namemax = UInt(statistics.nameBytesMax)
    }
}
