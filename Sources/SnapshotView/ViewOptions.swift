import Repository
import SystemInterface

/// How a view shows a repository.
public struct ViewOptions: Sendable {
    /// How snapshots are called.
    public typealias NameStyle = SnapshotNameStyle

    /// How many bytes of decoded chunks are kept.
    public var cacheBytes: Int
    /// What inode numbers stand for.
    public var inodeNumbers: InodeNumberMode
    /// Whether every chunk's name is computed anew from its bytes when it is decoded.
    public var verifies = false
    /// Whether files of one version have one node wherever they are shown, so that whoever caches by node keeps their
    /// bytes once. Without that the path of a node tells where it was found, which an access log needs.
    public var sharesNodes = true
    /// Who owns the directories that the view adds (`snapshots`, `hosts`, …): a user's number.
    public var userID: UInt32
    /// The group of these directories.
    public var groupID: UInt32
    /// Which snapshots are shown.
    public var filter = SnapshotFilter()
    /// How snapshots are called.
    public var nameStyle = SnapshotNameStyle.utc
    /// How entries are shown otherwise than they are stored.
    public var presentation = Presentation()
    /// What "two seconds ago" is measured with.
    public var clock: any WallClock

    /// The usual view for a user.
    public init(
        cacheBytes: Int = ViewLimits.cacheBytesDefault, inodeNumbers: InodeNumberMode = .version, userID: UInt32 = 0,
        groupID: UInt32 = 0, clock: any WallClock
    ) {
        self.cacheBytes = cacheBytes
        self.inodeNumbers = inodeNumbers
        self.userID = userID
        self.groupID = groupID
        self.clock = clock
    }
}

/// What an inode number stands for.
public enum InodeNumberMode: String, Hashable, Sendable, CaseIterable {
    /// One number for one version: what did not change between two snapshots has the same number in both.
    case version
    /// Every snapshot has numbers of its own.
    case unique
}
