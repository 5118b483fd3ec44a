import SystemInterface

/// An open directory below the destination, closed when the last who holds it lets go.
final class TargetDirectory {
    let descriptor: FileDescriptor
    /// Whether what is made in it is given an access control list by it (acl(5), default ACL).
    let givesAccessControl: Bool
    private let status: FileStatus

    private static let flags: OpenFlags = [.readOnly, .directory, .noFollow]
    private static let defaultAccessControl = Array("system.posix_acl_default".utf8)

    private init(_ descriptor: consuming FileDescriptor, givesAccessControl: Bool?) throws(SystemError) {
        status = try descriptor.status()
        if let givesAccessControl {
            self.givesAccessControl = givesAccessControl
        } else {
            self.givesAccessControl = try ExtendedAttributes.get(Self.defaultAccessControl, at: descriptor) != nil
        }
        self.descriptor = descriptor
    }

    /// Opens the destination itself; whoever named it may have named a link to it.
    convenience init(destination: FilePath) throws(SystemError) {
        try self.init(FileDescriptor.open(destination, [.readOnly, .directory]), givesAccessControl: nil)
    }

    /// Opens a directory that was there before, through no link.
    convenience init(existing name: [UInt8], in directory: TargetDirectory) throws(SystemError) {
        try self.init(directory.descriptor.openAt(name, Self.flags), givesAccessControl: nil)
    }

    /// Makes a directory that only its owner can enter, and opens it.
    convenience init(making name: [UInt8], in directory: TargetDirectory) throws(SystemError) {
        try directory.descriptor.makeDirectoryAt(name, mode: 0o700)
        try self.init(
            directory.descriptor.openAt(name, Self.flags), givesAccessControl: directory.givesAccessControl)
    }

    /// Opens the directory above `below`, if it is `expected` and no other.
    convenience init?(above below: TargetDirectory, expected: FileStatus, givesAccessControl: Bool) {
        guard let descriptor = try? below.descriptor.openAt([0x2E, 0x2E], Self.flags),
            let found = try? descriptor.status(),
            found.inode == expected.inode, found.device == expected.device
        else { return nil }
        try? self.init(descriptor, givesAccessControl: givesAccessControl)
    }

    /// What it was when it was opened.
    var identity: FileStatus { status }
}
