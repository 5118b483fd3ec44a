/// Every limit of forgetting by a policy.
public enum RetentionLimits {
    /// A snapshot that began later than this behind the present is from the future, in seconds: clocks differ a little.
    public static let futureToleranceSeconds: Int64 = 600
    /// Up to so many snapshots are removed without being asked for more.
    public static let unconfirmedRemovalsMax = 5
    /// More than one in so many snapshots are only removed when that is confirmed.
    public static let unconfirmedShareDivisor = 2
    /// The most snapshots or periods that a rule keeps.
    public static let keepMax = 1_000_000
    /// The longest time within which snapshots are kept, in seconds: a thousand years.
    public static let withinSecondsMax: Int64 = 1_000 * 365 * 86_400
}
