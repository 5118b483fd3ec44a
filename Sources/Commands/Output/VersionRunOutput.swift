import Repository
import SystemInterface

/// Versions of paths, as `versions` and `find` print them.
struct VersionRunOutput {
    let snapshots: [Snapshot]
    let console: Console

    /// The hosts' lines of snapshots, by the snapshots' places.
    static func lines(of snapshots: [Snapshot]) -> [Int] {
        var numbers: [String: Int] = [:]
        return snapshots.map { snapshot in
            let number = numbers[snapshot.manifest.host] ?? numbers.count
            numbers[snapshot.manifest.host] = number
            return number
        }
    }

    /// The cells that a table shows of a run, those of `headings`.
    func cells(_ run: VersionRun) -> [String] {
        let (first, last) = (snapshots[run.firstPlace], snapshots[run.lastPlace])
        return [
            TimeText.short(run.entry.modified), AmountText.bytes(run.entry.size), String(run.count),
            TimeText.short(first.manifest.started), TimeText.short(last.manifest.started), last.id.short,
        ]
    }

    static let headings = ["MODIFIED (UTC)", "SIZE", "SNAPSHOTS", "FIRST", "LAST", "NEWEST"]
    static let rightAligned: Set<Int> = [1, 2]

    /// A run as a record of its own.
    func record(_ run: VersionRun, _ path: FilePath) throws(Failure) {
        guard console.isJSON else { return }
        let (first, last) = (snapshots[run.firstPlace], snapshots[run.lastPlace])
        try console.record(
            VersionRunRecord(
                path: PathRecord(path), attributes: EntryAttributes(run.entry),
                fields: .init(
                    change: run.change.rawValue, host: last.manifest.host, snapshots: run.count,
                    firstSnapshot: first.id.description, firstStarted: TimeText.full(first.manifest.started),
                    lastSnapshot: last.id.description, lastStarted: TimeText.full(last.manifest.started))))
    }
}

/// A version of a path in snapshots of a host.
private struct VersionRunRecord: JSONRecord {
    static let schema = "pastfs.path-version.v1"
    struct Fields: Encodable {
        let change: String
        let host: String
        let snapshots: Int
        let firstSnapshot: String
        let firstStarted: String
        let lastSnapshot: String
        let lastStarted: String
    }
    let path: PathRecord
    let attributes: EntryAttributes
    let fields: Fields

    func encode(to encoder: any Encoder) throws {
        try path.encode(to: encoder)
        try attributes.encode(to: encoder)
        try fields.encode(to: encoder)
    }
}
