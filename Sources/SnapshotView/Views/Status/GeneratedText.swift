import Synchronization
import SystemInterface

/// A small text that is made when somebody asks for its size, and stays as it is while it is being read.
///
/// The kernel reads as much as the size says that it was told before, so that text and size must not part. A text is
/// made anew when nobody has asked for `ViewLimits.textQuietNanoseconds`, or when it is `ViewLimits.textAgeSeconds` old.
final class GeneratedText: Sendable {
    private struct State {
        var text: [UInt8] = []
        var made: Timestamp?
        var asked: Timestamp?
    }

    private let clock: any WallClock
    private let make: @Sendable () -> [UInt8]
    private let state = Mutex(State())

    init(clock: any WallClock, make: @escaping @Sendable () -> [UInt8]) {
        self.clock = clock
        self.make = make
    }

    /// How long the text is, and when it was made. This is what makes it anew.
    func measure() -> (bytes: Int, made: Timestamp) {
        let now = clock.now()
        if let made = state.withLock({ Self.isFresh($0, now) ? $0.made : nil }) {
            return state.withLock { state in
                state.asked = now
                return (state.text.count, state.made ?? made)
            }
        }
        // Made without the lock: it asks all sorts of things.
        let text = make()
        return state.withLock { state in
            state = State(text: text, made: now, asked: now)
            return (text.count, now)
        }
    }

    /// The text whose size was told last.
    func text() -> [UInt8] {
        let now = clock.now()
        return state.withLock { state in
            state.asked = now
            return state.text
        }
    }

    private static func isFresh(_ state: State, _ now: Timestamp) -> Bool {
        guard let made = state.made, let asked = state.asked, asked <= now, made <= now else { return false }
        guard now < made.adding(seconds: ViewLimits.textAgeSeconds) else { return false }
        let sinceAsked = now.seconds - asked.seconds
        guard sinceAsked < 2 else { return false }
        return sinceAsked * Int64(Timestamp.nanosecondsPerSecond) + Int64(now.nanoseconds) - Int64(asked.nanoseconds)
            < ViewLimits.textQuietNanoseconds
    }
}
