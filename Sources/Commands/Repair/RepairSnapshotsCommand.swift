import CommandLineTools
import Maintenance
import Repository
import SystemInterface

/// `pastfs repair snapshots`
enum RepairSnapshotsCommand: Command {
    static let declaration = CommandDeclaration(
        name: "repair snapshots", summary: "copy damaged snapshots without what is lost",
        discussion: """
            Walks all snapshots, and makes a copy of each that has lost something. In the copy
            a file or directory that is lost stands under its name and cannot be read, as one
            that its backup could not read, and the copy's list of problems names each. The
            damaged snapshot itself stays as it is.

            A snapshot is stored twice. Where one of the two copies is missing it is stored
            again. Where one is damaged the other is read; with `--move-damaged DIR` the
            damaged one is put back from it. One that is damaged in both is put back where the
            local catalog tells what it said. Where that shows it and cannot, it stays, and where
            it does not, it is moved away, and is then missing for good:
            `pastfs check --accept-rollback` tells PastFS that you know.

            Packs that a check on this machine has found damaged are read first, or all with
            `--read-data`, and so are those that are damaged by the looks of them. Run
            `pastfs repair index` and `pastfs repair packs` before.

            Ends with 0 when no snapshot has lost anything, with 3 when copies were made or
            one was put back, or can be, and with 13 when no copy can be made of one.
            """,
        examples: [
            .init("pastfs repair snapshots --dry-run", "say what is lost"),
            .init("pastfs repair snapshots", "make copies without it"),
        ],
        options: [
            RepairArguments.readData, RepairArguments.moveDamaged, RepairArguments.dryRun, RepairArguments.workers,
        ])

    static func run(_ context: CommandContext) throws -> ExitCode {
        let arguments = try RepairArguments(context)
        let meter = try ProgressMeter(context, phase: "checking")
        let repository = try RepairArguments.open(context)
        let notes = try DamageNotes(context, of: repository.id, in: repository.store)
        let selection: PackSelection = context.command.flag("read-data") ? .all : .packs(notes.known)
        let repair = SnapshotRepair(
            repository, reading: selection, options: arguments.options, observer: CheckReporter(meter))
        let report = try attempting("cannot repair snapshots") { try repair.run() }
        notes.note(damaged: report.damagedPacks, sound: report.soundPacks, context)
        context.console.status(nil)
        try write(report, context, arguments.options)
        if !report.beyondRepair.isEmpty { return .damage }
        return report.copies.isEmpty && report.copiedBefore.isEmpty && report.kept.isEmpty ? .done : .problems
    }

    private static func write(
        _ report: SnapshotRepairReport, _ context: CommandContext, _ options: RepairOptions
    ) throws {
        let (console, isDryRun) = (context.console, options.isDryRun)
        for (object, what) in report.beyondRepair.sorted(by: { $0.key < $1.key }) {
            let isMoved = report.moved.contains(object)
            try console.record(DamagedObjectRecord(object: object, what: what, moved: isMoved))
            try console.line("beyond repair\(isMoved ? ", moved away" : ""): \(object): \(Printable.line(what))")
        }
        for (object, what) in report.kept.sorted(by: { $0.key < $1.key }) {
            let isMoved = report.moved.contains(object)
            try console.record(DamagedObjectRecord(object: object, what: what, moved: isMoved))
            let verb = report.putBack.contains(object) ? "put back" : waiting(object, report, options)
            try console.line("\(verb): \(object): \(Printable.line(what))")
        }
        for (original, copy) in report.copiedBefore.sorted(by: { $0.key < $1.key }) {
            try console.record(CopyRecord(original: original.description, copy: copy.description, isOld: true, nil))
            try console.line("snapshot \(original.short) was copied to \(copy.short) before")
        }
        for copy in report.copies {
            try console.record(
                CopyRecord(
                    original: copy.original.description, copy: copy.copy?.description, isOld: false, copy))
            let verb = copy.copy.map { "copied to \($0.short)" } ?? "would be copied"
            let items = AmountText.count(copy.lossCount, "lost item")
            try console.line("snapshot \(copy.original.short) \(verb) without \(items):")
            for loss in copy.losses.prefix(Finding.pathsMax) {
                try console.line("  \(loss.path): \(Printable.line(loss.reason))")
            }
            let rest = copy.lossCount - UInt64(min(copy.losses.count, Finding.pathsMax))
            if rest > 0 { try console.line("  and \(rest) more") }
        }
        try console.record(Record(report, isDryRun: isDryRun))
        try console.line(
            "\(AmountText.count(UInt64(report.wholeCount), "snapshot")) whole, \(report.copies.count) "
                + "\(isDryRun ? "would be copied" : "copied"), \(report.beyondRepair.count) beyond repair")
    }

    /// What is said of a manifest that is whole in one place only, and was not put back in the other.
    private static func waiting(
        _ object: String, _ report: SnapshotRepairReport, _ options: RepairOptions
    ) -> String {
        let place = "whole elsewhere"
        if report.obstructed.contains(object) {
            let advice = "if nobody can read it, delete it by hand, and repeat this"
            return "\(place); what cannot be read cannot be moved away: \(advice)"
        }
        guard options.moving != nil || report.missing.contains(object) else {
            return "\(place); --move-damaged puts it back"
        }
        return options.isDryRun ? "\(place), to be put back" : place
    }

    private struct CopyRecord: JSONRecord {
        static let schema = "pastfs.repair-snapshot.v1"
        struct Loss: Encodable {
            let path: String
            let pathB64: String?
            let reason: String
        }
        let original: String
        let copy: String?
        let copiedBefore: Bool
        let losses: [Loss]
        let lossCount: UInt64

        init(original: String, copy: String?, isOld: Bool, _ made: SnapshotRepairReport.Copy?) {
            self.original = original
            self.copy = copy
            copiedBefore = isOld
            losses = (made?.losses ?? []).map { loss in
                let fields = PathFields(loss.path.bytes)
                return Loss(path: fields.text, pathB64: fields.base64, reason: loss.reason)
            }
            lossCount = made?.lossCount ?? 0
        }
    }

    private struct Record: JSONRecord {
        static let schema = "pastfs.repair-snapshots.v1"
        let dryRun: Bool
        let whole: Int
        let copied: Int
        let copiedBefore: Int
        let kept: Int
        let beyondRepair: Int

        init(_ report: SnapshotRepairReport, isDryRun: Bool) {
            dryRun = isDryRun
            whole = report.wholeCount
            copied = report.copies.count
            copiedBefore = report.copiedBefore.count
            kept = report.kept.count
            beyondRepair = report.beyondRepair.count
        }
    }
}
