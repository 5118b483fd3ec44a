import PathRules
import Repository
import SystemInterface

/// One backup: walks the sources, stores what the repository does not have, and commits a snapshot of it all.
///
/// A run is for one use. It is synchronous: `run` returns when everything is durable, or throws with nothing listed.
public final class BackupRun: Sendable {
    /// What of the parent's trees is kept decoded, in bytes: the walk goes through them in order, once.
    private static let parentCacheBytes = 32 << 20

    private let repository: Repository
    private let options: BackupOptions
    private let clock: any WallClock
    private let entropy: any EntropySource
    private let observer: (any BackupObserver)?
    private let stop = StopFlag()

    /// A run into `repository`.
    public init(
        repository: Repository, options: BackupOptions, clock: any WallClock, entropy: any EntropySource,
        observer: (any BackupObserver)? = nil
    ) {
        self.repository = repository
        self.options = options
        self.clock = clock
        self.entropy = entropy
        self.observer = observer
    }

    /// Makes `run` stop at the next file or block and throw `.cancelled`. Any thread may call it, any number of times.
    public func cancel() {
        stop.set()
    }

    /// Saves everything that the options name.
    ///
    /// Throws when a source is missing, when an option or a pattern makes no sense, when the repository fails, and when
    /// the run is cancelled; nothing is committed then, and what was stored lies there unnamed. Items that cannot be read
    /// don't make it throw: they are the outcome's problems.
    public func run() throws(BackupError) -> BackupOutcome {
        let started = clock.now()
        let plan = try SourcePlan(options.paths)
        let rules = try readRules()
        try plan.check()
        do {
            try SnapshotManifest.check(
                host: options.host, tags: options.tags, excludes: options.excludes, paths: plan.paths)
            return try save(plan, rules, started: started)
        } catch let error as BackupError {
            throw error
        } catch let error as RepositoryError {
            throw BackupError(error)
        } catch let error as SystemError {
            throw BackupError(.sourceUnreachable, subject: error.path?.description, error.errno.message)
        } catch {
            throw BackupError(.repository(.internalFailure), "\(error)")
        }
    }

    private func readRules() throws(BackupError) -> ExcludeRules {
        do throws(PatternError) {
            return try ExcludeRules(options.excludes)
        } catch {
            throw BackupError(error)
        }
    }

    private func save(_ plan: SourcePlan, _ rules: ExcludeRules, started: Timestamp) throws -> BackupOutcome {
        try repository.refresh()
        let parent = findParent(plan.paths)
        let session = try repository.makeWriteSession(
            WriteSessionOptions(
                workers: options.workers, compressionLevel: options.compressionLevel, isDryRun: options.dryRun),
            entropy: entropy)
        do {
            return try save(plan, rules, into: session, parent: parent, started: started)
        } catch {
            session.abandon()
            throw error
        }
    }

    private func save(
        _ plan: SourcePlan, _ rules: ExcludeRules, into session: WriteSession, parent: Snapshot?, started: Timestamp
    ) throws -> BackupOutcome {
        let journal = BackupJournal(observer: observer, stop: stop)
        let reader = try FileReader(
            chunker: repository.makeChunker(), parameters: repository.chunkerParameters, session: session,
            journal: journal)
        var walk = TreeWalk(
            session: session, source: repository.makeSource(cacheBytes: Self.parentCacheBytes), journal: journal,
            rules: rules, ownDirectories: ownDirectories(), parent: parent, reader: reader)
        let root = try walk.run(plan, parent: parent)
        try journal.checkStopped()
        observer?.backupIsFinishing()
        var manifest = SnapshotManifest(
            started: started, finished: clock.now(), host: options.host, userName: options.userName,
            program: options.program, paths: plan.paths,
            tags: Set(options.tags).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) },
            excludes: options.excludes, parent: parent?.id, root: root, statistics: journal.statistics,
            problemCount: journal.problemCount, problems: journal.problems)
        var snapshot: Snapshot?
        if options.dryRun {
            manifest.statistics.bytesNew = session.counters.bytesNew
            session.abandon()
        } else {
            let committed = try session.commit(manifest)
            manifest = committed.manifest
            snapshot = committed
        }
        return BackupOutcome(
            snapshot: snapshot, manifest: manifest, notes: journal.notes, changes: journal.changes,
            excludedCount: journal.excludedCount,
            vanishedCount: journal.vanishedCount)
    }

    /// The snapshot that unchanged files are recognised by.
    private func findParent(_ paths: [FilePath]) -> Snapshot? {
        switch options.parent {
        case .none: nil
        case .snapshot(let snapshot): snapshot
        case .automatic:
            repository.snapshots().last { $0.manifest.host == options.host && $0.manifest.paths == paths }
        }
    }

    private func ownDirectories() -> Set<DirectoryIdentity> {
        Set(
            options.ownDirectories.compactMap {
                (try? FileSystem.status($0, followingLinks: true)).map(DirectoryIdentity.init)
            })
    }
}
