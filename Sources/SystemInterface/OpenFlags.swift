import CLinux
import Glibc

/// How a file is opened (open(2)). O_CLOEXEC is always added: no descriptor leaks into a child by accident.
public struct OpenFlags: OptionSet, Sendable {
    /// The flags as the kernel takes them.
    public let rawValue: Int32

    /// Flags of the kernel's numbers.
    public init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// O_RDONLY, which is no bit at all
    public static let readOnly: OpenFlags = []
    /// O_WRONLY
    public static let writeOnly = OpenFlags(rawValue: O_WRONLY)
    /// O_RDWR
    public static let readWrite = OpenFlags(rawValue: O_RDWR)
    /// O_CREAT
    public static let create = OpenFlags(rawValue: O_CREAT)
    /// O_EXCL: with `create`, an existing name is EEXIST
    public static let exclusive = OpenFlags(rawValue: O_EXCL)
    /// O_TRUNC
    public static let truncate = OpenFlags(rawValue: O_TRUNC)
    /// O_APPEND
    public static let append = OpenFlags(rawValue: O_APPEND)
    /// O_NOFOLLOW: a symbolic link as the last name is ELOOP
    public static let noFollow = OpenFlags(rawValue: O_NOFOLLOW)
    /// O_DIRECTORY: anything but a directory is ENOTDIR
    public static let directory = OpenFlags(rawValue: O_DIRECTORY)
    /// O_NONBLOCK: opening a fifo doesn't wait for its other end
    public static let nonBlocking = OpenFlags(rawValue: O_NONBLOCK)
    /// O_NOCTTY: a terminal doesn't become the controlling one
    public static let noControllingTerminal = OpenFlags(rawValue: O_NOCTTY)
    /// O_NOATIME: reading leaves no trace; EPERM for whoever neither owns the file nor has CAP_FOWNER
    public static let noAccessTime = OpenFlags(rawValue: Int32(PASTFS_O_NOATIME))
    /// O_PATH: a place in the tree, neither read nor written
    public static let pathOnly = OpenFlags(rawValue: Int32(PASTFS_O_PATH))
    /// O_TMPFILE: a file without a name in the directory that is opened; needs `writeOnly` or `readWrite`
    public static let temporaryFile = OpenFlags(rawValue: Int32(PASTFS_O_TMPFILE) | O_DIRECTORY)
}
