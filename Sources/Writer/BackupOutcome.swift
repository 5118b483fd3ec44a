import Repository
import SystemInterface

/// What a backup run came to.
public struct BackupOutcome: Sendable {
    /// Something that was left out on purpose, and that a person may want to know of.
    public struct Note: Hashable, Sendable {
        /// The item, absolute.
        public let path: FilePath
        /// What was done with it, in words.
        public let text: String
    }

    /// The committed snapshot; nil after a dry run.
    public let snapshot: Snapshot?
    /// What the snapshot says, or would say.
    public let manifest: SnapshotManifest
    /// What could not be saved as it is, the first `Limits.problemsMax` of it.
    public var problems: [SnapshotProblem] { manifest.problems }
    /// How many items could not be saved as they are.
    public var problemCount: UInt64 { manifest.problemCount }
    /// What was left out on purpose other than by a pattern.
    public let notes: [Note]
    /// What was counted.
    public var statistics: SnapshotStatistics { manifest.statistics }
    /// What was removed since the parent snapshot, and what could not be read.
    public let changes: BackupChanges
    /// How many names matched a pattern of what to leave out, those inside a left out directory not counted.
    public let excludedCount: UInt64
    /// How many names were gone when their turn came: they were removed while the run went on.
    public let vanishedCount: UInt64
}
