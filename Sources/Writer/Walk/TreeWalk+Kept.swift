import Repository
import SystemInterface

extension TreeWalk {
    /// Keeps what the parent snapshot has at the present path where it is that to the last bit, and returns whether it is.
    ///
    /// This is what a backup is of which little has changed: a status and a comparison an item. The entry is compared where
    /// it lies in its page, and nothing is allocated. Directories are not kept here, nor names of an inode that has several.
    mutating func keep(_ status: FileStatus, in frame: DirectoryFrame) -> Bool {
        guard let check = parentCheck, check.isComplete, !frame.isPartial, frame.waiting.isEmpty,
            status.type != .directory,
            status.linkCount == 1, let (index, entry) = frame.parent?.matchInPage,
            check.isUnchanged(entry, status), entry.content != .unreadable, isSame(entry, status),
            frame.parent?.hasOwnerNames(&accounts, status) == true, frame.tree.keep(index)
        else { return false }
        count(entry)
        journal.advance()
        return true
    }

    /// Compares what `ParentCheck` does not.
    private func isSame(_ entry: PageEntry, _ status: FileStatus) -> Bool {
        entry.permissions == status.permissions && entry.userID == status.userID && entry.groupID == status.groupID
            && entry.linkCount == status.linkCount && entry.born == status.born && entry.device == status.device
            && (!entry.type.isDevice || entry.deviceNumber == status.rawDevice)
    }

    private func count(_ entry: PageEntry) {
        switch entry.type {
        case .regular:
            journal.statistics.files += 1
            journal.statistics.filesUnchanged += 1
            journal.countHeld(entry.size)
            journal.saw(.unchanged, .regular, bytes: entry.size, files: 1)
        case .symbolicLink:
            journal.statistics.symbolicLinks += 1
            journal.saw(.unchanged, entry.type)
        default:
            journal.statistics.others += 1
            journal.saw(.unchanged, entry.type)
        }
    }
}
