import Repository

/// Which snapshots are shown.
public struct SnapshotFilter: Hashable, Sendable {
    /// Snapshots of these hosts; of all hosts if there are none here.
    public var hosts: Set<String>
    /// Snapshots that have all of these tags.
    public var tags: Set<String>

    /// Shows the snapshots of any of `hosts` that have all of `tags`; all snapshots without any.
    public init(hosts: Set<String> = [], tags: Set<String> = []) {
        self.hosts = hosts
        self.tags = tags
    }

    /// Whether a snapshot is shown.
    public func shows(_ snapshot: Snapshot) -> Bool {
        (hosts.isEmpty || hosts.contains(snapshot.manifest.host)) && tags.isSubset(of: snapshot.manifest.tags)
    }
}
