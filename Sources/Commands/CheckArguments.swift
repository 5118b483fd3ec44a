import CommandLineTools
import Coding
import Maintenance
import Repository
import Storage
import SystemInterface

/// What the options of `check` ask for.
struct CheckArguments {
    /// What is read, before a seed is known.
    enum Reading: Hashable {
        case none
        case all
        case part(Int, of: Int)
        case share(millionths: Int)
    }

    static let declarations = [
        OptionDeclaration(long: "read-data", help: "read and check the content of files too"),
        OptionDeclaration(
            long: "read-data-subset", valueName: "SUBSET",
            help: "of the packs, read part N of M, `2/7`, or a random share, `5%`"),
        OptionDeclaration(
            long: "storage-only", help: "check the bytes of all objects against their names, without a passphrase"),
        OptionDeclaration(
            long: "accept-rollback",
            help: "give up what the storage does not show any more, and remember what it shows now"),
        OptionDeclaration(
            long: "resume", help: "go on with the check with these options that was interrupted on this machine"),
        OptionDeclaration(
            long: "seed", valueName: "N", help: "draw the same random share again, by the seed that a check printed"),
        OptionDeclaration(
            long: "workers", valueName: "N", help: "threads that read packs, 1 to 64; all cores if not given"),
    ]

    let reading: Reading
    let isStorageOnly: Bool
    let isResuming: Bool
    let acceptsRollback: Bool
    let seed: UInt64?
    let workers: Int

    init(_ command: ParsedCommand) throws {
        isStorageOnly = command.flag("storage-only")
        isResuming = command.flag("resume")
        acceptsRollback = command.flag("accept-rollback")
        if acceptsRollback, isStorageOnly {
            throw command.usageError("--accept-rollback needs the passphrase, and --storage-only asks for none")
        }
        workers =
            try command.integer("workers", in: CheckOptions.workersRange) ?? min(Host.processorCount, 64)
        let subset = try command.text("read-data-subset").map { try Self.subset($0, command) }
        if command.flag("read-data"), subset != nil || isStorageOnly {
            throw command.usageError("--read-data reads everything: it goes with neither a subset nor --storage-only")
        }
        reading = subset ?? (command.flag("read-data") || isStorageOnly ? .all : .none)
        seed = try command.integer("seed", in: 0...Int.max).map(UInt64.init)
        if seed != nil {
            guard case .share = reading else {
                throw command.usageError("--seed is for --read-data-subset with a share, `5%`")
            }
        }
        if isResuming, seed != nil {
            throw command.usageError("--resume goes on with the share that was drawn before: it takes no --seed")
        }
        if isResuming, reading == .none {
            throw command.usageError("--resume is for a check that reads data", suggestion: "--read-data --resume")
        }
    }

    /// What tells this check from others of the same repository.
    private var journalName: String {
        let prefix = isStorageOnly ? "check-storage" : "check"
        switch reading {
        case .none: return prefix
        case .all: return "\(prefix)-all"
        case .part(let number, let count): return "\(prefix)-part-\(number)-of-\(count)"
        case .share(let millionths): return "\(prefix)-share-\(millionths)"
        }
    }

    /// The journal of this check of `repository` in `store`; nil where nothing is read, or nothing can be kept.
    func openJournal(
        _ repository: RepositoryID, in store: any ObjectStore, _ context: CommandContext
    ) throws -> ReadingJournal? {
        guard reading != .none else { return nil }
        let seed = seed ?? context.randomSeed()
        do {
            guard let cache = try context.cacheDirectory() else { return nil }
            let directory = Repository.cacheDirectory(of: repository, in: store, below: cache)
            let path = directory.appending(journalName)
            let doubted = DamagedPackList(directory: directory).read()
            if let journal = try ReadingJournal(path: path, resuming: isResuming, seed: seed, doubted: doubted) {
                return journal
            }
            context.console.message(
                .warning, "another check with these options is going on; this one cannot be resumed")
        } catch let error as SystemError {
            context.console.message(.warning, "this check cannot be resumed: \(error)")
        }
        return nil
    }

    /// What is read, with the seed of the journal, or one of its own.
    func selection(_ journal: ReadingJournal?, _ context: CommandContext) -> PackSelection {
        switch reading {
        case .none: return .none
        case .all: return .all
        case .part(let number, let count): return .part(number, of: count)
        case .share(let millionths):
            return .share(millionths: millionths, seed: journal?.seed ?? seed ?? context.randomSeed())
        }
    }

    private static func subset(_ text: String, _ command: ParsedCommand) throws -> Reading {
        if text.hasSuffix("%"), let percent = Double(text.dropLast()), percent > 0, percent <= 100 {
            return .share(millionths: max(1, Int((percent * 10_000).rounded())))
        }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        if parts.count == 2, let number = parts[0], let count = parts[1], PackSelection.partsRange.contains(count),
            (1...count).contains(number)
        {
            return .part(number, of: count)
        }
        throw command.usageError(
            "--read-data-subset is N/M with N from 1 to M, or a share with a percent sign", code: .invalidValue,
            suggestion: "--read-data-subset 5%")
    }
}
