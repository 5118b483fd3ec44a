/// The names of snapshots as directories: their timestamps, each unique.
public enum SnapshotNaming {
    /// A name for each of `snapshots`, in their order.
    ///
    /// A timestamp that several snapshots share is followed by `-` and the short identifier, for all of them: a name
    /// never moves from one snapshot to another while both exist.
    public static func names(of snapshots: [Snapshot]) -> [String] {
        let timestamps = snapshots.map { SnapshotTimestamp.format($0.manifest.started) }
        var counts: [String: Int] = [:]
        for timestamp in timestamps { counts[timestamp, default: 0] += 1 }
        var names = zip(snapshots, timestamps).map { snapshot, timestamp in
            counts[timestamp] == 1 ? timestamp : timestamp + "-" + snapshot.id.short
        }
        // Identifiers that agree in their first eight digits too are written out.
        var taken: [String: Int] = [:]
        for name in names { taken[name, default: 0] += 1 }
        for index in names.indices where (taken[names[index]] ?? 0) > 1 {
            names[index] = timestamps[index] + "-" + snapshots[index].id.description
        }
        return names
    }
}
