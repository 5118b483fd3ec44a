import Repository
import SystemInterface

/// What stat(2) says of a node, and for how long.
public struct NodeAttributes: Hashable, Sendable {
    /// The node.
    public var node: NodeID
    /// The inode number, by which programs tell files apart.
    public var inode: UInt64
    /// What it is.
    public var type: FileType
    /// The lower twelve bits of the mode.
    public var permissions: UInt16
    /// How many names it has; 1 for every directory.
    public var linkCount: UInt64
    /// The owner.
    public var userID: UInt32
    /// The owning group.
    public var groupID: UInt32
    /// The size in bytes. Of a directory `ViewLimits.directoryBytes`, of a link the length of its target.
    public var size: UInt64
    /// What it takes on a disk, in blocks of 512 bytes: its data without its holes, rounded up to 4,096 bytes.
    public var blocks: UInt64
    /// The device that a device node stands for.
    public var deviceNumber: DeviceNumber?
    /// When the content changed last. It is the time of the last access too, because that is not recorded.
    public var modified: Timestamp
    /// When the inode changed last.
    public var changed: Timestamp
    /// When the file was created, if that is known.
    public var born: Timestamp?
    /// How long these attributes hold, in seconds.
    public var validitySeconds: Double
    /// How long the name that led here holds, in seconds.
    public var nameValiditySeconds: Double
}

/// The answer to a look-up.
public enum LookupResult: Hashable, Sendable {
    /// The name is there. The node has been given one reference, to be returned with `forget`.
    case found(NodeAttributes)
    /// The name is not there, and will not be for so many seconds.
    case absent(validitySeconds: Double)
}
