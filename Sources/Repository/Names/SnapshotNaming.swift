/// The names of snapshots as directories: their timestamps, each unique.
public enum SnapshotNaming {
    /// A name for each of `snapshots`, in their order and in a style.
    ///
    /// A timestamp that several snapshots share is followed by `-` and the short identifier, for all of them: a name
    /// never moves from one snapshot to another while both exist.
    public static func names(of snapshots: [Snapshot], style: SnapshotNameStyle = .utc) -> [String] {
        let timestamps = snapshots.map { style.format($0.manifest.started) }
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

    /// The second and the first digits of the identifier that a name with an identifier, of any style, stands for.
    static func parse(_ name: String) -> (second: Int64, identifier: String)? {
        guard let dash = name.lastIndex(of: "-"), let second = TimeExpression.second(of: String(name[..<dash]))
        else { return nil }
        let identifier = name[name.index(after: dash)...].lowercased()
        let isHexadecimal = identifier.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
        guard isHexadecimal, identifier.utf8.count == 8 || identifier.utf8.count == 64 else { return nil }
        return (second, identifier)
    }
}
