import Repository
import Synchronization
import SystemInterface
import Writer

/// Tells of a backup while it runs.
final class BackupReporter: BackupObserver {
    private let console: Console
    private let meter: ProgressMeter
    /// Why the list of items could not be written, the first time.
    private let failure = Mutex<Failure?>(nil)

    init(_ console: Console, _ meter: ProgressMeter) {
        self.console = console
        self.meter = meter
    }

    func backupBegan(parent: SnapshotStatistics?) {
        meter.update { $0.itemsBefore = parent?.files }
    }

    func backupAdvanced(_ progress: BackupProgress) {
        meter.update { snapshot in
            let statistics = progress.statistics
            snapshot.items = statistics.files
            snapshot.bytes = statistics.bytes
            snapshot.path = progress.path
        }
    }

    func backupMet(_ problem: SnapshotProblem) {
        meter.update { $0.problems += 1 }
        console.message(.problem, "\(problem.path): \(problem.reason)")
    }

    func backupIsFinishing() {
        meter.update { snapshot in
            snapshot.phase = "finishing, storing the rest and the snapshot"
            snapshot.path = nil
            snapshot.itemsBefore = nil
        }
    }

    var itemsWanted: BackupItem.Selection {
        switch console.verbosity {
        case ...0: .none
        case 1: .changes
        default: .all
        }
    }

    func backupSaw(_ item: BackupItem) {
        do throws(Failure) {
            try show(item)
        } catch {
            failure.withLock { $0 = $0 ?? error }
        }
    }

    /// Throws what kept the list of items from being written; the backup went on without it.
    func rethrow() throws(Failure) {
        if let failure = failure.withLock({ $0 }) { throw failure }
    }

    private func show(_ item: BackupItem) throws(Failure) {
        if console.isJSON { return try console.record(BackupItemRecord(item)) }
        let state = item.state.rawValue
        let padding = String(repeating: " ", count: max(0, 12 - state.count))
        let slash = item.type == .directory && item.path != "/" ? Array("/".utf8) : []
        try console.line(state + padding, name: item.path.bytes + slash)
        // Who watches wants to see it when it happens.
        if console.isOutputTerminal { try console.flush() }
    }
}
