import SystemInterface

/// What is restored, how, and what may be overwritten.
public struct RestoreOptions: Sendable {
    /// What happens to something that is in the destination already, other than a directory.
    ///
    /// Directories are joined. What gives way does so only when all of what replaces it is there.
    public enum Overwriting: Hashable, Sendable, CaseIterable {
        /// It is replaced.
        case always
        /// It is replaced unless it has the snapshot's type, size and time of modification, links the same target, devices
        /// the same number: then only what else differs is set. What an interrupted run restored is not restored again.
        case ifChanged
        /// It is replaced if the snapshot's was modified later.
        case ifNewer
        /// It stays; so do the attributes of directories.
        case never
    }

    /// The path within the snapshot, or nil for all of it.
    public var path: FilePath?
    /// What happens to what is there already, or nil for a destination that must be empty.
    public var overwriting: Overwriting?
    /// Whether what is in the destination and not in the snapshot is removed. Never what `excludes` is for, never what lies
    /// in another mount, but one that the snapshot has the content of, nothing that the snapshot says could not be saved,
    /// nothing that the backup left out by a pattern, nothing in a directory that could not be saved or read in full, that
    /// only leads to what was to be saved, or of which the backup left out something for what it is, nothing of
    /// `ownDirectories`, and no other repository. Needs `overwriting`; a directory then gives way to a file too.
    public var deletes = false
    /// Directories that stay whatever is removed: the repository's and the cache's, which no backup saves.
    public var ownDirectories: [FilePath] = []
    /// Patterns of what is restored, or none for everything; a directory that one is for is restored with all that it has.
    /// They are written as in `ExcludeRules`, from the directory on that is restored.
    public var includes: [String] = []
    /// Patterns of what is left out, whatever includes it.
    public var excludes: [String] = []
    /// Whether everything is done but changing the destination.
    public var isDryRun = false
    /// Whether each file is read back and compared once it is written.
    public var verifies = false
    /// Whether everything is on the disk when the run ends, and what replaces something before it does so.
    public var isDurable = true
    /// Who owns what is restored.
    public var owners = OwnerMap()
    /// How many threads write files.
    public var workers = RestoreLimits.workersDefault

    /// Options that restore `path`, or everything, into an empty destination, or one where something may be overwritten.
    public init(path: FilePath? = nil, overwriting: Overwriting? = nil) {
        self.path = path
        self.overwriting = overwriting
    }
}
