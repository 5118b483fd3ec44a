import Coding
import Repository

/// What repairing snapshots came to.
public struct SnapshotRepairReport: Sendable {
    /// A snapshot that has lost something, and the copy of it that says so.
    public struct Copy: Sendable {
        /// The snapshot that has lost something.
        public let original: SnapshotID
        /// Its copy; nil in a dry run.
        public let copy: SnapshotID?
        /// What is lost in it, the first of it, as the copy's manifest names it.
        public let losses: [SnapshotProblem]
        /// How many items are lost.
        public let lossCount: UInt64
    }

    /// The copies that were made.
    public internal(set) var copies: [Copy] = []
    /// Damaged snapshots that have a copy already, with its name.
    public internal(set) var copiedBefore: [SnapshotID: SnapshotID] = [:]
    /// Manifests that are damaged in one of the two places where they are stored, or missing with their sessions, and whole
    /// in the other: what is wrong, by object.
    public internal(set) var kept: [String: String] = [:]
    /// Those of `kept` that are not there.
    public internal(set) var missing: Set<String> = []
    /// Those of `kept` whose names something has that cannot be read, and so not be moved away.
    public internal(set) var obstructed: Set<String> = []
    /// Those of `kept` that are there anew.
    public internal(set) var putBack: Set<String> = []
    /// Snapshots of which no copy can be made: what is wrong, by object.
    public internal(set) var beyondRepair: [String: String] = [:]
    /// The objects that were moved out of the repository, of both kinds.
    public internal(set) var moved: Set<String> = []
    /// How many snapshots have lost nothing.
    public internal(set) var wholeCount = 0
    /// Packs with which anything is wrong, as far as was looked, and those that are missing.
    public internal(set) var damagedPacks: Set<Bytes32> = []
    /// Packs that were read whole and hold all that they must.
    public internal(set) var soundPacks: Set<Bytes32> = []
}
