import Synchronization
import SystemInterface

/// A clock that a test sets.
public final class ManualClock: WallClock {
    private let moment: Mutex<Timestamp>

    /// A clock that shows this second since the epoch, and stands still.
    public init(seconds: Int64) {
        moment = Mutex(Timestamp(seconds: seconds))
    }

    /// A clock that shows the system's time plus `seconds`, and stands still.
    public init(secondsAhead seconds: Int64) {
        moment = Mutex(SystemWallClock().now().adding(seconds: seconds))
    }

    /// The moment that was set last.
    public func now() -> Timestamp { moment.withLock { $0 } }

    /// Moves the clock.
    public func advance(seconds: Int64) {
        moment.withLock { $0 = $0.adding(seconds: seconds) }
    }
}
