/// Which snapshots of a group are kept. A snapshot is kept if any rule keeps it.
public struct RetentionPolicy: Hashable, Sendable {
    /// So many of the newest complete snapshots; 0 is no rule.
    public var last = 0
    /// Of so many of the newest periods that have a complete snapshot, the newest of each; a period that is not here has
    /// no rule.
    public var periods: [RetentionPeriod: Int] = [:]
    /// Everything that began no longer than this before the newest complete snapshot of the group; nil is no rule. It does
    /// not count from the present: where backups have come to a stand, nothing goes because of that.
    public var within: RetentionDuration?
    /// Everything that has one of these tags.
    public var tags: Set<String> = []

    /// A policy without a rule.
    public init() {}

    /// Whether it has no rule.
    public var isEmpty: Bool {
        last <= 0 && periods.values.allSatisfy { $0 <= 0 } && within == nil && tags.isEmpty
    }
}
