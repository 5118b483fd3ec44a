import Coding
import CommandLineTools
import Maintenance
import Repository
import Storage

/// `pastfs repair packs`
enum RepairPacksCommand: Command {
    static let declaration = CommandDeclaration(
        name: "repair packs", summary: "save what is whole in damaged packs",
        discussion: """
            Reads the given packs, or those that a check on this machine has found damaged, or
            all with `--read-data`. What authenticates in a damaged one goes into new packs.
            The damaged pack is named and stays; with `--move-damaged` it is moved out of the
            repository once what could be saved is safe, and `pastfs repair index` then takes
            it out of the index.

            Ends with 0 when no pack is damaged, with 3 when all that damaged packs held is
            safe, and with 13 when something of it is lost: a backup that meets the same data
            heals that, and `pastfs repair snapshots` makes copies of snapshots without it.
            """,
        examples: [
            .init("pastfs repair packs", "save what is whole in the packs that a check named"),
            .init("pastfs repair packs --read-data --dry-run", "say what is damaged, and what would be saved"),
        ],
        arguments: [
            ArgumentDeclaration(
                name: "PACK", help: "a pack, by its name or its path in the repository", kind: .repeated(minimum: 0))
        ],
        options: [
            RepairArguments.readData, RepairArguments.dryRun, RepairArguments.moveDamaged, RepairArguments.workers,
        ])

    static func run(_ context: CommandContext) throws -> ExitCode {
        let arguments = try RepairArguments(context)
        let named = try packs(context.command)
        let meter = try ProgressMeter(context, phase: "reading packs")
        let repository = try RepairArguments.open(context)
        let notes = try DamageNotes(context, of: repository.id, in: repository.store)
        let packs = try named.isEmpty ? chosen(context, repository, known: notes.known) : named
        let repair = PackRepair(repository, options: arguments.options, observer: CheckReporter(meter))
        let report = try attempting("cannot repair packs") { try repair.run(packs) }
        notes.note(damaged: report.damagedPacks, sound: try gone(notes.known, report, repository), context)
        context.console.status(nil)
        try write(report, context, isDryRun: arguments.options.isDryRun)
        if report.packs.isEmpty { return .done }
        return report.hasLosses ? .damage : .problems
    }

    private static func packs(_ command: ParsedCommand) throws -> Set<Bytes32> {
        var packs: Set<Bytes32> = []
        for text in try command.argumentTexts("PACK") {
            let name = ObjectName(path: text)
            guard let id = name?.folder == .packs ? name?.id : Bytes32(hexadecimal: text) else {
                throw command.usageError(
                    "\(Printable.line(text)) is no pack: it is 64 hexadecimal digits, or packs/ and so on",
                    code: .invalidValue)
            }
            packs.insert(id)
        }
        return packs
    }

    private static func chosen(
        _ context: CommandContext, _ repository: Repository, known: Set<Bytes32>
    ) throws -> Set<Bytes32> {
        let stored = try attempting("cannot list the packs") { try repository.store.list(.packs) }
        let all = Set(stored.compactMap(\.name.id))
        if context.command.flag("read-data") { return all }
        if known.isEmpty {
            context.console.message(
                .note, "no check on this machine has found a damaged pack; `pastfs check --read-data` looks for them")
        }
        let gone = known.subtracting(all).intersection(
            try attempting("cannot read the index") { try repository.listedPacks() })
        if !gone.isEmpty {
            let packs = AmountText.count(UInt64(gone.count), "pack")
            context.console.message(
                .note, "not there any more: \(packs) that a check found damaged; `pastfs check` tells what is lost")
        }
        return known.intersection(all)
    }

    /// Those of `known` that nobody relies on any more: they are not there, or were moved away, and the index does not list
    /// them or what they held was saved.
    private static func gone(
        _ known: Set<Bytes32>, _ report: PackRepairReport, _ repository: Repository
    ) throws -> Set<Bytes32> {
        guard !known.isEmpty else { return [] }
        let moved = report.packs.filter(\.isMoved).compactMap { ObjectName(path: $0.object)?.id }
        let stored = try attempting("cannot list the packs") { try repository.store.list(.packs) }
        let listed = try attempting("cannot read the index") { try repository.listedPacks() }
        return known.subtracting(stored.compactMap(\.name.id)).subtracting(listed).union(moved)
    }

    private static func write(_ report: PackRepairReport, _ context: CommandContext, isDryRun: Bool) throws {
        let console = context.console
        for pack in report.packs {
            try console.record(PackRecord(pack))
            for fault in pack.faults { try console.line("damaged: \(pack.object): \(Printable.line(fault))") }
            let verb = isDryRun ? "would be saved" : "saved"
            let saved =
                pack.isLost
                ? "nothing of it can be read"
                : "\(AmountText.count(UInt64(pack.movedBundles), "bundle")) \(verb), \(pack.spareBundles) whole "
                    + "elsewhere, \(pack.lostBundles) lost"
            try console.line("  \(saved)\(pack.isMoved ? "; the pack was moved away" : "")")
        }
        try console.record(Record(report, isDryRun: isDryRun))
        let read = AmountText.count(UInt64(report.packsRead), "pack")
        let written = AmountText.count(UInt64(report.packsWritten), "new pack")
        try console.line(
            "read \(read), \(report.packs.count) damaged; \(isDryRun ? "would write" : "wrote") \(written)")
    }

    private struct PackRecord: JSONRecord {
        static let schema = "pastfs.repair-pack.v1"
        let object: String
        let faults: [String]
        let bundlesSaved: Int
        let bundlesElsewhere: Int
        let bundlesLost: Int
        let lost: Bool
        let moved: Bool

        init(_ pack: PackRepairReport.Pack) {
            object = pack.object
            faults = pack.faults
            bundlesSaved = pack.movedBundles
            bundlesElsewhere = pack.spareBundles
            bundlesLost = pack.lostBundles
            lost = pack.isLost
            moved = pack.isMoved
        }
    }

    private struct Record: JSONRecord {
        static let schema = "pastfs.repair-packs.v1"
        let dryRun: Bool
        let packsRead: Int
        let packsDamaged: Int
        let packsWritten: Int

        init(_ report: PackRepairReport, isDryRun: Bool) {
            dryRun = isDryRun
            packsRead = report.packsRead
            packsDamaged = report.packs.count
            packsWritten = report.packsWritten
        }
    }
}
