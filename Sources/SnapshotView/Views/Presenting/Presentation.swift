/// How what is stored is shown otherwise than it was.
///
/// Inode numbers are of what is stored: equal entries have equal numbers with any presentation.
public struct Presentation: Hashable, Sendable {
    /// What symbolic links show as their target.
    public enum SymbolicLinks: String, Hashable, Sendable, CaseIterable {
        /// What is stored.
        case stored
        /// Never a place outside of the snapshot: absolute targets begin at its root, and `..` ends there.
        case inside
    }

    /// The owner of everything, or nil for each entry's own.
    public var userID: UInt32?
    /// The group of everything, or nil for each entry's own.
    public var groupID: UInt32?
    /// Permissions that nothing has, as in umask(2).
    public var umask: UInt16
    /// What symbolic links show.
    public var symbolicLinks: SymbolicLinks

    /// Everything as it is stored, but for what is given.
    public init(
        userID: UInt32? = nil, groupID: UInt32? = nil, umask: UInt16 = 0, symbolicLinks: SymbolicLinks = .stored
    ) {
        self.userID = userID
        self.groupID = groupID
        self.umask = umask & 0o777
        self.symbolicLinks = symbolicLinks
    }

    /// Whether access control lists are left out: they name owners and grant permissions that are not shown, and the
    /// kernel would go by them.
    public var hidesAccessLists: Bool { userID != nil || groupID != nil || umask != 0 }

    /// The mode, owner and group that a directory of a snapshot, or of several, is shown with.
    func apply(to attributes: inout AddedAttributes) {
        attributes.permissions &= ~umask
        guard let owner = attributes.owner else { return }
        attributes.owner = (userID ?? owner.userID, groupID ?? owner.groupID)
    }

    /// Whether an extended attribute is an access control list (acl(5)).
    static func isAccessList(_ name: [UInt8]) -> Bool { name.starts(with: accessListPrefix) }

    private static let accessListPrefix = Array("system.posix_acl_".utf8)
}
