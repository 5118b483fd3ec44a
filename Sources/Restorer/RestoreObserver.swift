import SystemInterface

/// Is told how a restore gets on, by whichever of its threads gets on, several at once.
///
/// Calls come thousands a second: an observer that shows them limits the rate itself.
public protocol RestoreObserver: Sendable {
    /// The restore has come to `path`, a path in the snapshot; `statistics` are of all that is done.
    func restoreAdvanced(_ statistics: RestoreStatistics, path: FilePath)
    /// Something was done to the item at `path`, a path in the snapshot, or would be in a dry run; directories that are
    /// joined are not told.
    func restoreDid(_ action: RestoreAction, path: FilePath, isDirectory: Bool)
    /// An item could not be restored as it was.
    func restoreMet(_ problem: RestoreProblem)
    /// Everything is written, and from now on the run waits for the disk.
    func restoreWaitsForDisk()
    /// Something about the item at `path` is to be told, and is no problem.
    func restoreNoted(_ note: String, path: FilePath)
}

extension RestoreObserver {
    /// Nothing.
    public func restoreDid(_ action: RestoreAction, path: FilePath, isDirectory: Bool) {}

    /// Nothing.
    public func restoreWaitsForDisk() {}

    /// Nothing.
    public func restoreNoted(_ note: String, path: FilePath) {}
}
