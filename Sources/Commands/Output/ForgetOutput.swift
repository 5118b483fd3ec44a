import Maintenance
import Repository
import SystemInterface

/// What `forget` shows: a table a group, and a sum.
struct ForgetOutput {
    let console: Console
    let isDryRun: Bool
    /// How many snapshots are forgotten, or would be.
    var forgottenCount = 0
    private var rows = Self.emptyTable
    private var rowCount = 0

    private static var emptyTable: Table { Table(["ID", "TIME (UTC)", "TAGS", "", "WHY"]) }

    init(console: Console, isDryRun: Bool) {
        self.console = console
        self.isDryRun = isDryRun
    }

    /// Begins a group.
    mutating func begin(_ group: SnapshotGroup) throws {
        try console.line(Printable.line("\(group):"))
    }

    /// Shows what becomes of a snapshot.
    mutating func add(_ snapshot: Snapshot, isKept: Bool, reasons: [String], _ group: SnapshotGroup?) throws {
        let manifest = snapshot.manifest
        try console.record(
            Record(
                snapshot: snapshot.id.description, started: TimeText.full(manifest.started), host: manifest.host,
                group: group?.description, kept: isKept, reasons: reasons, dryRun: isDryRun))
        rows.add([
            snapshot.id.short, TimeText.short(manifest.started), manifest.tags.joined(separator: ","),
            isKept ? "keep" : "forget", reasons.joined(separator: "; "),
        ])
        rowCount += 1
    }

    /// Shows the rows of a group.
    mutating func endGroup() throws {
        if rowCount > 0 { for line in rows.lines { try console.line(line) } }
        rows = Self.emptyTable
        rowCount = 0
    }

    /// Says what it comes to.
    func finish(of count: Int, needsConfirmation: Bool) throws {
        try console.record(
            SummaryRecord(
                snapshots: count, kept: count - forgottenCount, forgotten: forgottenCount, dryRun: isDryRun,
                needsConfirmation: needsConfirmation))
        let what = "\(forgottenCount) of \(AmountText.count(UInt64(count), "snapshot"))"
        guard !isDryRun else {
            let more = needsConfirmation ? "; that needs --confirm" : ""
            return try console.line("would forget \(what)\(more)")
        }
        try console.line("forgot \(what)" + (forgottenCount > 0 ? "; until a prune, --undo takes it back" : ""))
    }

    private struct Record: JSONRecord {
        static let schema = "pastfs.forget.v1"
        let snapshot: String
        let started: String
        let host: String
        let group: String?
        let kept: Bool
        let reasons: [String]
        let dryRun: Bool
    }

    private struct SummaryRecord: JSONRecord {
        static let schema = "pastfs.forget-summary.v1"
        let snapshots: Int
        let kept: Int
        let forgotten: Int
        let dryRun: Bool
        let needsConfirmation: Bool
    }
}
