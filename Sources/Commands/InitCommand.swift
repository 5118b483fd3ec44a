import Chunking
import CommandLineTools
import Repository
import Storage
import SystemInterface

/// `pastfs init`
enum InitCommand: Command {
    private static let costLong = "kdf-log-n"
    private static let chunkSizeLong = "chunk-size"

    static let declaration = CommandDeclaration(
        name: "init", summary: "create a repository",
        discussion: """
            The directory is made, or must be empty; the directory above it must exist. The
            passphrase is the only key to what the repository will hold: keep it where the
            backup does not depend on it. It is asked for twice on a terminal.

            `--kdf-log-n` is the base-2 logarithm of scrypt's N, the work of one try of a
            passphrase: 17, the default, takes 128 MiB and about half a second. Lower it
            only for a passphrase that a machine drew at random, such as 32 random bytes:
            what a person can remember, a thief of the repository could then guess.

            `--chunk-size` is the average size of the pieces that large files are cut into, a
            power of two from 64 KiB to 4 MiB. It cannot be changed later.
            """,
        examples: [
            .init("pastfs -r /srv/backup init", "create a repository, and ask for a passphrase"),
            .init(
                "pastfs -r /srv/backup --passphrase-file /root/key init --kdf-log-n 10",
                "take a machine's random passphrase from a file"),
        ],
        options: [
            OptionDeclaration(
                long: costLong, valueName: "N", help: "the work of one try of a passphrase, 10 to 20; 17 if not given"),
            OptionDeclaration(
                long: chunkSizeLong, valueName: "SIZE", help: "the average size of a chunk; 512KiB if not given"),
        ])

    static func run(_ context: CommandContext) throws -> ExitCode {
        let command = context.command
        let range = PassphraseCost.logNRange
        let cost = try command.integer(costLong, in: range).flatMap { PassphraseCost(logN: $0) } ?? .standard
        let chunker = try chunkerParameters(command)
        let path = try context.repositoryPath()
        let what = "cannot create a repository at \(path)"
        let store = try attempting(what) { try establish(path, what) }
        let passphrase = try PassphraseReader(context: context).newPassphrase()
        let interruption = try Interruption(context.console, "no repository was made; `pastfs init` can be run again")
        let id = try attempting(what) {
            try Repository.create(
                in: CommitGate(store, interruption: interruption), passphrase: passphrase, chunker: chunker,
                passphraseCost: cost, entropy: context.entropy)
        }
        context.memory.noteMade(id, at: store.location)
        do {
            try store.makeReserve()
        } catch {
            context.console.message(.warning, "\(error); a prune may need free space")
        }
        try context.console.record(Record(repository: id.description, location: store.location))
        try context.console.line("created repository \(id) at \(store.location)")
        return .done
    }

    /// The standard's proportions around the average size that the command asks for.
    private static func chunkerParameters(_ command: ParsedCommand) throws -> ChunkerParameters {
        let standard = ChunkerParameters.standard
        guard let average = try command.byteSize(chunkSizeLong, in: 64 << 10...4 << 20).map(Int.init) else {
            return standard
        }
        do {
            return try ChunkerParameters(
                minimumBytes: average / (standard.averageBytes / standard.minimumBytes), averageBytes: average,
                maximumBytes: average * (standard.maximumBytes / standard.averageBytes))
        } catch {
            throw command.usageError("--\(chunkSizeLong): \(error.reason)")
        }
    }

    /// Makes the directory of the repository, or takes over the one of an `init` that was interrupted.
    private static func establish(_ path: FilePath, _ what: String) throws -> LocalDirectoryStore {
        do throws(StorageError) {
            return try LocalDirectoryStore.create(at: path)
        } catch {
            switch error.code {
            case .notEmpty:
                if let store = try leftovers(at: path) { return store }
                throw Failure(
                    .failed, what, why: try isRepository(path) ? "there is one already" : "the directory is not empty",
                    fix: "give another path, or an empty directory")
            case .notADirectory:
                throw Failure(
                    .failed, what, why: "it is a file, and a repository is a directory", fix: "give another path")
            case .notFound:
                throw Failure(
                    .failed, what, why: "there is no directory \(path.parent)",
                    fix: "make it, or mount what is to be mounted there")
            default: throw error
            }
        }
    }

    private static func isRepository(_ path: FilePath) throws -> Bool {
        try LocalDirectoryStore(at: path).contains(.format)
    }

    /// The store at `path` if it has nothing but key slots: they come first, and without a `format` object nothing was
    /// ever sealed under them. They are left alone, since another `init` may be running right now.
    private static func leftovers(at path: FilePath) throws -> LocalDirectoryStore? {
        do throws(StorageError) {
            let store = try LocalDirectoryStore(at: path)
            guard try !store.contains(.format), try store.strangers().isEmpty else { return nil }
            for folder in ObjectFolder.allCases where folder != .keys {
                guard try store.list(folder).isEmpty else { return nil }
            }
            return store
        } catch {
            guard error.code == .notFound else { throw error }
            return nil
        }
    }

    private struct Record: JSONRecord {
        static let schema = "pastfs.repository.v1"
        let repository: String
        let location: String
    }
}
