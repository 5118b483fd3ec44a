import Repository
import SystemInterface

/// Gives restored items their owners, attributes, permissions and times, in this order: a new owner clears set-ID bits
/// and capabilities, and everything changes times.
struct MetadataRestorer {
    let source: ChunkSource
    let journal: RestoreJournal

    private static let setIDBits: UInt16 = 0o6000
    private static let accessControl = Array("system.posix_acl_access".utf8)
    private static let defaultAccessControl = Array("system.posix_acl_default".utf8)

    /// For an open file or directory.
    func apply(_ entry: TreeEntry, to file: borrowing FileDescriptor, givenAccessControl: Bool) throws {
        var isOwned = true
        do throws(SystemError) {
            try file.setOwner(userID: entry.userID, groupID: entry.groupID)
        } catch {
            isOwned = try keepOwner(error, entry, try file.status())
        }
        if givenAccessControl { removeAccessControl(entry, from: file) }
        for record in try entry.extendedAttributes.load(from: source) {
            do throws(SystemError) {
                try ExtendedAttributes.set(record.name, to: record.value, at: file)
            } catch {
                try reportAttribute(record.name, error)
            }
        }
        try file.setPermissions(isOwned ? entry.permissions : entry.permissions & ~Self.setIDBits)
        try file.setTimes(accessed: entry.modified, modified: entry.modified)
    }

    /// For a link, a fifo, a socket or a device, which are not opened.
    func apply(
        _ entry: TreeEntry, to name: [UInt8], in directory: TargetDirectory
    ) throws {
        var isOwned = true
        do throws(SystemError) {
            try directory.descriptor.setOwnerAt(name, userID: entry.userID, groupID: entry.groupID)
        } catch {
            isOwned = try keepOwner(error, entry, try directory.descriptor.statusAt(name))
        }
        for record in try entry.extendedAttributes.load(from: source) {
            do throws(SystemError) {
                try ExtendedAttributes.set(record.name, to: record.value, at: directory.descriptor, name: name)
            } catch {
                try reportAttribute(record.name, error)
            }
        }
        if entry.type != .symbolicLink {
            let permissions = isOwned ? entry.permissions : entry.permissions & ~Self.setIDBits
            try directory.descriptor.setPermissionsAt(name, permissions)
        }
        try directory.descriptor.setTimesAt(name, accessed: entry.modified, modified: entry.modified)
    }

    /// What an item is left with that cannot be given to its owner; true if it is that owner's anyway.
    private func keepOwner(_ error: SystemError, _ entry: TreeEntry, _ status: FileStatus) throws -> Bool {
        guard error.errno == .notPermitted || error.errno == .invalidArgument || error.errno == .notSupported else {
            throw error
        }
        if status.userID == entry.userID, status.groupID == entry.groupID { return true }
        journal.reportOnce("owners are not restored (only root may give files away): \(error.errno.message)")
        return false
    }

    private func reportAttribute(_ name: [UInt8], _ error: SystemError) throws {
        switch error.errno {
        case .notPermitted, .accessDenied, .notSupported, .invalidArgument, .noData:
            let space = FilePath(Array(name.prefix { $0 != UInt8(ascii: ".") }))
            journal.reportOnce("extended attributes \(space).* are not restored here: \(error.errno.message)")
        default:
            if error.errno == .noSpace {
                // ext4 keeps attributes in one block: this says nothing of the room for files.
                journal.report("the extended attribute \(FilePath(name)) has no room here: \(error.errno.message)")
            } else {
                throw error
            }
        }
    }

    /// Takes away what the directory above has given by itself.
    private func removeAccessControl(_ entry: TreeEntry, from file: borrowing FileDescriptor) {
        // None may be there, and what the entry has is set right behind this.
        try? ExtendedAttributes.remove(Self.accessControl, at: file)
        if entry.type == .directory { try? ExtendedAttributes.remove(Self.defaultAccessControl, at: file) }
    }
}
