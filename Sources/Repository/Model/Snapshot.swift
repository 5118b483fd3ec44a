/// A snapshot as it stands in the repository.
///
/// Copies share what it says: there may be tens of thousands of them, in several lists.
public struct Snapshot: Sendable {
    /// Its name.
    public let id: SnapshotID
    private let contents: Contents

    /// What it says.
    public var manifest: SnapshotManifest {
        _read { yield contents.manifest }
    }

    private final class Contents: Sendable {
        let manifest: SnapshotManifest

        init(_ manifest: SnapshotManifest) {
            self.manifest = manifest
        }
    }

    /// A snapshot of this name and content.
    public init(id: SnapshotID, manifest: SnapshotManifest) {
        self.id = id
        contents = Contents(manifest)
    }
}

extension Snapshot: Hashable {
    /// Whether both have one name and say the same.
    public static func == (left: Snapshot, right: Snapshot) -> Bool {
        left.id == right.id && left.manifest == right.manifest
    }

    /// Names are hashes of what snapshots say.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(id)
    }
}
