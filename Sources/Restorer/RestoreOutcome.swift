import Coding
import SystemInterface

/// What a restore came to.
public struct RestoreOutcome: Sendable {
    /// What was restored.
    public let statistics: RestoreStatistics
    /// What could not be restored as it was, the first `RestoreOutcome.problemsMax` of it.
    public let problems: [RestoreProblem]
    /// How many items could not be restored as they were.
    public let problemCount: UInt64
    /// How many of these because of damage in the repository.
    public let damagedCount: UInt64

    /// The most problems that are listed; all are counted.
    public static let problemsMax = 1_000
}

/// What a restore counted; in a dry run, what it would have.
public struct RestoreStatistics: Hashable, Sendable {
    /// Regular files, further names of hard-linked ones not counted.
    public var files: UInt64 = 0
    /// Directories, those that were there before too.
    public var directories: UInt64 = 0
    /// Symbolic links.
    public var symbolicLinks: UInt64 = 0
    /// Fifos, sockets and devices.
    public var others: UInt64 = 0
    /// Further names that were given to what was restored already.
    public var hardLinks: UInt64 = 0
    /// Bytes that were written to files, holes not counted.
    public var bytes: UInt64 = 0
    /// Of the items above but directories, those that took the place of something.
    public var replaced: UInt64 = 0
    /// Items that were left as they stood in the destination; not counted above.
    public var kept: UInt64 = 0
    /// Items that were removed because the snapshot does not have them, each that lay in a directory too.
    public var deleted: UInt64 = 0
    /// Names that the snapshot does not have and that were not removed, because the backup was told to leave them out, or
    /// may have been.
    public var spared: UInt64 = 0
    /// Files that were read back and compared.
    public var verified: UInt64 = 0

    /// All zero.
    public init() {}

    static func += (sum: inout RestoreStatistics, other: RestoreStatistics) {
        sum.files += other.files
        sum.directories += other.directories
        sum.symbolicLinks += other.symbolicLinks
        sum.others += other.others
        sum.hardLinks += other.hardLinks
        sum.bytes.addSaturating(other.bytes)
        sum.replaced += other.replaced
        sum.kept += other.kept
        sum.deleted += other.deleted
        sum.spared += other.spared
        sum.verified += other.verified
    }
}

/// What a restore does to one item.
public enum RestoreAction: Hashable, Sendable {
    /// Makes what was not there.
    case created
    /// Puts it in the place of something else.
    case replaced
    /// Leaves what is there.
    case kept
    /// Removes what the snapshot does not have.
    case deleted
}

/// One item that could not be restored as it was.
public struct RestoreProblem: Hashable, Sendable {
    /// The item's path in the snapshot.
    public let path: FilePath
    /// What was wrong, in words.
    public let reason: String
    /// Whether the repository is damaged there, rather than the destination unable to take it.
    public let isDamage: Bool
}
