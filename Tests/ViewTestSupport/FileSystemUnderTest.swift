import SystemInterface

/// A tree of files that a test asks: a directory of the source, a view in process, or a mounted one.
///
/// Paths are relative to the tree's root; an empty path is the root. Errors are the kernel's.
package protocol FileSystemUnderTest: Sendable {
    /// What lstat(2) says.
    func status(_ path: FilePath) throws(Errno) -> FileFacts
    /// The names in a directory, without `.` and `..`, in the order of the listing.
    func names(_ path: FilePath) throws(Errno) -> [[UInt8]]
    /// The target of a symbolic link.
    func readLink(_ path: FilePath) throws(Errno) -> [UInt8]
    /// Bytes of a file: `count` of them, or up to its end.
    func read(_ path: FilePath, at offset: UInt64, count: Int) throws(Errno) -> [UInt8]
    /// The next data at or behind `offset`, or nil.
    func nextData(_ path: FilePath, from offset: UInt64) throws(Errno) -> UInt64?
    /// The next hole at or behind `offset`, or nil.
    func nextHole(_ path: FilePath, from offset: UInt64) throws(Errno) -> UInt64?
    /// Extended attributes, sorted by name.
    func extendedAttributes(_ path: FilePath) throws(Errno) -> [ExtendedAttribute]
}

/// What a file system says of a file, as far as a backup keeps it.
package struct FileFacts: Hashable, Sendable {
    package var type: FileType
    package var permissions: UInt16
    package var linkCount: UInt64
    package var userID: UInt32
    package var groupID: UInt32
    package var size: UInt64
    package var blocks: UInt64
    package var inode: UInt64
    package var device: DeviceNumber?
    package var modified: Timestamp
    package var changed: Timestamp

    package init(
        type: FileType, permissions: UInt16, linkCount: UInt64, userID: UInt32, groupID: UInt32, size: UInt64,
        blocks: UInt64, inode: UInt64, device: DeviceNumber?, modified: Timestamp, changed: Timestamp
    ) {
        self.type = type
        self.permissions = permissions
        self.linkCount = linkCount
        self.userID = userID
        self.groupID = groupID
        self.size = size
        self.blocks = blocks
        self.inode = inode
        self.device = device
        self.modified = modified
        self.changed = changed
    }
}
