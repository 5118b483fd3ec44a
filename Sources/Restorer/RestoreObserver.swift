import SystemInterface

/// Is told how a restore gets on, on the thread that runs it.
///
/// Calls come after every item, thousands a second: an observer that shows them limits the rate itself.
public protocol RestoreObserver: Sendable {
    /// The restore has come to `path`, a path in the snapshot.
    func restoreAdvanced(_ statistics: RestoreStatistics, path: FilePath)
    /// An item could not be restored as it was.
    func restoreMet(_ problem: RestoreProblem)
}
