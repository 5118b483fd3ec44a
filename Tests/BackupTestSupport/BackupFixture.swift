import Chunking
import Cryptography
import Repository
import Restorer
import Storage
import SystemInterface
import TestSupport
import Writer

/// A repository in memory, a directory to save and room to restore to.
public final class BackupFixture: Sendable {
    /// What the repository is in.
    public let store: any ObjectStore
    /// The repository.
    public let repository: Repository
    /// Where `source` and everything that is restored lies.
    public let directory: TemporaryDirectory
    /// What runs see of the time: an hour ahead, so that files that tests make look settled when they are saved.
    public let clock = ManualClock(secondsAhead: 3600)
    /// The directory that is saved; exists, and is empty.
    public let source: FilePath

    private let entropy: SeededEntropy

    /// The host of every snapshot.
    public static let host = "host"
    private static let passphrase = Array("correct horse".utf8)

    /// A fixture with chunks of 16 KiB on average, so that small files show what big ones do.
    ///
    /// Its files lie in `base`, or where temporary files do without one.
    public init(store: any ObjectStore = MemoryStore(), seed: UInt64 = 1, in base: FilePath? = nil) throws {
        self.store = store
        entropy = SeededEntropy(seed: seed)
        let parameters = try ChunkerParameters(minimumBytes: 4 << 10, averageBytes: 16 << 10, maximumBytes: 64 << 10)
        try Repository.create(
            in: store, passphrase: SecretBytes(Self.passphrase), chunker: parameters,
            passphraseCost: PassphraseCost(logN: 10) ?? .standard, entropy: entropy)
        repository = try Self.open(store)
        directory = try base.map { try TemporaryDirectory(in: $0) } ?? TemporaryDirectory()
        source = try directory.makeDirectory("source")
    }

    /// Opens the repository that is in `store`, as another process would.
    public static func open(_ store: any ObjectStore) throws -> Repository {
        try Repository.open(store, passphrase: SecretBytes(passphrase), cacheDirectory: nil)
    }

    /// A run that saves `source`, or what `change` makes of the options; the clock moves on by a minute, and a scout is
    /// sent out if that is asked for.
    public func makeBackup(
        into repository: Repository? = nil, observer: (any BackupObserver)? = nil, isScouted: Bool = false,
        _ change: (inout BackupOptions) -> Void = { _ in }
    ) -> BackupRun {
        var options = BackupOptions(paths: [source], host: Self.host)
        change(&options)
        clock.advance(seconds: 60)
        return BackupRun(
            repository: repository ?? self.repository, options: options, clock: clock, entropy: entropy,
            observer: observer, scout: isScouted ? SourceScout(options, clock: clock) : nil)
    }

    /// Saves `source`, or what `change` makes of the options.
    @discardableResult
    public func backUp(_ change: (inout BackupOptions) -> Void = { _ in }) throws -> BackupOutcome {
        try makeBackup(change).run()
    }

    /// Restores `path`, or `source`, of `snapshot` to a new directory, and returns where that is and what came of it.
    public func restore(
        _ snapshot: Snapshot, path: FilePath? = nil, as name: String
    ) throws -> (path: FilePath, outcome: RestoreOutcome) {
        let destination = directory.path.appending(name)
        let outcome = try RestoreRun(
            repository: repository, snapshot: snapshot, destination: destination,
            options: RestoreOptions(path: path ?? source)
        ).run()
        return (destination, outcome)
    }

    /// The entry at `path` of `snapshot`.
    public func entry(_ path: FilePath, in snapshot: Snapshot) throws -> TreeEntry? {
        try SnapshotPath.lookup(path.components, in: snapshot, source: repository.makeSource())
    }

    /// The names in the directory at `path` of `snapshot`, as text.
    public func names(_ path: FilePath, in snapshot: Snapshot) throws -> [String] {
        guard let entry = try entry(path, in: snapshot) else { return [] }
        let directory = try TreeDirectory(entry, source: repository.makeSource())
        return try (0..<directory.pageCount).flatMap { try directory.page($0).entries }
            .map { FilePath($0.name).description }
    }
}
