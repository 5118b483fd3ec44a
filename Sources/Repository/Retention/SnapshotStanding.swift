/// What is to become of a snapshot, by its newest tombstone.
public enum SnapshotStanding: Hashable, Sendable {
    /// Nobody has forgotten it, or that was undone.
    case live
    /// It is to go, and has everything still.
    case forgotten(Tombstone)
    /// It is gone for good, whatever a listing shows; who removed it.
    case swept(Attribution)
}
