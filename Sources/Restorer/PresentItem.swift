import Repository
import SystemInterface

/// Decides what happens to something that stands in the destination under the name of an entry.
struct PresentItem {
    enum Decision: Equatable {
        /// It stays, and is known to be what the snapshot has, or is not.
        case keep(isSame: Bool)
        case replace
    }

    private let context: RestoreContext

    init(_ context: RestoreContext) {
        self.context = context
    }

    /// What happens to the item of `status` now that `entry`, no directory, is to be there.
    ///
    /// One that stays because it is the same is given what differs of owner and permissions, unless in a dry run.
    func decision(
        _ entry: TreeEntry, _ status: FileStatus, in directory: TargetDirectory, path: @autoclosure () -> FilePath
    ) throws -> Decision {
        switch try policy(for: status) {
        case .always: return .replace
        case .never: return .keep(isSame: false)
        case .ifNewer: return entry.modified > status.modified ? .replace : .keep(isSame: false)
        case .ifChanged:
            return try isUnchanged(entry, status, in: directory, path: path()) ? .keep(isSame: true) : .replace
        }
    }

    /// Whether the item of `status`, which is not yet the inode that `entry` is a further name of, gives way to it.
    func givesWay(_ status: FileStatus, toLink entry: TreeEntry) throws -> Bool {
        switch try policy(for: status) {
        case .always, .ifChanged: true
        case .ifNewer: entry.modified > status.modified
        case .never: false
        }
    }

    private func policy(for status: FileStatus) throws -> RestoreOptions.Overwriting {
        guard let policy = context.policy else { throw ItemError(reason: "something stands here already") }
        // A directory gives way only where all that the snapshot does not have goes.
        guard status.type != .directory || context.options.deletes || policy == .never else {
            throw ItemError(reason: "a directory stands here, and does not give way to anything else")
        }
        return policy
    }

    private func isUnchanged(
        _ entry: TreeEntry, _ status: FileStatus, in directory: TargetDirectory, path: @autoclosure () -> FilePath
    ) throws -> Bool {
        // Something with other names could be anything's: it is not changed through this one.
        guard status.type == entry.type, status.modified == entry.modified,
            (status.linkCount > 1) == entry.isHardLinked
        else { return false }
        guard entry.type == .regular else {
            return try hasAttributes(entry, status) && isSameSpecial(entry, status, in: directory)
        }
        guard status.size == entry.size, entry.content != .unreadable else { return false }
        let isSettled = hasAttributes(entry, status)
        if isSettled, entry.extendedAttributes.isEmpty, !context.comparesContents {
            return try entry.lacksAttributes
                || ExtendedAttributes.list(at: directory.descriptor, name: entry.name).allSatisfy(isOfSystem)
        }
        guard isSettled || status.linkCount == 1,
            let file = try? directory.descriptor.openBeneath(entry.name, [.readOnly, .noFollow, .nonBlocking]),
            try file.status().isSameInode(as: status), try hasExtendedAttributes(entry, file)
        else { return false }
        if context.comparesContents, try !hasContents(entry, file) { return false }
        if !isSettled, !context.options.isDryRun {
            let made = MetadataRestorer.Made(ownsAsProcess: false, hasAccessControl: false, permissions: nil)
            try MetadataRestorer(context: context).apply(entry, to: file, made: made, path: path())
        }
        return true
    }

    private func hasContents(_ entry: TreeEntry, _ file: borrowing FileDescriptor) throws -> Bool {
        do {
            return try FileVerifier(source: context.source, journal: context.journal).holds(entry, file)
        } catch is SystemError {
            // What cannot be read is not what the snapshot has.
            return false
        }
    }

    private func isSameSpecial(
        _ entry: TreeEntry, _ status: FileStatus, in directory: TargetDirectory
    ) throws -> Bool {
        guard entry.extendedAttributes.isEmpty else { return false }
        switch entry.type {
        case .symbolicLink: return try directory.descriptor.readLinkAt(entry.name) == entry.symbolicLinkTarget
        case .characterDevice, .blockDevice: return status.rawDevice == entry.deviceNumber
        default: return true
        }
    }

    /// Whether owner and permissions are what they would be.
    private func hasAttributes(_ entry: TreeEntry, _ status: FileStatus) -> Bool {
        let owner = context.options.owners.owner(of: entry)
        if let userID = owner.userID, userID != status.userID { return false }
        if let groupID = owner.groupID, groupID != status.groupID { return false }
        return entry.type == .symbolicLink || status.permissions == entry.permissions
    }

    private func hasExtendedAttributes(_ entry: TreeEntry, _ file: borrowing FileDescriptor) throws -> Bool {
        // The item has those that the backup could not read, for all that is known.
        if entry.lacksAttributes { return true }
        let wanted = try entry.extendedAttributes.load(from: context.source)
        let found = try ExtendedAttributes.list(at: file).filter { record in
            !isOfSystem(record) || wanted.contains { $0.name == record.name }
        }
        return wanted.count == found.count
            && zip(wanted, found).allSatisfy { $0.name == $1.name && $0.value == $1.value }
    }

    /// Labels that the destination's system gives to everything are not held against a snapshot that has none.
    private func isOfSystem(_ attribute: ExtendedAttribute) -> Bool {
        attribute.name.elementsEqual("security.selinux".utf8)
    }
}
