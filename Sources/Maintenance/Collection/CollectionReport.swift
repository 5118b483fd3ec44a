import Coding
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
    /// Whether it has deleted what another run had planned before it; the amounts are those, if it has to wait then.
    public internal(set) var hasFinishedAnother = false
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
    /// Runs that have to end first, or would have to.
    public internal(set) var sessionsWaitedFor: [WaitingSession] = []
    /// Why what would be done has to be confirmed, after a dry run; nil if it has not.
    public internal(set) var reasonToConfirm: String?
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

extension CollectionReport {
    /// The same with what an earlier generation has deleted. What only grows is in it before.
    func adding(_ earlier: CollectionReport) -> CollectionReport {
        var sum = self
        sum.packCount += earlier.packCount
        sum.bytesFreed.addSaturating(earlier.bytesFreed)
        sum.packsTakenBack += earlier.packsTakenBack
        sum.snapshots = Set(snapshots).union(earlier.snapshots).sorted()
        return sum
    }

    /// What an earlier generation came to, with what stays by the mark of this one: who finishes another's plan makes none.
    func staying(after earlier: CollectionReport) -> CollectionReport {
        var earlier = earlier
        (earlier.snapshotsKept, earlier.bytesKept) = (snapshotsKept, bytesKept)
        (earlier.bytesUnused, earlier.bytesHidden) = (bytesUnused, bytesHidden)
        return earlier
    }

    /// What an earlier generation came to, where this one has to wait.
    func waiting(behind earlier: CollectionReport) -> CollectionReport {
        var earlier = staying(after: earlier)
        earlier.end = end
        earlier.generation = generation
        (earlier.sessionsEnded, earlier.sessionsWaitedFor) = (sessionsEnded, sessionsWaitedFor)
        return earlier
    }
}

/// A run that has no outcome, and that may rely on what is to go.
public struct WaitingSession: Hashable, Sendable {
    /// Its number.
    public let number: UInt64
    /// Who runs; nil if what was said of that cannot be read.
    public let identity: RunIdentity?
}
