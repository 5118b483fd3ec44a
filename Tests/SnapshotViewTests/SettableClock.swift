import Synchronization
import SystemInterface

/// A clock that shows what it was set to.
final class SettableClock: WallClock {
    private let moment: Mutex<Timestamp>

    init(_ seconds: Int64) {
        moment = Mutex(Timestamp(seconds: seconds))
    }

    func now() -> Timestamp { moment.withLock { $0 } }

    func advance(seconds: Int64) {
        moment.withLock { $0 = $0.adding(seconds: seconds) }
    }
}
