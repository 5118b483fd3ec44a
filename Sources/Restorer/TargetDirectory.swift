import SystemInterface

/// An open directory in the destination, closed when the last who holds it lets go.
final class TargetDirectory: Sendable {
    let descriptor: FileDescriptor
    /// Whether this run made it: nobody else can enter it until all that is in it is there.
    let isNew: Bool
    /// Whether what is made in it is given an access control list by it (acl(5), default ACL).
    let givesAccessControl: Bool
    /// What it was when it was opened.
    let identity: FileStatus
    /// Whether a file that the process makes here belongs to the user and the group that it acts for: neither a
    /// set-group-ID bit nor a mount option gives it to the directory's, and no server to somebody else.
    let ownsAsProcess: Bool

    private static let flags: OpenFlags = [.readOnly, .directory, .noFollow]
    /// PATH_MAX of <linux/limits.h>.
    private static let pathBytesMax = 4096
    private static let defaultAccessControl = Array("system.posix_acl_default".utf8)

    private init(
        _ descriptor: consuming FileDescriptor, isNew: Bool, givesAccessControl: Bool? = nil
    ) throws(SystemError) {
        identity = try descriptor.status()
        ownsAsProcess = identity.userID == Host.effectiveUserID && identity.groupID == Host.effectiveGroupID
        self.isNew = isNew
        if let givesAccessControl {
            self.givesAccessControl = givesAccessControl
        } else {
            self.givesAccessControl = try ExtendedAttributes.get(Self.defaultAccessControl, at: descriptor) != nil
        }
        self.descriptor = descriptor
    }

    /// Opens the destination itself; whoever named it may have named a link to it.
    convenience init(destination: FilePath) throws(SystemError) {
        try self.init(FileDescriptor.open(destination, [.readOnly, .directory]), isNew: false)
    }

    /// Opens a directory that was there before; `path` has one name or several, and leads through no link.
    convenience init(existing path: [UInt8], in directory: TargetDirectory) throws(SystemError) {
        if path.count < Self.pathBytesMax {
            try self.init(directory.descriptor.openBeneath(path, Self.flags), isNew: false)
        } else {
            try self.init(Self.descend(path, from: directory.descriptor), isNew: false)
        }
    }

    /// Opens by one name after the other what is too deep for one call.
    private static func descend(
        _ path: [UInt8], from directory: borrowing FileDescriptor
    ) throws(SystemError) -> FileDescriptor {
        var place = try directory.openBeneath([UInt8(ascii: ".")], flags)
        for name in path.split(separator: UInt8(ascii: "/")) {
            let next = try place.openBeneath(Array(name), flags)
            place = next
        }
        return place
    }

    /// Makes a directory that only its owner can enter, and opens it.
    convenience init(making name: [UInt8], in directory: TargetDirectory) throws(SystemError) {
        try directory.descriptor.makeDirectoryAt(name, mode: 0o700)
        try self.init(
            directory.descriptor.openBeneath(name, Self.flags), isNew: true,
            givesAccessControl: directory.givesAccessControl)
    }

    /// What is kept of a directory while it is closed.
    struct Trace {
        fileprivate let identity: FileStatus
        fileprivate let isNew: Bool
        fileprivate let givesAccessControl: Bool
    }

    /// What is to be kept of it when it is closed.
    var trace: Trace { Trace(identity: identity, isNew: isNew, givesAccessControl: givesAccessControl) }

    /// Opens the directory above `below`, if it is `expected` and no other.
    convenience init?(above below: TargetDirectory, expected: Trace) {
        // The one step that leads up, and so the one that cannot be asked to stay beneath.
        guard let descriptor = try? below.descriptor.openAt([0x2E, 0x2E], Self.flags),
            let found = try? descriptor.status(), found.isSameInode(as: expected.identity)
        else { return nil }
        try? self.init(descriptor, isNew: expected.isNew, givesAccessControl: expected.givesAccessControl)
    }

    /// What stands under a name, or nil.
    func status(of name: [UInt8]) throws(SystemError) -> FileStatus? {
        do throws(SystemError) {
            return try descriptor.statusAt(name)
        } catch {
            if error.errno == .noEntry { return nil }
            throw error
        }
    }
}

extension FileStatus {
    /// Whether both are of one inode.
    func isSameInode(as other: FileStatus) -> Bool { inode == other.inode && device == other.device }
}
