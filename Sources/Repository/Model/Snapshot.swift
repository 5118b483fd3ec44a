/// A snapshot as it stands in the repository.
public struct Snapshot: Hashable, Sendable {
    /// Its name.
    public let id: SnapshotID
    /// What it says.
    public let manifest: SnapshotManifest

    /// A snapshot of this name and content.
    public init(id: SnapshotID, manifest: SnapshotManifest) {
        self.id = id
        self.manifest = manifest
    }
}
