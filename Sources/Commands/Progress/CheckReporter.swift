import Maintenance

/// Tells of a check while it runs.
final class CheckReporter: CheckObserver {
    private let meter: ProgressMeter

    init(_ meter: ProgressMeter) {
        self.meter = meter
    }

    func checkAdvanced(_ progress: CheckProgress) {
        meter.update { snapshot in
            snapshot.phase = "checking \(progress.phase.rawValue)"
            snapshot.itemName = "object"
            snapshot.items = UInt64(progress.done)
            snapshot.total = UInt64(progress.total)
            snapshot.bytes = progress.bytes
        }
    }
}
