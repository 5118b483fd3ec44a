import SystemInterface

/// That a snapshot stays, whatever anybody says, until the hold is released.
public struct Hold: Hashable, Sendable {
    /// The snapshot.
    public let snapshot: SnapshotID
    /// Which of the snapshot's holds it is, from 1 on.
    public let number: UInt64
    /// Who holds it, and why.
    public let attribution: Attribution
    /// From when on whoever forgets the snapshot may release the hold; nil for never.
    public let until: Timestamp?
    /// Who released it, and why; nil while it binds.
    public let release: Attribution?

    /// What releases it: the snapshot's identifier, a full stop, and the number.
    public var id: String { "\(snapshot).\(number)" }
    /// The same with the beginning of the identifier: what people are shown.
    public var shortID: String { "\(snapshot.short).\(number)" }

    /// Whether it is still in force, for someone whose clock shows `now`.
    ///
    /// Nothing is deleted by this: a hold whose time is over goes on to bind until somebody has released it.
    public func isInForce(at now: Timestamp) -> Bool {
        guard release == nil else { return false }
        return until.map { now <= $0 } ?? true
    }
}
