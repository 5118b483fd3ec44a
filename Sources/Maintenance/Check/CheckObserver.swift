/// The parts of a check, in their order.
public enum CheckPhase: String, CaseIterable, Sendable {
    /// The `format` object, the key slots, and files that belong to no repository.
    case keys
    /// Index segments.
    case index
    /// The footers of packs, or whole packs.
    case packs
    /// Snapshots and the trees below them.
    case snapshots
}

/// How far a check has come.
public struct CheckProgress: Sendable {
    /// What is being checked.
    public let phase: CheckPhase
    /// How many objects of the phase are done.
    public let done: Int
    /// How many objects the phase has.
    public let total: Int
    /// How many bytes have been read from packs in all.
    public let bytes: UInt64
}

/// Is told how a check gets on, from several threads, often: an observer that shows it limits the rate itself.
public protocol CheckObserver: Sendable {
    /// The check has come this far.
    func checkAdvanced(_ progress: CheckProgress)
}
