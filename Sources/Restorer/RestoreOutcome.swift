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

/// What a restore counted.
public struct RestoreStatistics: Hashable, Sendable {
    /// Regular files, further names of hard-linked ones not counted.
    public var files: UInt64 = 0
    /// Directories.
    public var directories: UInt64 = 0
    /// Symbolic links.
    public var symbolicLinks: UInt64 = 0
    /// Fifos, sockets and devices.
    public var others: UInt64 = 0
    /// Further names that were given to what was restored already.
    public var hardLinks: UInt64 = 0
    /// Bytes that were written to files, holes not counted.
    public var bytes: UInt64 = 0

    /// All zero.
    public init() {}
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
