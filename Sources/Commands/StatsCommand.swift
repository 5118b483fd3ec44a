import Coding
import CommandLineTools
import Repository
import SystemInterface

/// `pastfs stats`
enum StatsCommand: Command {
    static let declaration = CommandDeclaration(
        name: "stats", summary: "show how much the repository holds",
        discussion: """
            Deduplication is what all snapshots would take as plain copies, over what their
            different parts take; compression is those parts over what is stored of them.
            """,
        examples: [.init("pastfs stats", "show counts, sizes and ratios")])

    static func run(_ context: CommandContext) throws -> ExitCode {
        _ = try Interruption(context.console, "nothing was changed")
        let repository = try context.openRepository()
        let statistics = try repository.statistics()
        let snapshotBytes = repository.snapshots().reduce(into: UInt64(0)) { sum, snapshot in
            sum.addSaturating(snapshot.manifest.statistics.bytes)
        }
        let catalog = try context.cacheDirectory().map { repository.cacheDirectory(below: $0) }
        let record = Record(
            repository: repository.id.description, location: repository.store.location,
            snapshots: repository.snapshots().count, snapshotBytes: snapshotBytes, chunks: statistics.chunks,
            bundles: statistics.bundles, packs: statistics.packs, indexSegments: statistics.indexSegments,
            chunkBytes: statistics.chunkBytes, storedBytes: statistics.storedBytes,
            deduplication: ratio(snapshotBytes, statistics.chunkBytes),
            compression: ratio(statistics.chunkBytes, statistics.storedBytes), catalog: catalog.map(PathRecord.init))
        try context.console.record(record)
        try show(record, context.console, catalog)
        return .done
    }

    private static func show(_ record: Record, _ console: Console, _ catalog: FilePath?) throws(Failure) {
        let rows: [(String, String)] = [
            ("repository", record.repository), ("location", record.location),
            ("snapshots", "\(record.snapshots), \(AmountText.bytes(record.snapshotBytes)) as plain copies"),
            ("chunks", "\(record.chunks), \(AmountText.bytes(record.chunkBytes))"),
            ("packs", "\(record.packs), \(AmountText.bytes(record.storedBytes)) in \(record.bundles) bundles"),
            ("index", AmountText.count(UInt64(record.indexSegments), "segment")),
            ("deduplication", record.deduplication.map { AmountText.decimal($0, 2) + " to 1" } ?? "nothing stored yet"),
            ("compression", record.compression.map { AmountText.decimal($0, 2) + " to 1" } ?? "nothing stored yet"),
            ("catalog", catalog?.description ?? "in memory"),
        ]
        for (name, value) in rows {
            try console.line(name + String(repeating: " ", count: 15 - name.count) + Printable.line(value))
        }
    }

    private static func ratio(_ large: UInt64, _ small: UInt64) -> Double? {
        guard small > 0 else { return nil }
        return (Double(large) / Double(small) * 1000).rounded() / 1000
    }

    private struct Record: JSONRecord {
        static let schema = "pastfs.stats.v1"
        let repository: String
        let location: String
        let snapshots: Int
        let snapshotBytes: UInt64
        let chunks: Int
        let bundles: Int
        let packs: Int
        let indexSegments: Int
        let chunkBytes: UInt64
        let storedBytes: UInt64
        let deduplication: Double?
        let compression: Double?
        let catalog: PathRecord?
    }
}
