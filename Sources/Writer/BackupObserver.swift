import Repository
import SystemInterface

/// Is told how a backup run gets on, on the thread that runs it.
///
/// Calls come after every file and every block of a large one, thousands a second: an observer that shows them limits
/// the rate itself, and returns at once.
public protocol BackupObserver: Sendable {
    /// The walk begins. `parent` is what was counted in the snapshot that this one is compared with; not a promise of how
    /// much there is now.
    func backupBegan(parent: SnapshotStatistics?)
    /// The walk has come this far.
    func backupAdvanced(_ progress: BackupProgress)
    /// Which items `backupSaw` is told of; asked once, before the run begins. None if not implemented.
    var itemsWanted: BackupItem.Selection { get }
    /// An item was dealt with, one that `itemsWanted` asks for. A directory comes before what it holds.
    func backupSaw(_ item: BackupItem)
    /// An item could not be saved as it is.
    func backupMet(_ problem: SnapshotProblem)
    /// Everything is read; what is left is to store the rest, the index and the snapshot.
    func backupIsFinishing()
}

extension BackupObserver {
    /// Nothing to do for who makes no use of it.
    public func backupBegan(parent: SnapshotStatistics?) {}
    /// None.
    public var itemsWanted: BackupItem.Selection { .none }
    /// Nothing to do for who wants no items.
    public func backupSaw(_ item: BackupItem) {}
}

/// How far a backup run has come.
public struct BackupProgress: Sendable {
    /// What has been counted; `bytesNew` and `bytesStored` are not known before the end.
    public let statistics: SnapshotStatistics
    /// What is being looked at.
    public let path: FilePath
}
