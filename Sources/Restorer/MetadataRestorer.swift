import Repository
import SystemInterface

/// Gives restored items their owners, attributes, permissions and times, in this order: a new owner clears set-ID bits
/// and capabilities, and everything changes times.
struct MetadataRestorer {
    /// What an item has that the process has just made, as far as that is known.
    struct Made {
        /// Whether it belongs to the user and the group that the process acts for.
        let ownsAsProcess: Bool
        /// Whether a default list of the directory gave it an access control list.
        let hasAccessControl: Bool
        /// Its permission bits, if they are known.
        let permissions: UInt16?
    }

    let context: RestoreContext

    // Asked once: each is a system call, and there is a file every few microseconds.
    private static let processUserID = Host.effectiveUserID
    private static let processGroupID = Host.effectiveGroupID
    private static let setIDBits: UInt16 = 0o6000
    private static let accessControl = Array("system.posix_acl_access".utf8)
    private static let userPrefix = Array("user.".utf8)
    private static let defaultAccessControl = Array("system.posix_acl_default".utf8)

    /// For an open file or directory.
    func apply(
        _ entry: TreeEntry, to file: borrowing FileDescriptor, made: Made, path: @autoclosure () -> FilePath
    ) throws {
        var isOwned = true
        let owner = context.options.owners.owner(of: entry)
        if !made.ownsAsProcess || !isProcess(owner) {
            do throws(SystemError) {
                try file.setOwner(userID: owner.userID, groupID: owner.groupID)
                isOwned = owner.userID != nil && owner.groupID != nil
            } catch {
                isOwned = try keepOwner(error, owner, try file.status(), path: path())
            }
        }
        if made.hasAccessControl { removeAccessControl(entry, from: file) }
        if !entry.extendedAttributes.isEmpty {
            for record in try entry.extendedAttributes.load(from: context.source) {
                do throws(SystemError) {
                    try ExtendedAttributes.set(record.name, to: record.value, at: file)
                } catch {
                    try reportAttribute(record.name, error, path: path())
                }
            }
        }
        if entry.lacksAttributes { reportLacking(entry, path: path()) }
        let permissions = isOwned ? entry.permissions : entry.permissions & ~Self.setIDBits
        // A list of access control brings its own permissions, and the capability to set IDs goes with a new owner.
        var failure: SystemError?
        if made.permissions != permissions || !entry.extendedAttributes.isEmpty {
            failure = try keeping("permissions", path: path()) { () throws(SystemError) in
                try file.setPermissions(permissions)
            }
        }
        _ = try keeping("times", unless: failure, path: path()) { () throws(SystemError) in
            try file.setTimes(accessed: entry.modified, modified: entry.modified)
        }
    }

    /// For a link, a fifo, a socket or a device: `place` was opened as a place only, and is what was made.
    func apply(_ entry: TreeEntry, toPlace place: borrowing FileDescriptor, path: @autoclosure () -> FilePath) throws {
        var isOwned = true
        let owner = context.options.owners.owner(of: entry)
        do throws(SystemError) {
            try place.setOwnerOfPlace(userID: owner.userID, groupID: owner.groupID)
            isOwned = owner.userID != nil && owner.groupID != nil
        } catch {
            isOwned = try keepOwner(error, owner, try place.status(), path: path())
        }
        for record in try entry.extendedAttributes.load(from: context.source) {
            do throws(SystemError) {
                try ExtendedAttributes.set(record.name, to: record.value, ofPlace: place)
            } catch {
                try reportAttribute(record.name, error, path: path())
            }
        }
        if entry.lacksAttributes { reportLacking(entry, path: path()) }
        var failure: SystemError?
        if entry.type != .symbolicLink {
            failure = try keeping("permissions", path: path()) { () throws(SystemError) in
                try place.setPermissionsOfPlace(isOwned ? entry.permissions : entry.permissions & ~Self.setIDBits)
            }
        }
        _ = try keeping("times", unless: failure, path: path()) { () throws(SystemError) in
            try place.setTimesOfPlace(accessed: entry.modified, modified: entry.modified)
        }
    }

    /// Sets something, and reports it where the file system cannot take it: what it belongs to is there all the same, and is
    /// kept. The reason `before` is told already.
    private func keeping(
        _ what: String, unless before: SystemError? = nil, path: @autoclosure () -> FilePath,
        _ body: () throws(SystemError) -> Void
    ) throws(SystemError) -> SystemError? {
        do throws(SystemError) {
            try body()
            return nil
        } catch {
            guard !Self.isOfPlace(error) else { throw error }
            if error.errno == .noSystemCall || error.errno == .notSupported {
                context.journal.reportOnce("\(what) are not restored here: \(error.errno.message)", path: path())
            } else if error.errno != before?.errno {
                context.journal.report("its \(what) are not restored: \(error.errno.message)", path: path())
            }
            return error
        }
    }

    /// Whether an error tells of the disk or of its room, and not of what a file system can keep of an item.
    private static func isOfPlace(_ error: SystemError) -> Bool {
        [.noSpace, .quotaExceeded, .ioFailure, .readOnlyFileSystem].contains(error.errno)
    }

    private func isProcess(_ owner: (userID: UInt32?, groupID: UInt32?)) -> Bool {
        owner.userID == Self.processUserID && owner.groupID == Self.processGroupID
    }

    /// What an item is left with that cannot be given to its owner; true if it is that owner's anyway.
    private func keepOwner(
        _ error: SystemError, _ owner: (userID: UInt32?, groupID: UInt32?), _ status: FileStatus,
        path: @autoclosure () -> FilePath
    ) throws -> Bool {
        guard !Self.isOfPlace(error) else { throw error }
        if status.userID == owner.userID, status.groupID == owner.groupID { return true }
        let reason = error.errno == .notPermitted ? " (only root may give files away)" : " here"
        context.journal.reportOnce("owners are not restored\(reason): \(error.errno.message)", path: path())
        return false
    }

    /// The group's permission bits are as they were; with an access control list they were its mask, and gave the group
    /// less.
    private func reportLacking(_ entry: TreeEntry, path: @autoclosure () -> FilePath) {
        let reason = "it has not the extended attributes that it had: the backup could not read them"
        let group = entry.type == .symbolicLink ? "" : "; an access control list may have left its group less"
        context.journal.report(reason + group, path: path())
    }

    private func reportAttribute(_ name: [UInt8], _ error: SystemError, path: @autoclosure () -> FilePath) throws {
        switch error.errno {
        case .noSpace, .argumentListTooLong:
            // ext4 keeps attributes in one block, f2fs and NFS have limits of their own: this says nothing of the room for
            // files.
            context.journal.report(
                "the extended attribute \(FilePath(name)) has no room here: \(error.errno.message)", path: path())
        case _ where Self.isOfPlace(error): throw error
        default:
            let space = FilePath(Array(name.prefix { $0 != UInt8(ascii: ".") }))
            context.journal.reportOnce(
                "extended attributes \(space).* are not restored here: \(error.errno.message)", path: path())
        }
    }

    /// Takes away the access control lists and the attributes of users that a directory had before and `entry` does not
    /// have. Those of other namespaces are the system's: a backup without root does not see them, and some say how the
    /// file system itself takes the directory.
    func removeAttributes(
        notOf entry: TreeEntry, from directory: borrowing FileDescriptor, path: @autoclosure () -> FilePath
    ) throws {
        let wanted = Set(try entry.extendedAttributes.load(from: context.source).map(\.name))
        let found: [ExtendedAttribute]
        do throws(SystemError) {
            found = try ExtendedAttributes.list(at: directory)
        } catch {
            let reason = "it may keep extended attributes, which cannot be listed: \(error.errno.message)"
            return context.journal.report(reason, path: path())
        }
        for name in found.map(\.name) where !wanted.contains(name) && Self.isOfUsers(name) {
            do throws(SystemError) {
                // The group's bits are a list's mask, until there is none: then they are what the group may do.
                if name == Self.accessControl { try directory.setPermissions(entry.permissions & ~Self.setIDBits) }
                try ExtendedAttributes.remove(name, at: directory)
            } catch {
                // Somebody else was faster.
                if error.errno == .noData { continue }
                context.journal.report(
                    "it keeps the extended attribute \(FilePath(name)), which the snapshot's does not have: "
                        + error.errno.message, path: path())
            }
        }
    }

    private static func isOfUsers(_ attribute: [UInt8]) -> Bool {
        attribute == accessControl || attribute == defaultAccessControl || attribute.starts(with: userPrefix)
    }

    /// Takes away what the directory above has given by itself.
    private func removeAccessControl(_ entry: TreeEntry, from file: borrowing FileDescriptor) {
        // None may be there, and what the entry has is set right behind this.
        try? ExtendedAttributes.remove(Self.accessControl, at: file)
        if entry.type == .directory { try? ExtendedAttributes.remove(Self.defaultAccessControl, at: file) }
    }
}
