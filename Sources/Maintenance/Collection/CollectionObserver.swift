import Repository
import Storage

/// What a collection is busy with.
public enum CollectionPhase: String, Sendable {
    /// Finding out what is needed.
    case marking
    /// Moving what is left of packs.
    case moving
    /// Seeing to it that runs have ended.
    case settling
    /// Finding out again what is needed.
    case markingAgain
    /// Deleting.
    case deleting
}

/// One object that was deleted, and why.
public struct Deletion: Hashable, Sendable {
    /// Why an object goes.
    public enum Reason: String, Sendable {
        /// No snapshot needs what the pack holds, or another pack has it.
        case unneeded
        /// The snapshot was forgotten.
        case forgotten
        /// The run was ended before it was committed.
        case aborted
        /// A newer segment says the same without what was swept.
        case replaced
    }

    /// The object.
    public let name: ObjectName
    /// Why it went.
    public let reason: Reason
}

/// Is told how a collection gets on, on the thread that runs it.
public protocol CollectionObserver: Sendable {
    /// A phase has come so far; `total` is 0 where it is not known.
    func collectionAdvanced(_ phase: CollectionPhase, _ done: Int, of total: Int)
    /// An object was deleted. One that is deleted a second time is told of again.
    func collectionDeleted(_ deletion: Deletion)
}
