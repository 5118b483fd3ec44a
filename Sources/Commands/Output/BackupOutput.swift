import Repository
import SystemInterface
import Writer

/// What came of a backup, as it is printed.
struct BackupOutput {
    let console: Console
    let outcome: BackupOutcome
    let seconds: Double

    private var statistics: SnapshotStatistics { outcome.statistics }
    private var isDryRun: Bool { outcome.snapshot == nil }

    func write() throws(Failure) {
        if console.verbosity > 0 {
            let parent = outcome.manifest.parent.map { "by snapshot \($0.short)" } ?? "by none: every file was read"
            console.message(.note, "unchanged files were recognised \(parent)")
        }
        for note in outcome.notes { console.message(.note, "\(note.path): \(note.text)") }
        let name = outcome.snapshot.map { SnapshotTimestamp.format($0.manifest.started) }
        try console.record(SnapshotRecord(outcome.manifest, id: outcome.snapshot?.id, name: name))
        try console.record(BackupRecord(outcome, seconds: seconds))
        try summarize()
    }

    private func summarize() throws(Failure) {
        let subject = outcome.snapshot.map { "snapshot \($0.id.short)" } ?? "nothing stored (dry run)"
        let others = statistics.directories + statistics.symbolicLinks + statistics.others
        try console.line(
            "\(subject): \(AmountText.count(statistics.files, "file")) and \(AmountText.count(others, "other item")), "
                + AmountText.bytes(statistics.bytes))
        let unreadable = outcome.changes.filesUnreadable + outcome.changes.directoriesUnreadable
        try console.line(
            "  \(statistics.filesNew) new, \(statistics.filesChanged) changed, \(statistics.filesUnchanged) unchanged, "
                + "\(outcome.changes.filesRemoved) removed" + (unreadable > 0 ? ", \(unreadable) unreadable" : ""))
        try console.line("  \(bytes), in \(AmountText.duration(seconds: seconds))")
        for (count, what) in [(outcome.excludedCount, "left out"), (outcome.vanishedCount, "vanished meanwhile")]
        where count > 0 {
            try console.line("  \(AmountText.count(count, "item")) \(what)")
        }
        if outcome.problemCount > 0 {
            try console.line(
                "  \(AmountText.count(outcome.problemCount, "item")) could not be saved in full: see above")
        }
    }

    private var bytes: String {
        let read = "read \(AmountText.bytes(statistics.bytesRead))"
        let new = AmountText.bytes(statistics.bytesNew)
        // Nothing is compressed in a dry run.
        if isDryRun { return "\(read), would be new \(new) before compression" }
        return "\(read), new \(new), stored \(AmountText.bytes(statistics.bytesStored))"
    }
}

/// An item that a backup dealt with.
struct BackupItemRecord: JSONRecord {
    static let schema = "pastfs.item.v1"
    private struct Fields: Encodable {
        let state: String
        let type: String
        let files: UInt64
        let bytes: UInt64
    }
    private let path: PathRecord
    private let fields: Fields

    init(_ item: BackupItem) {
        path = PathRecord(item.path)
        fields = Fields(
            state: item.state.rawValue, type: TypeText.name(item.type), files: item.files, bytes: item.bytes)
    }

    func encode(to encoder: any Encoder) throws {
        try path.encode(to: encoder)
        try fields.encode(to: encoder)
    }
}

/// The end of a backup.
private struct BackupRecord: JSONRecord {
    static let schema = "pastfs.backup.v1"
    let snapshot: String?
    let parent: String?
    let dryRun: Bool
    let files: UInt64
    let filesNew: UInt64
    let filesChanged: UInt64
    let filesUnchanged: UInt64
    let filesRemoved: UInt64
    let filesUnreadable: UInt64
    let directories: UInt64
    let directoriesUnreadable: UInt64
    let othersRemoved: UInt64
    let excluded: UInt64
    let vanished: UInt64
    let problems: UInt64
    let bytes: UInt64
    let bytesRead: UInt64
    let bytesNew: UInt64
    let bytesStored: UInt64
    let seconds: Double

    init(_ outcome: BackupOutcome, seconds: Double) {
        let statistics = outcome.statistics
        snapshot = outcome.snapshot?.id.description
        parent = outcome.manifest.parent?.description
        dryRun = outcome.snapshot == nil
        files = statistics.files
        filesNew = statistics.filesNew
        filesChanged = statistics.filesChanged
        filesUnchanged = statistics.filesUnchanged
        filesRemoved = outcome.changes.filesRemoved
        filesUnreadable = outcome.changes.filesUnreadable
        directories = statistics.directories
        directoriesUnreadable = outcome.changes.directoriesUnreadable
        othersRemoved = outcome.changes.othersRemoved
        excluded = outcome.excludedCount
        vanished = outcome.vanishedCount
        problems = outcome.problemCount
        bytes = statistics.bytes
        bytesRead = statistics.bytesRead
        bytesNew = statistics.bytesNew
        bytesStored = statistics.bytesStored
        self.seconds = (seconds * 1000).rounded() / 1000
    }
}
