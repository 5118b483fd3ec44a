import Coding
import CommandLineTools
import Maintenance
import Repository
import SystemInterface

/// What the commands that repair have in common.
struct RepairArguments {
    static let dryRun = OptionDeclaration(long: "dry-run", short: "n", help: "say what would be done, and do nothing")
    static let workers = OptionDeclaration(
        long: "workers", valueName: "N", help: "threads that read, 1 to 64; all cores if not given")
    static let moveDamaged = OptionDeclaration(
        long: "move-damaged", valueName: "DIR",
        help: "move what is damaged out of the repository into this directory, once what it held is safe elsewhere",
        completion: .directory)
    static let readData = OptionDeclaration(
        long: "read-data", help: "read all packs; those that a check has found damaged if not given")

    let options: RepairOptions

    init(_ context: CommandContext) throws {
        let command = context.command
        let workers = try command.integer("workers", in: CheckOptions.workersRange) ?? min(Host.processorCount, 64)
        let shelf = try command.value("move-damaged").map { try context.absolute($0) }
        if let shelf {
            let repository = try context.repositoryPath()
            guard !shelf.components.starts(with: repository.components) else {
                throw command.usageError(
                    "--move-damaged names a directory outside of the repository", code: .invalidValue)
            }
        }
        options = RepairOptions(
            workers: workers, isDryRun: command.flag("dry-run"), moving: shelf.map { DamagedShelf($0) },
            cacheDirectory: try context.cacheDirectory(),
            identity: RunIdentity(
                started: context.clock.now(), host: Host.name, processID: UInt32(clamping: Host.processID)),
            entropy: context.entropy)
    }

    /// The repository, from nothing but the storage.
    static func open(_ context: CommandContext) throws -> Repository {
        _ = try Interruption(
            context.console, "the repair is not complete; what it has stored is whole, and it can be run again")
        return try context.openRepository(
            for: .adding.unless(dryRun: context.command.flag("dry-run")), usesCatalog: false)
    }
}
