import CFuse

/// The kinds of request that are counted, by the names that view and mount use.
public enum RequestKind: Int, Hashable, Sendable, CaseIterable {
    /// A name in a directory (LOOKUP).
    case lookup
    /// stat(2) of what is not cached (GETATTR).
    case attributes
    /// The target of a symbolic link (READLINK).
    case link
    /// Opening a file or directory (OPEN, OPENDIR); asked once, unless accesses are logged.
    case open
    /// Bytes of a file (READ).
    case read
    /// Names of a directory (READDIR).
    case names
    /// Names of a directory with attributes (READDIRPLUS).
    case entries
    /// An extended attribute (GETXATTR).
    case extendedAttribute
    /// The names of extended attributes (LISTXATTR).
    case extendedAttributeNames
    /// Data and holes (LSEEK).
    case seek
    /// References given back (FORGET, BATCH_FORGET).
    case forget
    /// Everything else.
    case other

    /// The kind of a number of `enum fuse_opcode` in linux/fuse.h.
    init(operationCode: UInt32) {
        switch fuse_opcode(rawValue: operationCode) {
        case FUSE_LOOKUP: self = .lookup
        case FUSE_GETATTR: self = .attributes
        case FUSE_READLINK: self = .link
        case FUSE_OPEN, FUSE_OPENDIR: self = .open
        case FUSE_READ: self = .read
        case FUSE_READDIR: self = .names
        case FUSE_READDIRPLUS: self = .entries
        case FUSE_GETXATTR: self = .extendedAttribute
        case FUSE_LISTXATTR: self = .extendedAttributeNames
        case FUSE_LSEEK: self = .seek
        case FUSE_FORGET, FUSE_BATCH_FORGET: self = .forget
        default: self = .other
        }
    }

    /// Whether it has an offset and a size.
    var isReading: Bool { self == .read || self == .names || self == .entries }
}
