import Glibc

/// Tells the civil time. Only the command line makes a real one: everything below is handed its clock.
public protocol WallClock: Sendable {
    /// The present moment. It may jump, backwards too.
    func now() -> Timestamp
}

/// The system's clock (clock_gettime(2), CLOCK_REALTIME).
public struct SystemWallClock: WallClock {
    /// The system's clock.
    public init() {}

    /// The present moment.
    public func now() -> Timestamp {
        var time = timespec()
        let result = clock_gettime(CLOCK_REALTIME, &time)
        precondition(result == 0, "CLOCK_REALTIME is always there")
        return Timestamp(seconds: Int64(time.tv_sec), nanoseconds: UInt32(time.tv_nsec))
    }
}

/// A clock that stands still.
public struct FixedWallClock: WallClock {
    private let moment: Timestamp

    /// A clock that shows `moment` for ever.
    public init(_ moment: Timestamp) {
        self.moment = moment
    }

    /// The moment that the clock was made with.
    public func now() -> Timestamp { moment }
}
