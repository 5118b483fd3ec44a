import PathRules
import Repository
import SystemInterface

/// One backup: walks the sources, stores what the repository does not have, and commits a snapshot of it all.
///
/// A run is for one use. It is synchronous: `run` returns when everything is durable, or throws with nothing listed;
/// only where the storage failed in the moment of the commit, the snapshot may be there, or be published by the next
/// collection: see `WriteSession.commit`.
public final class BackupRun: Sendable {
    /// What of the parent's trees is kept decoded, in bytes: the walk goes through them in order, once.
    private static let parentCacheBytes = 32 << 20

    private let repository: Repository
    private let options: BackupOptions
    private let clock: any WallClock
    private let entropy: any EntropySource
    private let observer: (any BackupObserver)?
    private let scout: SourceScout?
    private let stop = StopFlag()
    private let deadline = StopFlag()

    /// A run into `repository`; `scout` was sent out with the same options.
    public init(
        repository: Repository, options: BackupOptions, clock: any WallClock, entropy: any EntropySource,
        observer: (any BackupObserver)? = nil, scout: SourceScout? = nil
    ) {
        self.repository = repository
        self.options = options
        self.clock = clock
        self.entropy = entropy
        self.observer = observer
        self.scout = scout
    }

    /// Makes `run` stop at the next file or block and throw `.cancelled`. Any thread may call it, any number of times.
    public func cancel() {
        stop.set()
        scout?.cancel()
    }

    /// Tells `run` that its time is over: it stops at the next file or block, and throws `.outOfTime` or commits a partial
    /// snapshot, as the options say. What has been read to its end by then is committed as usual. Any thread may call it.
    public func endInTime() {
        deadline.set()
        scout?.cancel()
    }

    /// Saves everything that the options name.
    ///
    /// Throws when a source is missing, when an option or a pattern makes no sense, when the repository fails, and when
    /// the run is cancelled; nothing is committed then, and what was stored lies there unnamed. Items that cannot be read
    /// don't make it throw: they are the outcome's problems.
    public func run() throws(BackupError) -> BackupOutcome {
        let now = clock.now()
        let started = min(scout?.started ?? now, options.sourcesSince ?? now, now)
        let plan = try SourcePlan(options.paths)
        let rules = try readRules()
        if options.stream == nil { try plan.check(toleratingMissing: options.isListed) }
        do {
            try SnapshotManifest.check(
                host: options.host, tags: options.tags, excludes: options.excludes, paths: plan.recordedPaths())
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
        let filesCache = try makeFilesCache()
        let parent = options.stream == nil ? findParent(plan.recordedPaths(), filesCache, started) : nil
        observer?.backupBegan(parent: parent?.manifest.statistics)
        // A hook before the run may have taken hours, and whoever claims a session only now is not late.
        let identity = RunIdentity(
            started: clock.now(), host: options.host, processID: UInt32(clamping: Host.processID))
        let session = try repository.makeWriteSession(
            WriteSessionOptions(
                workers: options.workers, compressionLevel: options.compressionLevel, isDryRun: options.dryRun,
                writeLimit: options.writeLimit, identity: identity),
            entropy: entropy, filesCache: filesCache)
        do {
            let outcome = try save(
                plan, rules, into: session, parent: parent, filesCache: filesCache, started: started)
            if let snapshot = outcome.snapshot { filesCache?.finish(snapshot, isListed: options.isListed) }
            return outcome
        } catch {
            session.abandon()
            throw error
        }
    }

    private func save(
        _ plan: SourcePlan, _ rules: ExcludeRules, into session: WriteSession, parent: Snapshot?,
        filesCache: FilesCache?, started: Timestamp
    ) throws -> BackupOutcome {
        let journal = BackupJournal(observer: observer, stop: stop, deadline: deadline)
        let root: TreeEntry
        if let stream = options.stream, let path = plan.paths.first {
            root = try StreamTree(
                stream: stream, path: path, moment: started, session: session, chunker: repository.makeChunker(),
                journal: journal, meter: ReadMeter(stop: stop, limit: options.readLimit)
            ).save()
        } else {
            root = try walk(plan, rules, into: session, parent: parent, filesCache: filesCache, journal)
        }
        try journal.checkCancelled()
        observer?.backupIsFinishing()
        var manifest = SnapshotManifest(
            started: started, finished: clock.now(), host: options.host, userName: options.userName,
            program: options.program, paths: plan.recordedPaths(),
            tags: Set(options.tags).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) },
            excludes: options.excludes, parent: parent?.id, kind: kind(parent), root: root,
            statistics: journal.statistics,
            problemCount: journal.problemCount, problems: journal.problems)
        manifest.isPartial = journal.isPartial
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

    private func walk(
        _ plan: SourcePlan, _ rules: ExcludeRules, into session: WriteSession, parent: Snapshot?,
        filesCache: FilesCache?, _ journal: BackupJournal
    ) throws -> TreeEntry {
        let parameters = repository.chunkerParameters
        let meter = ReadMeter(stop: stop, limit: options.readLimit)
        let pool = try ReadPool(
            count: min(max(1, options.workers), WriterLimits.readersMax), session: session,
            smallBytesMax: parameters.minimumBytes, meter: meter)
        // A thread of the pool may be waiting for workers that are behind; there is no more to wait for.
        defer { pool.stop() }
        let reader = try FileReader(
            chunker: repository.makeChunker(), parameters: parameters, session: session, journal: journal, pool: pool,
            meter: meter)
        var walk = TreeWalk(
            session: session,
            source: repository.makeSource(cacheBytes: Self.parentCacheBytes, filesCache: filesCache), journal: journal,
            rules: rules, filter: options.filter, ownDirectories: DirectoryIdentity.of(options.ownDirectories),
            parent: parent, ignoresDevice: options.ignoresDevice, reader: reader, pool: pool, scout: scout)
        return try walk.run(plan, parent: parent, keepsPartial: options.keepsPartial)
    }

    /// What runs on this machine leave for each other, where this one uses it.
    private func makeFilesCache() throws(RepositoryError) -> FilesCache? {
        let isUsed =
            switch options.filesCache {
            case .automatic: !repository.readsMetadata
            case .always: true
            case .never: false
            }
        guard isUsed, options.stream == nil else { return nil }
        return try repository.makeFilesCache(entropy: entropy, isReadOnly: options.dryRun)
    }

    /// The snapshot that unchanged files are recognised by.
    private func findParent(_ paths: [FilePath], _ filesCache: FilesCache?, _ started: Timestamp) -> Snapshot? {
        switch options.parent {
        case .none: nil
        case .snapshot(let snapshot): snapshot
        case .automatic where !repository.readsMetadata, .newestFull where !repository.readsMetadata:
            filesCache?.parent(
                host: options.host, paths: paths, isListed: options.isListed,
                onlyFull: options.parent == .newestFull)
        case .automatic: newest(of: paths, notAfter: started) { _ in true }
        case .newestFull: newest(of: paths, notAfter: started) { $0.kind == .full }
        }
    }

    /// The newest of this host's snapshots of `paths`, a complete one if there is one.
    ///
    /// One that was made while the clock was ahead would stay the newest for as long as it was, and every run would read
    /// again what has changed since: it comes behind those that are not from after `moment`.
    private func newest(
        of paths: [FilePath], notAfter moment: Timestamp, where isWanted: (SnapshotManifest) -> Bool
    ) -> Snapshot? {
        let own = repository.snapshots().filter { $0.manifest.host == options.host && isWanted($0.manifest) }
        let past = own.filter { $0.manifest.started <= moment }
        func newest(_ fits: (SnapshotManifest) -> Bool) -> Snapshot? {
            func newest(in snapshots: [Snapshot]) -> Snapshot? {
                snapshots.last { !$0.manifest.isPartial && fits($0.manifest) } ?? snapshots.last { fits($0.manifest) }
            }
            return newest(in: past) ?? newest(in: own)
        }
        let exact = newest { $0.paths == paths }
        guard exact == nil, options.isListed else { return exact }
        // A list differs from run to run: any snapshot that has some of its files saves reading these.
        let wanted = Set(paths)
        return newest { !wanted.isDisjoint(with: $0.paths) }
    }

    /// What the run is, whatever it was to be: without anything to compare with, it has read every byte.
    private func kind(_ parent: Snapshot?) -> SnapshotKind {
        guard parent != nil else { return .full }
        return options.parent == .newestFull ? .differential : .incremental
    }
}
