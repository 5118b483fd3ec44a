import Restorer
import SystemInterface

/// Tells of a restore while it runs.
final class RestoreReporter: RestoreObserver {
    private let console: Console
    private let meter: ProgressMeter

    init(_ console: Console, _ meter: ProgressMeter) {
        self.console = console
        self.meter = meter
    }

    func restoreAdvanced(_ statistics: RestoreStatistics, path: FilePath) {
        meter.update { snapshot in
            snapshot.items = statistics.files
            snapshot.bytes = statistics.bytes
            snapshot.path = path
        }
    }

    func restoreMet(_ problem: RestoreProblem) {
        meter.update { $0.problems += 1 }
        console.message(.problem, "\(problem.path): \(problem.reason)")
    }
}
