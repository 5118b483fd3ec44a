import Coding
import PathRules
import Repository
import SystemInterface

/// What a run counts and meets, and whether it is to stop. Used by the thread that walks.
final class BackupJournal {
    var statistics = SnapshotStatistics()
    private(set) var problems: [SnapshotProblem] = []
    private(set) var problemCount: UInt64 = 0
    private var problemBytes = 0
    private(set) var notes: [BackupOutcome.Note] = []
    var changes = BackupChanges()
    var excludedCount: UInt64 = 0
    var vanishedCount: UInt64 = 0
    /// Where the walk stands.
    var path = PathBuffer()

    private let observer: (any BackupObserver)?
    private let itemsWanted: BackupItem.Selection
    private let stop: StopFlag
    private let deadline: StopFlag
    /// Whether the walk was ended before it had come to everything.
    var isPartial = false

    init(observer: (any BackupObserver)?, stop: StopFlag, deadline: StopFlag) {
        self.observer = observer
        self.stop = stop
        self.deadline = deadline
        itemsWanted = observer?.itemsWanted ?? .none
    }

    /// Records that what stands at the present path could not be saved as it is.
    func report(_ reason: String) {
        problemCount += 1
        let problem = SnapshotProblem(path: path.path, reason: reason)
        let bytes = problemBytes + problem.path.bytes.count + reason.utf8.count
        if problems.count < Limits.problemsMax, bytes <= Limits.problemsBytesMax, problem.isListable {
            problems.append(problem)
            problemBytes = bytes
        }
        observer?.backupMet(problem)
    }

    /// Records that what stands at the present path was left out on purpose.
    func note(_ text: String) {
        if notes.count < Limits.problemsMax { notes.append(BackupOutcome.Note(path: path.path, text: text)) }
    }

    /// Tells the observer what became of what stands at the present path, or of `name` in it.
    func saw(
        _ state: BackupItem.State, _ type: FileType, bytes: UInt64 = 0, files: UInt64 = 0, name: [UInt8]? = nil
    ) {
        guard itemsWanted == .all || (itemsWanted == .changes && state != .unchanged) else { return }
        let item = name.map { path.path.appending($0) } ?? path.path
        observer?.backupSaw(BackupItem(path: item, type: type, state: state, bytes: bytes, files: files))
    }

    /// Tells the observer how far the run is.
    func advance() {
        observer?.backupAdvanced(BackupProgress(statistics: statistics, path: path.path))
    }

    /// Counts the bytes of a file that the snapshot holds. Sparse files may have more in sum than a number can say.
    func countHeld(_ bytes: UInt64) {
        statistics.bytes.addSaturating(bytes)
    }

    /// Counts bytes that were read of the file at the present path.
    func countRead(_ bytes: Int) {
        statistics.bytesRead += UInt64(bytes)
        advance()
    }

    /// Throws when the run is to stop, or is out of time and has not yet begun to end.
    func checkStopped() throws(BackupError) {
        try checkCancelled()
        if deadline.isSet, !isPartial { throw .outOfTime }
    }

    /// Throws when the run is to stop at once, whatever it has come to.
    func checkCancelled() throws(BackupError) {
        if stop.isSet { throw .cancelled }
    }
}
