import Repository
import SystemInterface

/// What a backup run is to save, and under which names.
public struct BackupOptions: Sendable {
    /// How unchanged files are recognised.
    public enum Parent: Hashable, Sendable {
        /// By the newest snapshot of the same host and paths, if there is one: an incremental backup.
        case automatic
        /// By the newest full snapshot of the same host and paths, if there is one: a differential backup.
        case newestFull
        /// By this snapshot.
        case snapshot(Snapshot)
        /// Not at all: every file is read. A full backup.
        case none
    }

    /// Where the trees of the snapshot come from that unchanged files are recognised by.
    public enum FilesCacheUse: Hashable, Sendable {
        /// From what the run before left on this machine where the key cannot read the repository's, else from there.
        case automatic
        /// From what the run before left on this machine, as far as it goes.
        case always
        /// From the repository: a key that cannot read it recognises nothing.
        case never
    }

    /// What to save: absolute paths. They are normalised, and one that lies inside another is part of it.
    public var paths: [FilePath]
    /// Whether `paths` are a list that was made a moment ago: one that is missing is a problem and no error, as long as
    /// another is there, and the parent may be a snapshot that shares only some of them.
    public var isListed = false
    /// What the snapshot is made of instead of files; `paths` is then the one path that it gets, and nothing is left out.
    public var stream: (any BackupStream)?
    /// Whether a run that is out of time commits what it has come to, as a partial snapshot.
    public var keepsPartial = false
    /// From when on the sources are as they will be saved, where that is before the run: in a snapshot of the file system
    /// they are as they were when it was made.
    public var sourcesSince: Timestamp?
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
    /// What is left out for what it is.
    public var filter = SourceFilter()
    /// Directories that are left out wherever the walk meets them, unless a path names them: the repository, the cache.
    public var ownDirectories: [FilePath]
    /// How unchanged files are recognised.
    public var parent: Parent
    /// Where the trees come from that unchanged files are recognised by, and whether this run leaves its own there.
    public var filesCache: FilesCacheUse = .automatic
    /// Whether a file counts as unchanged that is as the parent has it but for the number of its device.
    public var ignoresDevice = false
    /// Whether everything is done but storing.
    public var dryRun: Bool
    /// How many threads compress and seal.
    public var workers: Int
    /// The level of zstd.
    public var compressionLevel: Int
    /// How fast sources may be read, or nil for as fast as it goes.
    public var readLimit: RateLimit?
    /// How fast objects may be stored, or nil for as fast as it goes.
    public var writeLimit: RateLimit?

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
        self.compressionLevel = WriteSessionOptions.compressionLevelDefault
    }
}
