import SystemInterface

/// Something that a backup run dealt with, and how it compares with the parent snapshot.
public struct BackupItem: Hashable, Sendable {
    /// What became of an item since the parent snapshot.
    public enum State: String, Hashable, Sendable {
        /// The parent snapshot does not have it, or has something of another type there.
        case new
        /// It differs from the parent snapshot's: in content, owner, permissions, times or attributes. Times of a
        /// directory do not count, as they tell of what it holds.
        case changed
        /// It is as the parent snapshot has it.
        case unchanged
        /// The parent snapshot has it, and this one does not: it is gone, or left out now.
        case removed
        /// It is kept by name; its content could not be read.
        case unreadable
    }

    /// Which items an observer is told of.
    public enum Selection: Hashable, Sendable {
        /// None, which costs nothing.
        case none
        /// Those that are not unchanged.
        case changes
        /// All.
        case all
    }

    /// The item, absolute.
    public let path: FilePath
    /// What it is, or was if it is removed.
    public let type: FileType
    /// What became of it.
    public let state: State
    /// Bytes of a regular file; of all files at or below what was removed; 0 for everything else.
    public let bytes: UInt64
    /// Regular files that the item stands for: 1 for a file, all below for a directory that was removed, else 0.
    public let files: UInt64
}
