/// How far the chain of claims was followed.
struct ChainHead: Hashable, Sendable {
    /// The newest session whose claim can be read: it vouches for all before it. 0 for none.
    var session: UInt64 = 0
    /// What that claim says; nil where it was not asked, and for none.
    var claim: SessionClaim?
    /// The newest generation whose plan can be read, up to which all were asked for; 0 for none.
    var generation: UInt64 = 0

    /// The sessions before it whose outcomes no claim up to it vouches for.
    var open: Set<UInt64> { claim?.link.open ?? [] }
}
