/// What a backup run counted.
public struct SnapshotStatistics: Hashable, Sendable {
    /// Regular files, every name of a hard-linked one counted.
    public var files: UInt64 = 0
    /// Directories.
    public var directories: UInt64 = 0
    /// Symbolic links.
    public var symbolicLinks: UInt64 = 0
    /// Fifos, sockets and devices.
    public var others: UInt64 = 0
    /// Bytes of all regular files, each inode counted once.
    public var bytes: UInt64 = 0
    /// Files that the parent snapshot did not have.
    public var filesNew: UInt64 = 0
    /// Files that differ from the parent snapshot's.
    public var filesChanged: UInt64 = 0
    /// Files taken over from the parent snapshot without being read.
    public var filesUnchanged: UInt64 = 0
    /// Bytes that were read from files.
    public var bytesRead: UInt64 = 0
    /// Bytes of chunks, data and metadata, that the repository did not have.
    public var bytesNew: UInt64 = 0
    /// Bytes that the new chunks take in the repository, compressed and sealed.
    public var bytesStored: UInt64 = 0

    /// All zero.
    public init() {}
}
