import Glibc

/// What a directory entry is (inode(7), S_IFMT). The numbers are part of the repository's format.
public enum FileType: UInt8, Sendable, CaseIterable {
    /// S_IFREG
    case regular = 1
    /// S_IFDIR
    case directory = 2
    /// S_IFLNK
    case symbolicLink = 3
    /// S_IFIFO
    case fifo = 4
    /// S_IFSOCK
    case socket = 5
    /// S_IFCHR
    case characterDevice = 6
    /// S_IFBLK
    case blockDevice = 7

    /// The type in a mode's upper bits, or nil where they name none.
    @inlinable
    public init?(mode: UInt32) {
        switch mode & S_IFMT {
        case S_IFREG: self = .regular
        case S_IFDIR: self = .directory
        case S_IFLNK: self = .symbolicLink
        case S_IFIFO: self = .fifo
        case S_IFSOCK: self = .socket
        case S_IFCHR: self = .characterDevice
        case S_IFBLK: self = .blockDevice
        default: return nil
        }
    }

    /// The type that getdents64(2) gave, or nil for DT_UNKNOWN; DT_ values are a mode's upper bits (<dirent.h>, IFTODT).
    @inlinable
    init?(directoryEntryType: UInt8) {
        self.init(mode: UInt32(directoryEntryType) << 12)
    }

    /// The upper bits of a mode.
    @inlinable
    public var modeBits: UInt32 {
        switch self {
        case .regular: S_IFREG
        case .directory: S_IFDIR
        case .symbolicLink: S_IFLNK
        case .fifo: S_IFIFO
        case .socket: S_IFSOCK
        case .characterDevice: S_IFCHR
        case .blockDevice: S_IFBLK
        }
    }

    /// Whether a node of this type stands for a device.
    public var isDevice: Bool { self == .characterDevice || self == .blockDevice }
}
