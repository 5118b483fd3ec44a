import Repository
import SystemInterface

/// Notices where a directory takes two names of the snapshot for one, as file systems do that fold case or normalise.
///
/// Such a directory answers to a name that it does not list. Looking for what it means costs a listing of it, so it is
/// done for such names only; all others are those of what stands there.
struct NameConflict {
    let context: RestoreContext

    /// Throws unless what stands under the name of `entry` in `target` may give way to it: what was restored under
    /// another name, or is to be, may not. `directory` is the entry of the directory.
    ///
    /// The entry is what stands there from then on: it may be asked again for the same one.
    func check(
        _ entry: TreeEntry, _ status: FileStatus, in target: TargetDirectory, of directory: TreeEntry
    ) throws {
        guard let before = target.before, !before.contains(entry.name) else { return }
        let names = try names(of: status, in: target)
        // Some file systems number an item anew for each name that it is looked for by: then nobody knows whose it is.
        guard !names.isEmpty else { throw Self.error(nil) }
        for name in names {
            guard before.contains(name), try !hasEntry(name, directory), before.take(name, for: entry.name) else {
                throw Self.error(name)
            }
        }
    }

    /// The names that the directory lists of one item.
    private func names(of status: FileStatus, in target: TargetDirectory) throws -> [[UInt8]] {
        // By a descriptor of its own, whose position is nobody else's.
        let listing = try target.descriptor.openBeneath([UInt8(ascii: ".")], [.readOnly, .directory])
        return try listing.directoryEntries().filter { item in
            try item.inode == status.inode && target.status(of: item.name)?.isSameInode(as: status) == true
        }.map(\.name)
    }

    private func hasEntry(_ name: [UInt8], _ directory: TreeEntry) throws -> Bool {
        // Where one item is restored without its directory, nothing else of the snapshot comes here.
        guard directory.type == .directory else { return false }
        return try TreeDirectory(directory, source: context.source).entry(named: name) != nil
    }

    private static func error(_ name: [UInt8]?) -> ItemError {
        let other = name.map { FilePath($0).description } ?? "another one that is here"
        return ItemError(reason: "this file system takes the name for \(other), which is left as it is")
    }
}
