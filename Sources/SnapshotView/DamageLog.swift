import Coding
import Repository
import Synchronization
import SystemInterface

/// Where the view's log lines go. Called from any thread, and never with a lock held.
public typealias LogSink = @Sendable (String) -> Void

/// Says each fault once: a broken chunk that is read a thousand times is one line.
final class DamageLog: Sendable {
    private struct State {
        /// Hashes of what was said: paths may be long, and there may be many.
        var known: Set<Int> = []
        var isFull = false
        var text: [UInt8] = []
    }

    private let sink: LogSink
    private let clock: any WallClock
    private let state = Mutex(State())

    init(_ sink: @escaping LogSink, clock: any WallClock) {
        self.sink = sink
        self.clock = clock
    }

    /// How many different faults were met.
    var count: Int { state.withLock { $0.known.count } }

    /// The first lines with their times, up to `ViewLimits.errorTextBytesMax` bytes.
    var text: [UInt8] { state.withLock { $0.text } }

    /// Logs that `path` cannot be shown because of `error`, unless that was said before.
    func report(_ path: [UInt8], _ error: RepositoryError) {
        report(path, object: error.object, reason: error.reason)
    }

    /// Logs that `path` cannot be shown for a reason, unless that was said before.
    func report(_ path: [UInt8], object: String? = nil, reason: String) {
        var hasher = Hasher()
        hasher.combine(path)
        hasher.combine(object)
        hasher.combine(reason)
        let fault = hasher.finalize()
        let moment = SnapshotTimestamp.format(clock.now())
        let line: String? = state.withLock { state in
            guard !state.isFull, state.known.insert(fault).inserted else { return nil }
            let line: String
            if state.known.count < ViewLimits.loggedFaultsMax {
                let cause = object.map { "\($0): \(reason)" } ?? reason
                line = "cannot read \(FilePath(path)): \(cause)"
            } else {
                state.isFull = true
                line = "too many faults: no more will be logged"
            }
            let kept = Array("\(moment) \(line)\n".utf8)
            if state.text.count + kept.count <= ViewLimits.errorTextBytesMax { state.text += kept }
            return line
        }
        if let line { sink(line) }
    }
}
