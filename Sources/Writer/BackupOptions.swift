import Repository
import SystemInterface

/// What a backup run is to save, and under which names.
public struct BackupOptions: Sendable {
    /// How unchanged files are recognised.
    public enum Parent: Hashable, Sendable {
        /// By the newest snapshot of the same host and paths, if there is one.
        case automatic
        /// By this snapshot.
        case snapshot(Snapshot)
        /// Not at all: every file is read.
        case none
    }

    /// What to save: absolute paths. They are normalised, and one that lies inside another is part of it.
    public var paths: [FilePath]
    /// The host whose files these are.
    public var host: String
    /// Who runs the backup; may be empty.
    public var userName: String
    /// The program and its version.
    public var program: String
    /// Tags in any order.
    public var tags: [String]
    /// Patterns of what to leave out; `ExcludeRules` says how they are written.
    public var excludes: [String]
    /// Directories that are left out wherever the walk meets them, unless a path names them: the repository, the cache.
    public var ownDirectories: [FilePath]
    /// How unchanged files are recognised.
    public var parent: Parent
    /// Whether everything is done but storing.
    public var dryRun: Bool
    /// How many threads compress and seal.
    public var workers: Int
    /// The level of zstd.
    public var compressionLevel: Int

    /// Options that save `paths` of `host`, everything else as it is usual.
    public init(paths: [FilePath], host: String, userName: String = "", program: String = "pastfs") {
        self.paths = paths
        self.host = host
        self.userName = userName
        self.program = program
        self.tags = []
        self.excludes = []
        self.ownDirectories = []
        self.parent = .automatic
        self.dryRun = false
        self.workers = 2
        self.compressionLevel = 3
    }
}
