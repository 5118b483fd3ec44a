import Synchronization

/// A limit on bytes a second that any number of threads share: a token bucket (RFC 2697 has one), here without colours.
///
/// Who takes bytes pays for them afterwards, with the time that they are worth, so that a piece of any size passes. What
/// was not used counts for `burstSeconds` at most.
public final class RateLimit: Sendable {
    /// For how long unused bytes are kept, in seconds.
    public static let burstSeconds = 0.25
    /// The longest that a thread sleeps without a look at whether it is to stop.
    private static let pauseSecondsMax = 0.1

    /// How many bytes may pass in a second.
    public let bytesPerSecond: UInt64
    private let clock: any MonotonicClock
    /// When all that was taken is paid for.
    private let paidUntil: Mutex<Double>

    /// A limit of at least one byte a second, by a clock that never goes back.
    public init(bytesPerSecond: UInt64, clock: any MonotonicClock) {
        self.bytesPerSecond = max(1, bytesPerSecond)
        self.clock = clock
        paidUntil = Mutex(clock.seconds() - Self.burstSeconds)
    }

    /// Takes `bytes` bytes, and waits until they are paid for or `stop` is raised.
    public func take(_ bytes: Int, unless stop: StopFlag? = nil) {
        let due = charge(bytes)
        while stop?.isSet != true {
            let rest = due - clock.seconds()
            guard rest > 0 else { return }
            clock.pause(seconds: min(rest, Self.pauseSecondsMax))
        }
    }

    /// Takes `bytes` bytes, and returns when they are paid for, in the clock's seconds.
    func charge(_ bytes: Int) -> Double {
        let now = clock.seconds()
        return paidUntil.withLock { paid in
            paid = max(paid, now - Self.burstSeconds) + Double(bytes) / Double(bytesPerSecond)
            return paid
        }
    }
}

/// Tells how time passes, from some moment on, and lets it pass.
public protocol MonotonicClock: Sendable {
    /// Seconds since a moment that stays the same while the process lives.
    func seconds() -> Double
    /// Returns when so many seconds have passed.
    func pause(seconds: Double)
}

/// The system's clock that is never set (clock_gettime(2), CLOCK_MONOTONIC).
public struct SystemMonotonicClock: MonotonicClock {
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant

    /// The system's clock, counting from now.
    public init() {
        start = clock.now
    }

    /// Seconds since this value was made.
    public func seconds() -> Double {
        let (seconds, attoseconds) = (clock.now - start).components
        return Double(seconds) + Double(attoseconds) * 1e-18
    }

    /// Sleeps.
    public func pause(seconds: Double) {
        Thread.pause(seconds: seconds)
    }
}
