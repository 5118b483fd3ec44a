import Maintenance
import Repository
import SystemInterface

/// What a check found, as it is printed.
struct CheckOutput {
    /// The most snapshots that are named for one finding.
    private static let snapshotsMax = 10

    let context: CommandContext
    let report: CheckReport
    let selection: PackSelection

    /// The seed of a random share.
    private var seed: UInt64? {
        guard case .share(_, let seed) = selection else { return nil }
        return seed
    }

    func write(seconds: Double) throws(Failure) {
        let console = context.console
        for finding in report.damage {
            try console.record(FindingRecord(finding, isDamage: true))
            try write(finding, "damaged")
        }
        for finding in report.notes {
            try console.record(FindingRecord(finding, isDamage: false))
            try write(finding, "note")
        }
        try console.record(CheckRecord(report, seed: seed))
        try console.line(
            "checked \(AmountText.count(UInt64(report.objectCount), "object")) of "
                + "\(AmountText.bytes(report.storedBytes)), \(AmountText.count(UInt64(report.snapshotCount), "snapshot")) "
                + "and \(AmountText.count(UInt64(report.directoryCount), "directory", "directories")) "
                + "in \(AmountText.duration(seconds: seconds))")
        if selection != .none { try writeReading() }
        try console.line(
            report.isWhole ? "no damage found" : "\(AmountText.count(UInt64(report.damage.count), "finding")) of damage"
        )
    }

    private func writeReading() throws(Failure) {
        let packs = AmountText.count(UInt64(report.packCount), "pack")
        let before = report.packsReadBefore > 0 ? ", after \(report.packsReadBefore) that were read before" : ""
        let drawn = seed.map { "; drawn with --seed \($0)" } ?? ""
        try context.console.line(
            "read \(report.packsRead) of \(packs), \(AmountText.bytes(report.packBytesRead))\(before)\(drawn)")
    }

    private func write(_ finding: Finding, _ label: String) throws(Failure) {
        let console = context.console
        try console.line("\(label): \(Printable.line(finding.object)): \(Printable.line(finding.what))")
        guard finding.pathCount > 0 else { return }
        let snapshots = finding.snapshots.prefix(Self.snapshotsMax).map(\.short).joined(separator: " ")
        let more = finding.snapshots.count > Self.snapshotsMax ? " …" : ""
        try console.line(
            "  affects \(AmountText.count(UInt64(finding.snapshots.count), "snapshot")): \(snapshots)\(more)")
        for affected in finding.paths { try console.line("    \(affected.snapshot.short):\(affected.path)") }
        let rest = finding.pathCount - UInt64(finding.paths.count)
        if rest > 0 { try console.line("    and \(rest) more") }
    }
}

/// Something that a check found.
private struct FindingRecord: JSONRecord {
    static let schema = "pastfs.finding.v1"
    struct Affected: Encodable {
        let snapshot: String
        let path: String
        let pathB64: String?
    }
    let damage: Bool
    let object: String
    let what: String
    let snapshots: [String]
    let affected: [Affected]
    let affectedCount: UInt64

    init(_ finding: Finding, isDamage: Bool) {
        damage = isDamage
        object = finding.object
        what = finding.what
        snapshots = finding.snapshots.map(\.description)
        affected = finding.paths.map { item in
            let fields = PathFields(item.path.bytes)
            return Affected(snapshot: item.snapshot.description, path: fields.text, pathB64: fields.base64)
        }
        affectedCount = finding.pathCount
    }
}

/// The end of a check.
private struct CheckRecord: JSONRecord {
    static let schema = "pastfs.check.v1"
    let objects: Int
    let storedBytes: UInt64
    let packs: Int
    let packsRead: Int
    let packsReadBefore: Int
    let packBytesRead: UInt64
    let seed: UInt64?
    let snapshots: Int
    let directories: Int
    let damage: Int
    let notes: Int

    init(_ report: CheckReport, seed: UInt64?) {
        objects = report.objectCount
        storedBytes = report.storedBytes
        packs = report.packCount
        packsRead = report.packsRead
        packsReadBefore = report.packsReadBefore
        packBytesRead = report.packBytesRead
        self.seed = seed
        snapshots = report.snapshotCount
        directories = report.directoryCount
        damage = report.damage.count
        notes = report.notes.count
    }
}
