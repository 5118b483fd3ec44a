import SystemInterface

/// What one backup run saved, when, of what and for whom.
public struct SnapshotManifest: Hashable, Sendable {
    /// When the run began: the time that names the snapshot.
    public var started: Timestamp
    /// When the run ended.
    public var finished: Timestamp
    /// The host whose files these are: 1 to 255 bytes, usable as a directory's name.
    public var host: String
    /// Who ran the backup; may be empty.
    public var userName: String
    /// The program and its version.
    public var program: String
    /// The paths that were backed up: absolute and normalised.
    public var paths: [FilePath]
    /// Tags in byte order, each once, each usable as a directory's name.
    public var tags: [String]
    /// The patterns that were left out.
    public var excludes: [String]
    /// The snapshot that unchanged files were recognised by.
    public var parent: SnapshotID?
    /// How that was done.
    public var kind: SnapshotKind
    /// Whether the run was ended before it had come to everything: what is there is whole, and something is missing.
    public var isPartial = false
    /// The root directory `/` of the snapshot: an entry of type directory with an empty name.
    public var root: TreeEntry
    /// What was counted.
    public var statistics: SnapshotStatistics
    /// How many items could not be saved as they are.
    public var problemCount: UInt64
    /// The first of these, up to `Limits.problemsMax`.
    public var problems: [SnapshotProblem]

    /// Whether all of the problems are listed.
    public var listsAllProblems: Bool { UInt64(problems.count) == problemCount }

    /// A manifest of these parts; the format's limits are checked when it is written.
    ///
    /// Without a `kind` it is incremental if it has a parent, and full otherwise.
    public init(
        started: Timestamp, finished: Timestamp, host: String, userName: String, program: String, paths: [FilePath],
        tags: [String] = [], excludes: [String] = [], parent: SnapshotID? = nil,
        kind: SnapshotKind? = nil, root: TreeEntry,
        statistics: SnapshotStatistics = SnapshotStatistics(), problemCount: UInt64 = 0,
        problems: [SnapshotProblem] = []
    ) {
        self.started = started
        self.finished = finished
        self.host = host
        self.userName = userName
        self.program = program
        self.paths = paths
        self.tags = tags
        self.excludes = excludes
        self.parent = parent
        self.kind = kind ?? (parent == nil ? .full : .incremental)
        self.root = root
        self.statistics = statistics
        self.problemCount = problemCount
        self.problems = problems
    }
}
