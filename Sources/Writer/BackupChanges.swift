/// What a run found beside what the snapshot's statistics say.
///
/// What the parent snapshot has and this one has not counts as removed, wherever the run was told to save: files that
/// are gone, and those that are left out now. What lies outside the run's paths does not count.
public struct BackupChanges: Hashable, Sendable {
    /// Regular files that were removed, those below removed directories too. What of the parent cannot be read does not
    /// count.
    public var filesRemoved: UInt64 = 0
    /// Directories, links and all else that was removed, what lay below removed directories too.
    public var othersRemoved: UInt64 = 0
    /// Files whose content could not be read; they are neither new, nor changed, nor unchanged.
    public var filesUnreadable: UInt64 = 0
    /// Directories that could not be listed.
    public var directoriesUnreadable: UInt64 = 0

    /// All zero.
    public init() {}
}
