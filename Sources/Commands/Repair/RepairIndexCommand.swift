import CommandLineTools
import Maintenance
import Repository

/// `pastfs repair index`
enum RepairIndexCommand: Command {
    static let declaration = CommandDeclaration(
        name: "repair index", summary: "make the index again from the packs",
        discussion: """
            Reads the footer of every pack, and writes new segments of the index for all that
            no readable segment lists as its footer does. Where a footer cannot be read, it asks
            the local catalog, and holds what that says against the pack. Damaged segments are
            named and stay; with `--move-damaged` they are moved out of the repository afterwards,
            unless the local catalog alone has something of them that was not found in its pack.

            Ends with 0 when the index is whole, and with 13 when something damaged is left.
            """,
        examples: [
            .init("pastfs repair index", "list what the index has lost"),
            .init("pastfs repair index --move-damaged /tmp/damaged", "and move damaged segments away"),
        ],
        options: [RepairArguments.dryRun, RepairArguments.moveDamaged, RepairArguments.workers])

    static func run(_ context: CommandContext) throws -> ExitCode {
        let arguments = try RepairArguments(context)
        let meter = try ProgressMeter(context, phase: "reading footers")
        let repository = try RepairArguments.open(context)
        let repair = IndexRepair(repository, options: arguments.options, observer: CheckReporter(meter))
        let report = try attempting("cannot repair the index") { try repair.run() }
        context.console.status(nil)
        try write(report, context, arguments.options)
        return report.isWhole ? .done : .damage
    }

    private static func write(
        _ report: IndexRepairReport, _ context: CommandContext, _ options: RepairOptions
    ) throws {
        let console = context.console
        for (object, what) in (report.segmentsWrong.merging(report.packsUnreadable) { first, _ in first })
            .sorted(by: { $0.key < $1.key })
        {
            let isMoved = report.segmentsMoved.contains(object)
            try console.record(DamagedObjectRecord(object: object, what: what, moved: isMoved))
            try console.line("damaged: \(object): \(Printable.line(what))\(isMoved ? "; moved away" : "")")
        }
        try console.record(Record(report, isDryRun: options.isDryRun))
        let packs = AmountText.count(UInt64(report.packsListed.count), "pack")
        let of = AmountText.count(UInt64(report.packCount), "pack")
        try console.line(
            options.isDryRun
                ? "would list \(packs) of \(of) anew"
                : "listed \(packs) of \(of) anew, in \(AmountText.count(UInt64(report.segmentsWritten), "segment"))")
        if !report.segmentsWrong.isEmpty, options.moving == nil, !options.isDryRun {
            try console.line("damaged segments are left; --move-damaged DIR moves them away")
        }
    }

    private struct Record: JSONRecord {
        static let schema = "pastfs.repair-index.v1"
        let dryRun: Bool
        let packs: Int
        let packsListed: Int
        let packsUnreadable: Int
        let segmentsWritten: Int
        let segmentsDamaged: Int
        let segmentsMoved: Int

        init(_ report: IndexRepairReport, isDryRun: Bool) {
            dryRun = isDryRun
            packs = report.packCount
            packsListed = report.packsListed.count
            packsUnreadable = report.packsUnreadable.count
            segmentsWritten = report.segmentsWritten
            segmentsDamaged = report.segmentsWrong.count
            segmentsMoved = report.segmentsMoved.count
        }
    }
}

/// An object that a repair found damaged.
struct DamagedObjectRecord: JSONRecord {
    static let schema = "pastfs.damaged-object.v1"
    let object: String
    let what: String
    let moved: Bool
}
