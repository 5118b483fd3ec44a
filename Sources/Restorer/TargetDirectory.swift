import Synchronization
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
    /// The names that it had when it was opened; nil where nobody will ask.
    let before: NamesBefore?
    private let renaming = Mutex<Void>(())

    private static let flags: OpenFlags = [.readOnly, .directory, .noFollow]
    /// PATH_MAX of <linux/limits.h>.
    private static let pathBytesMax = 4096
    private static let defaultAccessControl = Array("system.posix_acl_default".utf8)

    private init(
        _ descriptor: consuming FileDescriptor, isNew: Bool, before: NamesBefore?, givesAccessControl: Bool? = nil
    ) throws(SystemError) {
        identity = try descriptor.status()
        ownsAsProcess = identity.userID == Host.effectiveUserID && identity.groupID == Host.effectiveGroupID
        self.isNew = isNew
        self.before = before
        if let givesAccessControl {
            self.givesAccessControl = givesAccessControl
        } else {
            self.givesAccessControl = try ExtendedAttributes.get(Self.defaultAccessControl, at: descriptor) != nil
        }
        self.descriptor = descriptor
    }

    /// Opens the destination itself; whoever named it may have named a link to it.
    convenience init(destination: FilePath, isListed: Bool = true) throws(SystemError) {
        let descriptor = try FileDescriptor.open(destination, [.readOnly, .directory])
        let before = isListed ? try Self.list(descriptor) : nil
        try self.init(descriptor, isNew: false, before: before)
    }

    /// Opens a directory that was there before; `path` has one name or several, and leads through no link.
    convenience init(existing path: [UInt8], in directory: TargetDirectory, isListed: Bool) throws(SystemError) {
        let descriptor =
            path.count < Self.pathBytesMax
            ? try directory.descriptor.openBeneath(path, Self.flags)
            : try Self.descend(path, from: directory.descriptor)
        let before = isListed ? try Self.list(descriptor) : nil
        try self.init(descriptor, isNew: false, before: before)
    }

    /// Opens a directory that was there before, and says whether another mount begins there, a bind mount too.
    static func join(
        _ name: [UInt8], in directory: TargetDirectory
    ) throws(SystemError) -> (directory: TargetDirectory, isMountPoint: Bool) {
        do throws(SystemError) {
            let descriptor = try directory.descriptor.openBeneath(
                name, flags, resolution: [.beneath, .noLinks, .oneMount])
            let before = try list(descriptor)
            return (try TargetDirectory(descriptor, isNew: false, before: before), false)
        } catch {
            guard error.errno == .otherDevice else { throw error }
        }
        return (try TargetDirectory(existing: name, in: directory, isListed: true), true)
    }

    private static func list(_ directory: borrowing FileDescriptor) throws(SystemError) -> NamesBefore {
        NamesBefore(try directory.directoryEntries().map(\.name))
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

    /// Makes a directory that only its owner can enter, and opens it; ENOTEMPTY where it is another by then.
    convenience init(making name: [UInt8], in directory: TargetDirectory) throws(SystemError) {
        try directory.descriptor.makeDirectoryAt(name, mode: 0o700)
        let descriptor = try directory.descriptor.openBeneath(name, Self.flags)
        try Self.checkEmpty(descriptor, name)
        // Who may write to the directory above can have put another one in its place, and some file systems give what is
        // made to whom they like: either is closed as far as it can be, and taken for one that was there before.
        let isNew = Self.isClosed(try descriptor.status())
        if !isNew {
            try? descriptor.setOwner(userID: Host.effectiveUserID, groupID: Host.effectiveGroupID)
            try? descriptor.setPermissions(0o700)
            try Self.checkEmpty(descriptor, name)
        }
        try self.init(
            descriptor, isNew: isNew, before: NamesBefore([]),
            givesAccessControl: isNew ? directory.givesAccessControl : nil)
    }

    /// Whether nobody but the user that the process acts for can enter.
    private static func isClosed(_ status: FileStatus) -> Bool {
        status.userID == Host.effectiveUserID && status.permissions & 0o077 == 0
    }

    private static func checkEmpty(_ directory: borrowing FileDescriptor, _ name: [UInt8]) throws(SystemError) {
        guard try directory.directoryEntries().isEmpty else {
            throw SystemError(call: "mkdirat", path: FilePath(name), errno: .notEmpty)
        }
    }

    /// What is kept of a directory while it is closed.
    struct Trace {
        fileprivate let identity: FileStatus
        fileprivate let isNew: Bool
        fileprivate let givesAccessControl: Bool
        fileprivate let before: NamesBefore?
    }

    /// What is to be kept of it when it is closed.
    var trace: Trace {
        Trace(identity: identity, isNew: isNew, givesAccessControl: givesAccessControl, before: before)
    }

    /// Opens the directory above `below`, if it is `expected` and no other.
    convenience init?(above below: TargetDirectory, expected: Trace) {
        // The one step that leads up, and so the one that cannot be asked to stay beneath.
        guard let descriptor = try? below.descriptor.openAt([0x2E, 0x2E], Self.flags),
            let found = try? descriptor.status(), found.isSameInode(as: expected.identity)
        else { return nil }
        try? self.init(
            descriptor, isNew: expected.isNew, before: expected.before,
            givesAccessControl: expected.givesAccessControl)
    }

    /// Gives what has a temporary name its own, which must not be there. Of the threads of this run only one at a time
    /// does so, since here another name can be the same.
    func renameWhereFree(_ temporary: [UInt8], to name: [UInt8]) throws(SystemError) {
        try renaming.withLock { _ throws(SystemError) in
            guard try status(of: name) == nil else {
                throw SystemError(call: "renameat2", path: FilePath(name), errno: .alreadyExists)
            }
            try descriptor.renameAt(temporary, to: descriptor, name, replacing: true)
        }
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
