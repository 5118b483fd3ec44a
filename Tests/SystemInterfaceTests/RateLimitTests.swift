import Synchronization
import SystemInterface
import Testing

@Suite("A limit on bytes a second")
struct RateLimitTests {
    @Test("Taking bytes takes the time that they are worth, less a burst", arguments: [1, 100, 4_096, 1_000_000])
    func takesTime(piece: Int) {
        let clock = StoppedClock()
        let limit = RateLimit(bytesPerSecond: 1_000_000, clock: clock)
        for _ in 0..<(10_000_000 / piece) { limit.take(piece) }
        #expect(abs(clock.seconds() - (10 - RateLimit.burstSeconds)) < 0.01)
    }

    @Test("What was not used for long counts for one burst")
    func boundsBursts() {
        let clock = StoppedClock()
        let limit = RateLimit(bytesPerSecond: 1_000, clock: clock)
        clock.pause(seconds: 3_600)
        limit.take(1_250)
        #expect(abs(clock.seconds() - 3_601) < 0.001)
    }

    @Test("Who is told to stop does not wait")
    func stops() {
        let clock = StoppedClock()
        let stop = StopFlag()
        stop.set()
        RateLimit(bytesPerSecond: 1, clock: clock).take(1_000_000, unless: stop)
        #expect(clock.seconds() == 0)
    }
}

/// A clock that goes on when somebody sleeps.
private final class StoppedClock: MonotonicClock {
    private let time = Mutex(0.0)

    func seconds() -> Double { time.withLock { $0 } }
    func pause(seconds: Double) { time.withLock { $0 += seconds } }
}
