import Repository
import SystemInterface

/// What `snapshots --forgotten` shows.
enum ForgottenOutput {
    /// Shows the forgotten snapshots; whether there is one.
    static func show(_ forgotten: [(snapshot: Snapshot, tombstone: Tombstone)], _ console: Console) throws -> Bool {
        var table = Table(["ID", "TIME (UTC)", "HOST", "FORGOTTEN (UTC)", "BY", "REASON"])
        for (snapshot, tombstone) in forgotten {
            let by = tombstone.attribution
            try console.record(Record(snapshot, tombstone))
            table.add([
                snapshot.id.short, TimeText.short(snapshot.manifest.started), snapshot.manifest.host,
                TimeText.short(by.time), by.who, by.reason,
            ])
        }
        if !forgotten.isEmpty { for line in table.lines { try console.line(line) } }
        return !forgotten.isEmpty
    }

    private struct Record: JSONRecord {
        static let schema = "pastfs.forgotten.v1"
        let snapshot: String
        let started: String
        let host: String
        let paths: [PathRecord]
        let tags: [String]
        let forgotten: String
        let byUser: String
        let byHost: String
        let reason: String

        init(_ snapshot: Snapshot, _ tombstone: Tombstone) {
            self.snapshot = snapshot.id.description
            started = TimeText.full(snapshot.manifest.started)
            host = snapshot.manifest.host
            paths = snapshot.manifest.paths.map(PathRecord.init)
            tags = snapshot.manifest.tags
            forgotten = TimeText.full(tombstone.attribution.time)
            byUser = tombstone.attribution.userName
            byHost = tombstone.attribution.host
            reason = tombstone.attribution.reason
        }
    }
}
