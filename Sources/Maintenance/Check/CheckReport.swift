import Coding
import Repository
import SystemInterface

/// Something that a check found.
public struct Finding: Sendable {
    /// The most paths that a finding lists; it counts all of them.
    public static let pathsMax = 20

    /// A path of a snapshot that a finding makes unreadable.
    public struct AffectedPath: Hashable, Sendable {
        /// The snapshot.
        public let snapshot: SnapshotID
        /// The file or directory in it.
        public let path: FilePath
    }

    /// The object of the repository, by its path there; or a chunk that no object holds.
    public let object: String
    /// What is wrong with it, in words.
    public internal(set) var what: String
    /// The snapshots that are affected, ascending.
    public internal(set) var snapshots: [SnapshotID] = []
    /// What is affected in them, the first `pathsMax` of it. A directory stands for all that lies below it.
    public internal(set) var paths: [AffectedPath] = []
    /// How many paths are affected, as far as they were told apart: see `TreeLosses.toldMax`.
    public internal(set) var pathCount: UInt64 = 0
}

/// What a check came to.
public struct CheckReport: Sendable {
    /// How many objects of the repository were looked at.
    public internal(set) var objectCount = 0
    /// How many bytes these have.
    public internal(set) var storedBytes: UInt64 = 0
    /// How many packs there are.
    public internal(set) var packCount = 0
    /// How many of them were read whole.
    public internal(set) var packsRead = 0
    /// How many of them need not be read, since the check that was resumed had found them whole.
    public internal(set) var packsReadBefore = 0
    /// How many bytes were read of packs.
    public internal(set) var packBytesRead: UInt64 = 0
    /// How many snapshots were walked.
    public internal(set) var snapshotCount = 0
    /// How many different directories were read.
    public internal(set) var directoryCount = 0
    /// Damage, by object.
    public internal(set) var damage: [Finding] = []
    /// What is no damage and worth knowing: packs that the index does not list, files that belong to no repository.
    public internal(set) var notes: [Finding] = []

    /// Packs with which anything is wrong, as far as was looked, and those that are missing.
    public internal(set) var damagedPacks: Set<Bytes32> = []
    /// Packs that were read whole and hold all that they must; none that only the check that was resumed had read.
    public internal(set) var soundPacks: Set<Bytes32> = []

    /// Whether nothing is damaged.
    public var isWhole: Bool { damage.isEmpty }
}
