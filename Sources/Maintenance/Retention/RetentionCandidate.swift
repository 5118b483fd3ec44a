import Repository
import SystemInterface

/// What a policy asks of a snapshot.
public struct RetentionCandidate: Hashable, Sendable {
    /// The snapshot's name.
    public var id: SnapshotID
    /// When its backup began.
    public var started: Timestamp
    /// The host whose files these are.
    public var host: String
    /// The paths that were saved.
    public var paths: [FilePath]
    /// Its tags.
    public var tags: [String]
    /// Whether the backup ended before it had come to everything.
    public var isPartial: Bool
    /// Whether a hold keeps it.
    public var isHeld: Bool
    /// Whether nobody can tell if the snapshot is forgotten.
    public var isUnclear: Bool
    /// The snapshot that this one is a repaired copy of; nil for others.
    public var original: SnapshotID?

    /// A candidate of these parts.
    public init(
        id: SnapshotID, started: Timestamp, host: String = "host", paths: [FilePath] = [], tags: [String] = [],
        isPartial: Bool = false, isHeld: Bool = false, isUnclear: Bool = false, original: SnapshotID? = nil
    ) {
        self.id = id
        self.started = started
        self.host = host
        self.paths = paths
        self.tags = tags
        self.isPartial = isPartial
        self.isHeld = isHeld
        self.isUnclear = isUnclear
        self.original = original
    }

    /// What a policy asks of `snapshot`.
    public init(_ snapshot: Snapshot, isHeld: Bool, isUnclear: Bool = false) {
        let manifest = snapshot.manifest
        self.init(
            id: snapshot.id, started: manifest.started, host: manifest.host, paths: manifest.paths,
            tags: manifest.tags, isPartial: manifest.isPartial, isHeld: isHeld, isUnclear: isUnclear,
            original: SnapshotRepair.original(of: manifest))
    }

    /// Whether it is older; of one moment, the one whose name comes first.
    func isOlder(than other: RetentionCandidate) -> Bool {
        (started, id) < (other.started, other.id)
    }
}
