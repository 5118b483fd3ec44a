import CommandLineTools
import Repository
import Storage
import Synchronization
import SystemInterface

/// What a command runs with: its command line, the console, and the way to the repository.
final class CommandContext: Sendable {
    let command: ParsedCommand
    /// The words after the program's name, as they were given.
    let arguments: [[UInt8]]
    let environment: [String: [UInt8]]
    let console: Console
    let clock: any WallClock = SystemWallClock()
    let entropy: any EntropySource = SystemEntropy()

    private struct Opened {
        var repository: Repository?
        var said: Set<String> = []
    }

    private let opened = Mutex(Opened())
    /// What was seen of repositories before.
    let memory: RepositoryMemory

    init(command: ParsedCommand, arguments: [[UInt8]], environment: [String: [UInt8]]) {
        self.command = command
        self.arguments = arguments
        self.environment = environment
        console = Console(
            isJSON: command.flag(GlobalOptions.json.long), verbosity: command.count(GlobalOptions.verbose.long),
            allowsColor: !command.flag(GlobalOptions.noColor.long) && environment["NO_COLOR"] == nil
                && environment["TERM"] != Array("dumb".utf8),
            journalVariable: environment["JOURNAL_STREAM"])
        memory = RepositoryMemory(
            directory: Self.stateDirectory(environment), console: console, entropy: entropy)
    }

    /// A number that a person can type to have what is random happen again.
    func randomSeed() -> UInt64 {
        entropy.bytes(4).reduce(0) { $0 << 8 | UInt64($1) }
    }

    // MARK: Paths

    /// The repository's path, absolute. Throws a `Failure` when none is given.
    func repositoryPath() throws -> FilePath {
        guard let bytes = command.value(GlobalOptions.repository.long) else {
            throw Failure(
                .noRepository, "cannot find the repository", why: "no repository is given",
                fix: "name it with -r PATH, or set PASTFS_REPOSITORY")
        }
        return try absolute(bytes)
    }

    /// The directory that caches go to, absolute, whether it exists or not; nil where no home directory is known.
    func cacheDirectory() throws -> FilePath? {
        if let bytes = command.value(GlobalOptions.cacheDirectory.long) { return try absolute(bytes) }
        if let base = environment["XDG_CACHE_HOME"], FilePath(base).isAbsolute {
            return FilePath(base).appending("pastfs")
        }
        return Self.home(environment)?.appending(".cache").appending("pastfs")
    }

    /// The directory that outlives caches, absolute, whether it exists or not; nil where no home directory is known.
    static func stateDirectory(_ environment: [String: [UInt8]]) -> FilePath? {
        if let base = environment["XDG_STATE_HOME"], FilePath(base).isAbsolute {
            return FilePath(base).appending("pastfs")
        }
        return home(environment)?.appending(".local").appending("state").appending("pastfs")
    }

    /// The user's home directory, absolute; nil where none is known.
    private static func home(_ environment: [String: [UInt8]]) -> FilePath? {
        let named = environment["HOME"].flatMap { $0.isEmpty ? nil : FilePath($0) }
        // fstab and services are without HOME at boot; the user's backups have their files there all the same.
        guard let home = named ?? Accounts.homeDirectory(Host.effectiveUserID), home.isAbsolute else { return nil }
        return home
    }

    /// The directories that are the program's own and nobody's data: the repository, the cache and the state.
    func ownDirectories() throws -> [FilePath] {
        [try repositoryPath()] + [try cacheDirectory(), Self.stateDirectory(environment)].compactMap { $0 }
    }

    /// The path made absolute, without `.` and `..`, which goes up from where a link leads to.
    func absolute(_ bytes: [UInt8]) throws -> FilePath {
        let path = FilePath(bytes)
        guard !bytes.isEmpty else { throw command.usageError("an empty path names nothing", code: .invalidValue) }
        return try FileSystem.absolutePath(path)
    }

    // MARK: The repository

    /// The directory that holds the repository, open.
    func openStore() throws -> LocalDirectoryStore {
        let path = try repositoryPath()
        let what = "cannot open the repository at \(path)"
        do throws(StorageError) {
            return try LocalDirectoryStore(at: path)
        } catch {
            switch error.code {
            case .notFound:
                throw Failure(
                    .noRepository, what, why: "there is no such directory",
                    fix: "check the path, or create a repository there with `pastfs init`")
            case .notADirectory:
                throw Failure(
                    .noRepository, what, why: "it is a file, and a repository is a directory",
                    fix: "give the repository's directory, or another path to `pastfs init`")
            default: throw Failure(what, error)
            }
        }
    }

    /// Opens the repository; whether there is one is found out before anybody types a passphrase.
    ///
    /// What was there before and is not there now is a warning or an error, as `use` calls for. `wrap` may put something in
    /// front of the store; `usesCatalog` is whether the local catalog is used, and `refreshing`
    /// whether the repository is listed at once.
    func openRepository(
        for use: RepositoryMemory.Use = .reading, usesCatalog: Bool = true, refreshing: Bool = true,
        wrap: (any ObjectStore) -> any ObjectStore = { $0 }
    ) throws -> Repository {
        let store = wrap(try openStore())
        let repository = try attempting("cannot open the repository at \(store.location)") {
            let found = try Repository.storedIdentifier(in: store)
            try memory.check(found, at: store.location, for: use)
            let passphrase = try PassphraseReader(context: self).passphrase()
            return try Repository.open(
                store, passphrase: passphrase, cacheDirectory: usesCatalog ? try cacheDirectory() : nil,
                refreshing: refreshing)
        }
        opened.withLock { $0.repository = repository }
        try memory.compare(repository, for: use)
        reportWarnings()
        if console.verbosity > 0 {
            console.message(.note, "opened repository \(repository.id) at \(store.location)")
        }
        return repository
    }

    /// Says what the repository found wrong and passed over, each thing once.
    func reportWarnings() {
        let fresh = opened.withLock { opened -> [String] in
            guard let repository = opened.repository else { return [] }
            let damaged = repository.damagedSnapshots().map { "snapshot \($0.id.short) is left out: \($0.reason)" }
            return (repository.warnings + damaged).filter { opened.said.insert($0).inserted }
        }
        for warning in fresh { console.message(.warning, warning) }
    }
}
