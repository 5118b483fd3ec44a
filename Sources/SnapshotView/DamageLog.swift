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
    }

    private let sink: LogSink
    private let state = Mutex(State())

    init(_ sink: @escaping LogSink) {
        self.sink = sink
    }

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
        let line: String? = state.withLock { state in
            guard !state.isFull, state.known.insert(fault).inserted else { return nil }
            guard state.known.count < ViewLimits.loggedFaultsMax else {
                state.isFull = true
                return "too many faults: no more will be logged"
            }
            let place = FilePath(path).description
            guard let object else { return "cannot read \(place): \(reason)" }
            return "cannot read \(place): \(object): \(reason)"
        }
        if let line { sink(line) }
    }
}
