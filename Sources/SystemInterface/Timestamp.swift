/// A moment of civil time as the kernel counts it: seconds and nanoseconds since 1970-01-01T00:00:00Z, before it too.
public struct Timestamp: Hashable, Sendable {
    /// Whole seconds since the epoch, rounded down: half a second before the epoch is -1 here and 500,000,000 below.
    public let seconds: Int64
    /// The rest, 0 to 999,999,999.
    public let nanoseconds: UInt32

    /// Nanoseconds a second.
    public static let nanosecondsPerSecond: UInt32 = 1_000_000_000

    /// The epoch.
    public static let zero = Timestamp(seconds: 0)

    /// A moment; traps when `nanoseconds` is a second or more.
    public init(seconds: Int64, nanoseconds: UInt32 = 0) {
        precondition(nanoseconds < Self.nanosecondsPerSecond, "nanoseconds must be below one second")
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    /// A moment from bytes that may be hostile: nil when `nanoseconds` is a second or more.
    public init?(seconds: Int64, uncheckedNanoseconds nanoseconds: UInt64) {
        guard nanoseconds < UInt64(Self.nanosecondsPerSecond) else { return nil }
        self.init(seconds: seconds, nanoseconds: UInt32(nanoseconds))
    }

    /// The moment `seconds` later, or earlier; the range's end where that cannot be represented.
    public func adding(seconds delta: Int64) -> Timestamp {
        let (sum, overflow) = seconds.addingReportingOverflow(delta)
        return Timestamp(seconds: overflow ? (delta < 0 ? .min : .max) : sum, nanoseconds: nanoseconds)
    }
}

extension Timestamp: Comparable {
    /// Order in time.
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }
}
