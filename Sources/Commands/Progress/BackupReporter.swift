import Repository
import Writer

/// Tells of a backup while it runs.
final class BackupReporter: BackupObserver {
    private let console: Console
    private let meter: ProgressMeter

    init(_ console: Console, _ meter: ProgressMeter) {
        self.console = console
        self.meter = meter
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
        }
    }
}
