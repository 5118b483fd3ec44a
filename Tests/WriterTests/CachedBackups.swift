import BackupTestSupport
import Catalog
import Repository
import Storage
import SystemInterface
import TestSupport
import Writer

/// Backups of one machine by a key that reads nothing back: each is another process, and all share a cache.
struct CachedBackups {
    let fixture: BackupFixture
    /// The repository's directory and the cache's lie here.
    let places: TemporaryDirectory
    let cache: FilePath

    init(seed: UInt64 = 1) throws {
        places = try TemporaryDirectory()
        fixture = try BackupFixture(
            store: try LocalDirectoryStore.create(at: places.path.appending("repository")), seed: seed)
        cache = places.path.appending("cache")
    }

    /// The repository as the next process opens it.
    func open() throws -> Repository {
        try fixture.repository.reopenedForWriting(cacheDirectory: cache)
    }

    /// Saves the source, or what `change` makes of the options.
    @discardableResult
    func backUp(
        observer: (any BackupObserver)? = nil, _ change: (inout BackupOptions) -> Void = { _ in }
    ) throws -> BackupOutcome {
        try fixture.makeBackup(into: try open(), observer: observer, change).run()
    }

    /// What a run with every key makes of the source that reads every byte.
    func readEverything() throws -> TreeEntry? {
        try saved(fixture.backUp { $0.parent = .none })
    }

    /// The source as a run saved it.
    func saved(_ outcome: BackupOutcome) throws -> TreeEntry? {
        try fixture.repository.refresh()
        return try fixture.entry(fixture.source, in: outcome.committed())
    }

    /// The directory of the catalog.
    var catalogDirectory: FilePath { fixture.repository.cacheDirectory(below: cache) }

    /// The catalog that runs share.
    func catalog() throws -> Catalog {
        try Catalog.open(directory: catalogDirectory, repository: fixture.repository.id.bytes)
    }
}
