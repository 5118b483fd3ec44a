/// What a session's outcome key says.
enum Outcome: UInt8 {
    case none, committed, aborted
}

/// A session: `sessions/<n>`, and its outcome key.
struct Session {
    /// Who claimed it: the writer's nonce, from 1 on; 0 while it isn't claimed.
    var owner: UInt8 = 0
    /// The generations that the claim says its writer knew.
    var generationsSeen: UInt8 = 0
    var outcome = Outcome.none
    /// What the snapshot refers to.
    var references = ChunkSet()
}

/// What is there of a tombstone: `tombstones/<snapshot>.<k>` and its key `.final`.
enum Tombstone: UInt8 {
    case absent, open, undone, swept
}

/// What is there of a hold: `holds/<snapshot>.<j>` and its key `.released`.
enum Hold: UInt8 {
    case absent, active, released
}

/// A quarantine generation: `quarantine/<g>`, `quarantine/<g>.sweep` and `quarantine/<g>.closed`.
struct Generation {
    /// What would go.
    var plannedPacks = PackSet()
    /// The tombstones that are meant.
    var plannedTombstones = TombstoneSet()
    /// Whether there is a sweep plan; the next two are its content.
    var hasSweep = false
    /// The packs that go.
    var sweptPacks = PackSet()
    /// The sessions that left nothing to keep: swept snapshots and aborted sessions.
    var deadSessions = SessionSet()
    var isClosed = false
}
