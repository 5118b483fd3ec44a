import SystemInterface

/// What all threads of a run that read have in common: whether they are to stop, and how fast they may go.
final class ReadMeter: Sendable {
    private let stop: StopFlag
    private let limit: RateLimit?

    init(stop: StopFlag, limit: RateLimit?) {
        self.stop = stop
        self.limit = limit
    }

    /// Whether the run is to stop.
    var isStopped: Bool { stop.isSet }

    /// Bytes were read: waits until they may have been.
    func read(_ bytes: Int) {
        limit?.take(bytes, unless: stop)
    }
}
