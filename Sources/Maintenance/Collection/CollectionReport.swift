import Repository
import SystemInterface

/// What a collection has done, or would do.
public struct CollectionReport: Hashable, Sendable {
    /// How a collection ended.
    public enum End: String, Sendable {
        /// There was nothing to do.
        case nothingToDo
        /// Nothing was done: this is what would be.
        case dryRun
        /// Runs have to end first; the next collection goes on.
        case waiting
        /// All is done.
        case done
    }

    /// How it ended.
    public internal(set) var end = End.nothingToDo
    /// The generation that it worked on, 0 for none.
    public internal(set) var generation: UInt64 = 0
    /// Packs that were deleted, or would be.
    public internal(set) var packCount = 0
    /// Their bytes, less those that were moved to others.
    public internal(set) var bytesFreed: UInt64 = 0
    /// Packs that were to go and are needed after all.
    public internal(set) var packsTakenBack = 0
    /// Packs of which what is needed was moved to others, and its bytes.
    public internal(set) var packsRepacked = 0
    /// The bytes that were moved.
    public internal(set) var bytesMoved: UInt64 = 0
    /// Snapshots that were removed for good, or would be.
    public internal(set) var snapshots: [SnapshotID] = []
    /// Index segments that were replaced.
    public internal(set) var segmentsReplaced = 0
    /// Runs that were ended.
    public internal(set) var sessionsEnded: [UInt64] = []
    /// Runs that have to end first.
    public internal(set) var sessionsWaitedFor: [WaitingSession] = []
    /// Bytes of packs that stay.
    public internal(set) var bytesKept: UInt64 = 0
    /// Of these, what nothing needs and `unusedShareMax` lets stay.
    public internal(set) var bytesUnused: UInt64 = 0
    /// Of these, what nothing needs of bundles that are not divided, since most of them is needed or the key at hand does not
    /// open them: a guess, by the lengths of chunks.
    public internal(set) var bytesHidden: UInt64 = 0
    /// Snapshots that stay.
    public internal(set) var snapshotsKept = 0
}

/// A run that has no outcome, and that may rely on what is to go.
public struct WaitingSession: Hashable, Sendable {
    /// Its number.
    public let number: UInt64
    /// Who runs; nil if what was said of that cannot be read.
    public let identity: RunIdentity?
}
