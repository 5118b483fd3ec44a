import Repository
import SystemInterface

/// What was saved of inodes that have further names, so that their bytes are read once.
struct HardLinkTable {
    private struct Inode: Hashable {
        let device: UInt64
        let number: UInt64
    }

    private struct Saved {
        let entry: TreeEntry
        var namesLeft: UInt64
    }

    private var saved: [Inode: Saved] = [:]

    /// The entry that another name of the same inode was saved as, if the file has not changed since.
    mutating func entry(for status: FileStatus) -> TreeEntry? {
        let inode = Inode(device: status.device, number: status.inode)
        guard var known = saved[inode], known.entry.size == status.size, known.entry.modified == status.modified,
            known.entry.changed == status.changed
        else { return nil }
        known.namesLeft -= 1
        saved[inode] = known.namesLeft == 0 ? nil : known
        return known.entry
    }

    /// Keeps an entry until all names of its inode have been met.
    mutating func remember(_ entry: TreeEntry) {
        guard entry.isHardLinked, entry.content != .unreadable else { return }
        let inode = Inode(device: entry.device, number: entry.inode)
        if saved[inode] == nil { saved[inode] = Saved(entry: entry, namesLeft: entry.linkCount - 1) }
    }
}
