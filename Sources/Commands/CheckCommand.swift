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
            index, packs, snapshots, and every directory below them. Nothing is taken from
            the local catalog, and nothing is changed.

            With `--read-data` every pack is read whole, held against its name, decrypted and
            decompressed, and each chunk held against its own name: that takes as long as
            reading the whole repository.

            Ends with 13 if anything is damaged, and names the object and what depends on it.
            """,
        examples: [
            .init("pastfs check", "check the structure"),
            .init("pastfs check --read-data", "read and check every byte"),
        ],
        options: [
            OptionDeclaration(long: "read-data", help: "read and check the content of files too"),
            OptionDeclaration(
                long: "workers", valueName: "N", help: "threads that read packs, 1 to 64; all cores if not given"),
        ])

    static func run(_ context: CommandContext) throws -> ExitCode {
        let workers =
            try context.command.integer("workers", in: CheckOptions.workersRange) ?? min(Host.processorCount, 64)
        _ = try Interruption(context.console, "the check is not complete; nothing was changed")
        let meter = try ProgressMeter(context, phase: "checking")
        // A catalog that remembers better days would hide damage to the index.
        let repository = try context.openRepository(usesCatalog: false)
        let check = Check(
            repository, options: CheckOptions(readsData: context.command.flag("read-data"), workers: workers),
            observer: CheckReporter(meter))
        let report = try attempting("cannot finish the check") { try check.run() }
        context.console.status(nil)
        try CheckOutput(context: context, report: report).write(seconds: meter.seconds)
        return report.isWhole ? .done : .damage
    }
}
