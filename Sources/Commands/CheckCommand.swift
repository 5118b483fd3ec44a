import CommandLineTools
import Maintenance
import Repository
import SystemInterface

/// `pastfs check`
enum CheckCommand: Command {
    static let declaration = CommandDeclaration(
        name: "check", summary: "check the repository for damage",
        discussion: """
            Holds everything that is stored against everything that refers to it: key slots,
            index, packs, snapshots, every directory below them, and the local catalog
            against the index. Nothing in the repository is changed.

            With `--read-data` every pack is read whole, held against its name, decrypted and
            decompressed, and each chunk held against its own name: that takes as long as
            reading the whole repository. `--read-data-subset` reads a part of the packs:
            `1/30` today, `2/30` tomorrow, and so on, or a random share.

            With `--storage-only` nobody is asked for a passphrase: whoever keeps the storage
            finds out whether every object has the bytes that it is named by.

            What this user has seen here before and what is missing now is damage, too: the
            storage may have been put back to an older state. `--accept-rollback` gives that
            up, for this user on this machine, and shows it.

            Ends with 13 if anything is damaged, and names the object and what depends on it.
            Backups from this machine then store anew what they meet of that.
            """,
        examples: [
            .init("pastfs check", "check the structure"),
            .init("pastfs check --read-data", "read and check every byte"),
            .init("pastfs check --read-data-subset 5%", "the structure, and a random share of the data"),
        ],
        options: CheckArguments.declarations)

    static func run(_ context: CommandContext) throws -> ExitCode {
        let arguments = try CheckArguments(context.command)
        let hint = arguments.reading == .none ? "" : "; `--resume` goes on with it"
        _ = try Interruption(context.console, "the check is not complete; nothing was changed\(hint)")
        let meter = try ProgressMeter(context, phase: "checking")
        let (report, selection) =
            try arguments.isStorageOnly
            ? checkStorage(arguments, context, meter) : checkRepository(arguments, context, meter)
        context.console.status(nil)
        try CheckOutput(context: context, report: report, selection: selection).write(seconds: meter.seconds)
        return report.isWhole ? .done : .damage
    }

    private static func checkStorage(
        _ arguments: CheckArguments, _ context: CommandContext, _ meter: ProgressMeter
    ) throws -> (CheckReport, PackSelection) {
        let store = try context.openStore()
        return try attempting("cannot check the storage at \(store.location)") {
            // Where even the identifier cannot be read, there is nothing to keep the journal by.
            let repository = try? Repository.storedIdentifier(in: store)
            let journal = try repository.flatMap { try arguments.openJournal($0, in: store, context) }
            let selection = arguments.selection(journal, context)
            let options = CheckOptions(selection, workers: arguments.workers)
            let notes = try DamageNotes(context, of: repository, in: store)
            let check = StorageCheck(store, options: options, journal: journal, observer: CheckReporter(meter))
            let report = try check.run()
            // What a check with a key has found wrong inside of a pack, its bytes do not tell.
            notes.note(damaged: report.damagedPacks, context)
            return (report, selection)
        }
    }

    private static func checkRepository(
        _ arguments: CheckArguments, _ context: CommandContext, _ meter: ProgressMeter
    ) throws -> (CheckReport, PackSelection) {
        // A catalog that remembers better days would hide damage to the index.
        let repository = try context.openRepository(for: .checking, usesCatalog: false)
        let missing = context.memory.discrepancies
        if arguments.acceptsRollback {
            for discrepancy in missing {
                try context.console.record(AcceptedRecord(discrepancy))
                try context.console.line("given up: \(discrepancy)")
            }
            try context.memory.accept(repository)
        }
        let journal = try arguments.openJournal(repository.id, in: repository.store, context)
        let selection = arguments.selection(journal, context)
        let cache = try context.cacheDirectory()
        let notes = try DamageNotes(context, of: repository.id, in: repository.store)
        let check = Check(
            repository, options: CheckOptions(selection, workers: arguments.workers), cacheDirectory: cache,
            missing: (arguments.acceptsRollback ? [] : missing) + context.memory.damaged, journal: journal,
            observer: CheckReporter(meter))
        let report = try attempting("cannot finish the check") { try check.run() }
        notes.note(damaged: report.damagedPacks, sound: report.soundPacks, context)
        return (report, selection)
    }

    /// Something that is given up.
    private struct AcceptedRecord: JSONRecord {
        static let schema = "pastfs.accepted.v1"
        let object: String
        let what: String

        init(_ discrepancy: Discrepancy) {
            object = discrepancy.object
            what = discrepancy.description
        }
    }
}
