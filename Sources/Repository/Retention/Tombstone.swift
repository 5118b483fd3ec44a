/// That a snapshot is to go: it can be undone until the space is reclaimed.
public struct Tombstone: Hashable, Sendable {
    /// How a tombstone ended. Whoever wrote it first decided.
    public enum End: Hashable, Sendable {
        /// The snapshot stays.
        case undone(Attribution)
        /// The snapshot is gone for good.
        case swept(Attribution)
    }

    /// The snapshot.
    public let snapshot: SnapshotID
    /// Which of the snapshot's tombstones it is, from 1 on.
    public let number: UInt64
    /// Who wants the snapshot to go, and why.
    public let attribution: Attribution
}
