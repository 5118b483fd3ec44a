import SystemInterface

/// One name in a directory, and everything that a file system knows of what it names.
public struct TreeEntry: Hashable, Sendable {
    /// The name: 1 to 255 bytes, neither `.` nor `..`, without `/` and NUL. Only a snapshot's root has an empty one.
    public var name: [UInt8]
    /// What it is.
    public var type: FileType
    /// The lower twelve bits of the mode: permissions, set-user-ID, set-group-ID and sticky.
    public var permissions: UInt16
    /// The owner.
    public var userID: UInt32
    /// The owning group.
    public var groupID: UInt32
    /// The owner's name on the host that was backed up, where it had one.
    public var userName: String?
    /// The group's name on the host that was backed up, where it had one.
    public var groupName: String?
    /// Bytes of a regular file's content; 0 for everything else.
    public var size: UInt64
    /// When the content changed last.
    public var modified: Timestamp
    /// When the inode changed last.
    public var changed: Timestamp
    /// When the file was created, where the file system told.
    public var born: Timestamp?
    /// The inode's number on the host that was backed up. With `device` it groups hard links and finds changes.
    public var inode: UInt64
    /// The device of that inode, as makedev(3) numbers it.
    public var device: UInt64
    /// How many names the inode had on the host that was backed up; 1 for a directory.
    public var linkCount: UInt64
    /// The device that a device node stands for.
    public var deviceNumber: DeviceNumber?
    /// What a symbolic link points to: 1 to 4,095 bytes without NUL; empty for everything else.
    public var symbolicLinkTarget: [UInt8]
    /// Extended attributes, POSIX ACLs and capabilities among them.
    public var extendedAttributes: ExtendedAttributeSet
    /// Whether the source has attributes that could not be saved: who saves it again has to ask for them again.
    public var lacksAttributes: Bool
    /// Whether a directory had more than this snapshot has, or may have had, which nobody was to save and no pattern tells of:
    /// it was only passed through on the way to a source, another file system begins there, or something in it was left out
    /// for what it is.
    public var isPassedThrough: Bool
    /// Where the bytes of a file, or the entries of a directory, are.
    public var content: EntryContent

    /// An entry with the given identity and neither attributes nor content.
    public init(
        name: [UInt8], type: FileType, permissions: UInt16 = 0, userID: UInt32 = 0, groupID: UInt32 = 0,
        modified: Timestamp = .zero, changed: Timestamp = .zero, inode: UInt64 = 0, device: UInt64 = 0,
        linkCount: UInt64 = 1, content: EntryContent = .none
    ) {
        self.name = name
        self.type = type
        self.permissions = permissions
        self.userID = userID
        self.groupID = groupID
        self.userName = nil
        self.groupName = nil
        self.size = 0
        self.modified = modified
        self.changed = changed
        self.born = nil
        self.inode = inode
        self.device = device
        self.linkCount = linkCount
        self.deviceNumber = nil
        self.symbolicLinkTarget = []
        self.extendedAttributes = .inline([])
        self.lacksAttributes = false
        self.isPassedThrough = false
        self.content = content
    }

    /// Whether several names of the source shared this inode.
    public var isHardLinked: Bool { type != .directory && linkCount > 1 }
}
