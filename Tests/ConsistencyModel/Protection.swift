/// One rule of the protocol. Each can be left out, to show that it is needed.
public enum Protection: UInt8, CaseIterable, Sendable {
    /// A writer looks for quarantined packs after it has claimed its session, not before.
    case claimsBeforeLooking
    /// A writer reuses no pack of a quarantine that it sees.
    case avoidsQuarantine
    /// A writer that can't create its outcome reads whose outcome is there, and publishes nothing that was aborted.
    case yieldsToFence
    /// The manifest is stored before the outcome that commits it.
    case storesManifestFirst
    /// A tree of the parent is taken over unseen only while the parent is live.
    case provesInheritedTrees
    /// A writer never believes in a pack that was swept, whatever a segment says.
    case writerRemembersSweeps
    /// A collector never believes in a pack that was swept, whatever a segment says.
    case collectorRemembersSweeps
    /// A generation exists before anyone asks which sessions don't know it.
    case quarantinesBeforeSettling
    /// Every session that may not know a generation has an outcome before anything of the generation goes.
    case settlesSessions
    /// What is live is found out again once the sessions are settled.
    case marksAgain
    /// The second mark asks for the sessions again, instead of keeping the list of the first.
    case asksForSessionsAgain
    /// Snapshots are known by the keys of their sessions, not by a listing.
    case knowsSnapshotsByKey
    /// A collector publishes what was committed and not published.
    case publishesForOthers
    /// A live chunk that is nowhere stops the collector.
    case refusesMissingChunks
    /// A chunk that lies in several packs is kept in one of them.
    case keepsOneOfDuplicates
    /// A pack is asked for by its key before another goes because of it.
    case asksForKeptPacks
    /// Only tombstones that the generation names are swept by it.
    case sweepsNamedTombstonesOnly
    /// A snapshot dies by winning its tombstone's final key.
    case claimsTombstones
    /// A snapshot whose tombstone was undone first is live.
    case yieldsToUndo
    /// A collector looks for holds at the moment of the claim.
    case looksForHoldsAgain
    /// Whoever holds a snapshot looks for a tombstone after the hold exists.
    case holdLooksForTombstone
    /// Whoever forgets a snapshot looks for holds after the tombstone exists.
    case forgetLooksForHolds
    /// Whoever undoes reads whether the tombstone was undone or swept.
    case readsFinalBack
    /// A generation begins only when the one before is closed.
    case oneGenerationAtATime
    /// A collector whose generation is there already goes on with the plan that is stored.
    case adoptsGeneration
    /// A collector whose sweep plan is there already deletes what that one says.
    case adoptsSweep
    /// New segments are stored before those that they replace are deleted.
    case replacesIndexFirst
    /// A snapshot that was swept is gone, whatever a listing shows.
    case ignoresSweptSnapshots
    /// A reader who misses a pack looks at the index again.
    case readerLooksAgain
}

/// The rules that are followed.
public struct Protections: Sendable {
    var bits: SmallSet<UInt32>

    /// The protocol as it is.
    public static let all = Protections(bits: .below(Protection.allCases.count))

    /// The protocol without some of its rules.
    public static func without(_ missing: Protection...) -> Self {
        var bits = all.bits
        for protection in missing { bits.remove(Int(protection.rawValue)) }
        return Self(bits: bits)
    }

    func has(_ protection: Protection) -> Bool { bits.contains(Int(protection.rawValue)) }
}
