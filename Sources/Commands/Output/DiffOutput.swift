import Coding
import Repository
import SystemInterface

/// What differs between two snapshots, as it is printed and counted.
struct DiffOutput {
    let console: Console
    private var counts = Counts()
    private var isDamaged = false

    init(console: Console) {
        self.console = console
    }

    /// What the command ends with after all that was shown.
    var exitCode: ExitCode {
        if isDamaged { return .damage }
        return counts.unknown > 0 ? .problems : .done
    }

    /// Whether anything that was shown differs.
    var hasDifferences: Bool { !counts.isZero }

    /// Shows one difference. Throws what is neither damage nor the backup's own failure to read.
    mutating func show(_ difference: DeepDifference) throws {
        if case .unknown(let error) = difference.kind {
            guard error.isDamage || error.code == .notSaved else { throw error }
            isDamaged = isDamaged || error.isDamage
            console.message(.problem, "\(difference.path): \(error)")
        }
        counts.add(difference)
        try console.record(DifferenceRecord(difference))
        let isDirectory = (difference.new ?? difference.old)?.type == .directory
        let slash = isDirectory && difference.path != "/" ? Array("/".utf8) : []
        try console.line(difference.kind.letter + " ", name: difference.path.bytes + slash)
    }

    /// Ends with the sums.
    func finish(_ old: Snapshot, _ new: Snapshot, _ oldPath: FilePath, _ newPath: FilePath) throws(Failure) {
        try console.record(
            DiffRecord(
                first: old.id.description, second: new.id.description, firstPath: PathRecord(oldPath),
                secondPath: PathRecord(newPath), counts: counts))
        guard !counts.isZero else { return try console.line("no differences") }
        try console.line(
            "\(counts.added) added (\(AmountText.bytes(counts.bytesAdded))), \(counts.removed) removed "
                + "(\(AmountText.bytes(counts.bytesRemoved))), \(counts.content) with other content "
                + "(\(AmountText.bytes(counts.bytesContent))), \(counts.metadata) with other metadata, "
                + "\(counts.type) of another type")
        if counts.unknown > 0 { try console.line("\(counts.unknown) could not be compared: see above") }
    }

    fileprivate struct Counts: Encodable {
        var added: UInt64 = 0
        var removed: UInt64 = 0
        var content: UInt64 = 0
        var metadata: UInt64 = 0
        var type: UInt64 = 0
        var unknown: UInt64 = 0
        var bytesAdded: UInt64 = 0
        var bytesRemoved: UInt64 = 0
        var bytesContent: UInt64 = 0

        var isZero: Bool { added + removed + content + metadata + type + unknown == 0 }

        mutating func add(_ difference: DeepDifference) {
            switch difference.kind {
            case .added:
                added += 1
                bytesAdded.addSaturating(difference.new?.size ?? 0)
            case .removed:
                removed += 1
                bytesRemoved.addSaturating(difference.old?.size ?? 0)
            case .content:
                content += 1
                bytesContent.addSaturating(difference.new?.size ?? 0)
            case .metadata: metadata += 1
            case .type:
                type += 1
                bytesRemoved.addSaturating(difference.old?.size ?? 0)
                bytesAdded.addSaturating(difference.new?.size ?? 0)
            case .unknown: unknown += 1
            }
        }
    }
}

extension DeepDifference.Kind {
    /// The letter in front of a line.
    fileprivate var letter: String {
        switch self {
        case .added: "+"
        case .removed: "-"
        case .content: "M"
        case .metadata: "U"
        case .type: "T"
        case .unknown: "?"
        }
    }

    fileprivate var word: String {
        switch self {
        case .added: "added"
        case .removed: "removed"
        case .content: "content"
        case .metadata: "metadata"
        case .type: "type"
        case .unknown: "unknown"
        }
    }
}

/// A path that differs.
private struct DifferenceRecord: JSONRecord {
    static let schema = "pastfs.difference.v1"
    private struct Fields: Encodable {
        let change: String
        let differs: [String]
        let first: EntryAttributes?
        let second: EntryAttributes?
    }
    private let path: PathRecord
    private let fields: Fields

    init(_ difference: DeepDifference) {
        path = PathRecord(difference.path)
        fields = Fields(
            change: difference.kind.word, differs: difference.aspects.map(\.rawValue),
            first: difference.old.map(EntryAttributes.init), second: difference.new.map(EntryAttributes.init))
    }

    func encode(to encoder: any Encoder) throws {
        try path.encode(to: encoder)
        try fields.encode(to: encoder)
    }
}

/// The end of a comparison.
private struct DiffRecord: JSONRecord {
    static let schema = "pastfs.diff.v1"
    let first: String
    let second: String
    let firstPath: PathRecord
    let secondPath: PathRecord
    let counts: DiffOutput.Counts
}
