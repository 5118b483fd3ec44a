import Repository
import SystemInterface

// Another file system is kept as an empty directory where a run is to stay on one, whether or not this process may look
// into it: a mount of FUSE answers nobody but its user, and no one once its server is gone.

extension TreeWalk {
    private static let foreignReason =
        "kept as an empty directory: another file system begins here, and cannot be looked into"
    /// What a directory of which nothing is known is allowed at most.
    private static let foreignPermissions: UInt16 = 0o755

    /// Keeps the place of a directory whose status cannot be read, where another file system begins there and the run is
    /// to stay on one; false, with nothing done, for anything else.
    mutating func keepForeign(
        _ item: DirectoryEntry, in frame: DirectoryFrame, _ directory: OpenDirectory
    ) throws -> Bool {
        guard filter.staysOnFileSystem, item.type == .directory,
            let device = try? directory.descriptor.deviceAt(item.name), device != frame.entry.device
        else { return false }
        // Owner and permissions are not to be had: those of the directory that it lies in open it to nobody else.
        let above = frame.entry
        var entry = TreeEntry(
            name: item.name, type: .directory, permissions: above.permissions & Self.foreignPermissions,
            userID: above.userID, groupID: above.groupID, modified: above.modified, changed: above.changed,
            inode: item.inode, device: device)
        (entry.userName, entry.groupName) = (above.userName, above.groupName)
        let isInParent = try findParent(item.name, in: frame)
        try keepForeign(entry, isInParent ? frame.parent?.match : nil, in: frame)
        return true
    }

    /// The same of a directory that cannot be opened.
    mutating func keepForeign(_ visit: Visit, in frame: DirectoryFrame) throws -> Bool {
        guard filter.staysOnFileSystem, visit.status.device != frame.entry.device else { return false }
        try keepForeign(makeEntry(name: visit.name, visit.status), visit.match, in: frame)
        return true
    }

    private mutating func keepForeign(_ entry: TreeEntry, _ match: ParentMatch?, in frame: DirectoryFrame) throws {
        var entry = entry
        var builder = TreeBuilder(session: session)
        entry.content = .tree(try builder.finish())
        entry.isPassedThrough = true
        try add(entry, match, to: frame)
        saw(entry, before: match?.entry)
        journal.statistics.directories += 1
        journal.note(Self.foreignReason)
    }
}
