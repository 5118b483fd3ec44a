import CLinux
import Glibc

/// Size, room and kind of a file system (statfs(2)).
public struct FileSystemStatistics: Hashable, Sendable {
    /// The magic number of its kind, as 0xEF53 for ext4.
    public let type: UInt64
    /// The unit in which it counts its room, in bytes.
    public let blockBytes: UInt64
    /// Its size in bytes.
    public let totalBytes: UInt64
    /// The bytes that are free.
    public let freeBytes: UInt64
    /// The free bytes that a process without privileges may take.
    public let availableBytes: UInt64
    /// How many inodes it can have; 0 where it doesn't count them.
    public let inodes: UInt64
    /// How many of them are free.
    public let freeInodes: UInt64
    /// The longest name in bytes.
    public let nameBytesMax: Int

    /// The statistics of the file system that holds `path`.
    public init(at path: FilePath) throws(SystemError) {
        var answer = statfs()
        try systemCall("statfs", name: path.bytes) { statfs($0, &answer) }
        self.init(answer)
    }

    init(_ answer: statfs) {
        let unit = UInt64(clamping: answer.f_frsize > 0 ? answer.f_frsize : answer.f_bsize)
        type = UInt64(truncatingIfNeeded: answer.f_type)
        blockBytes = unit
        totalBytes = Self.product(UInt64(answer.f_blocks), unit)
        freeBytes = Self.product(UInt64(answer.f_bfree), unit)
        availableBytes = Self.product(UInt64(answer.f_bavail), unit)
        inodes = UInt64(answer.f_files)
        freeInodes = UInt64(answer.f_ffree)
        nameBytesMax = Int(answer.f_namelen)
    }

    /// A network's file server may answer anything.
    private static func product(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let (value, overflow) = left.multipliedReportingOverflow(by: right)
        return overflow ? .max : value
    }
}
