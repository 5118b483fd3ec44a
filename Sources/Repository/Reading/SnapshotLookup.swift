import SystemInterface

/// Finds what a path names in a snapshot.
public enum SnapshotPath {
    /// The entry that `names` lead to from the snapshot's root, or nil if there is none; no names are the root itself.
    ///
    /// Symbolic links are not followed: one that stands in the way has nothing below it. Reads one page a directory and
    /// level. A directory that could not be read when the backup was made, or cannot be read now, throws.
    public static func lookup(
        _ names: [[UInt8]], in snapshot: Snapshot, source: ChunkSource
    ) throws(RepositoryError) -> TreeEntry? {
        var entry = snapshot.manifest.root
        for name in names {
            guard entry.type == .directory else { return nil }
            guard let next = try TreeDirectory(entry, source: source).entry(named: name) else { return nil }
            entry = next
        }
        return entry
    }
}

extension TreeDirectory {
    /// Opens the directory that `entry` describes.
    ///
    /// Throws `.notSaved` for one that could not be read when the backup was made: it must never pass for empty.
    public convenience init(_ entry: TreeEntry, source: ChunkSource) throws(RepositoryError) {
        switch entry.content {
        case .tree(let root): try self.init(root, source: source)
        case .unreadable: throw RepositoryError(.notSaved, "the directory could not be read when the backup was made")
        default: throw RepositoryError(.damaged, "a directory has the content of a file")
        }
    }
}
