import Catalog
import Coding
import Cryptography
import Storage
import Synchronization
import SystemInterface

/// One run's writing: chunks come in, sealed packs go out, and a snapshot ends it.
///
/// Thread-safe. Chunks that the repository has are not stored again. New ones are bundled in the order in which they
/// come; worker threads compress, verify, seal and store them behind a bounded queue, so `add` blocks while they are
/// behind. The order of storing is packs, index, snapshot, each durable before the next: a run that ends early leaves
/// objects that nothing refers to, and nothing else.
///
/// A session ends with `commit` or `abandon`, and whoever makes one owes it one of them. One that is dropped only lets its
/// threads end, since the last to let go may be one of them, and none can wait for itself: for others it goes on, and a
/// collector waits for it as for any other.
public final class WriteSession: Sendable {
    fileprivate struct State {
        var known: Set<ChunkID> = []
        var content = OpenBundle(family: .content)
        var metadata = OpenBundle(family: .metadata)
        var counters = WriteCounters()
        var failure: RepositoryError?
        var hasEnded = false
    }

    private let repository: Repository
    private let options: WriteSessionOptions
    private let entropy: any EntropySource
    private let contentHash: KeyedHash
    private let metadataHash: KeyedHash
    private let storing: PackStoring
    /// What makes the run one run for everybody; nil for one that stores nothing.
    private let run: ClaimedSession?
    /// The packs that the index lists and the storage did not have when the run began.
    private let missingPacks: Set<Bytes32>
    /// The packs whose chunks are stored again if they are needed: those that are missing, and those in quarantine.
    private let avoidedPacks: Set<Bytes32>
    /// Keeps the pages of trees for the next run.
    private let filesCache: FilesCache?
    /// Whether anything was in the index when the run began.
    private let hadSegments: Bool
    /// The catalog when the run began, and how often it had lost a segment.
    private let catalogAtStart: (catalog: Catalog, removals: Int64)
    private let queue = BoundedQueue<OpenBundle>(limit: Limits.pendingBundlesMax)
    private let threads: Mutex<[Thread]>
    private let state = Mutex(State())

    init(
        repository: Repository, options: WriteSessionOptions, entropy: any EntropySource, filesCache: FilesCache? = nil
    ) throws(RepositoryError) {
        let keyring = repository.keyring
        guard let contentIDKey = keyring.contentIDKey, let metadataIDKey = keyring.metadataIDKey else {
            throw RepositoryError(.keyNotHeld, "this key slot cannot write: it has no identifier keys")
        }
        self.repository = repository
        self.options = options
        self.entropy = entropy
        self.filesCache = filesCache
        contentHash = KeyedHash(key: contentIDKey)
        metadataHash = KeyedHash(key: metadataIDKey)
        storing = try PackStoring(repository: repository, entropy: entropy, limit: options.writeLimit)
        run =
            options.isDryRun
            ? nil : try ClaimedSession(claimingIn: repository, identity: options.identity, entropy: entropy)
        do throws(RepositoryError) {
            // After the claim: what a collector quarantines from now on waits for this run.
            let quarantined = try repository.refreshForWriting()
            missingPacks = try repository.missingPacks()
            avoidedPacks = missingPacks.union(quarantined)
            catalogAtStart = try repository.asking { (catalog) throws(CatalogError) in
                (catalog, try catalog.removalCount())
            }
            hadSegments = try repository.asking { (catalog) throws(CatalogError) in try !catalog.segments().isEmpty }
        } catch {
            // Whoever fails to say so keeps a collector waiting, and loses nothing.
            try? run?.abort()
            throw error
        }
        threads = Mutex([])
        if !options.isDryRun { try startWorkers() }
    }

    deinit {
        // No more than this: `abandon` waits for the threads, and this may be one of them.
        queue.cancel()
        storing.cancel()
    }

    /// What has been added so far.
    public var counters: WriteCounters {
        var counters = state.withLock { $0.counters }
        counters.bytesStored = storing.bytesStored
        return counters
    }

    /// Stores `data` unless the repository has it, and returns its name.
    ///
    /// Throws `.invalidArgument` for a chunk that is too long, whatever failed on a worker since the last call, and
    /// `.cancelled` once the session has ended.
    @discardableResult
    public func add(_ data: Span<UInt8>, _ kind: ChunkKind) throws(RepositoryError) -> ChunkID {
        guard data.count <= Limits.chunkBytesMax else {
            throw RepositoryError(.invalidArgument, "a chunk of \(data.count) bytes is too long")
        }
        let hash = kind == .content ? contentHash : metadataHash
        let id = try add(data, kind, as: ChunkID(hash.authenticate(prefix: kind.rawValue, data)))
        filesCache?.keep(data, id, kind)
        return id
    }

    /// Stores chunks of content, of which `data` begins with one of each of the lengths, and returns their names.
    ///
    /// The same as a call for each, but for less: what is new goes to the workers in this order, without anything of
    /// another caller between.
    public func add(_ data: Span<UInt8>, lengths: [Int]) throws(RepositoryError) -> [ChunkID] {
        var ids: [ChunkID] = []
        ids.reserveCapacity(lengths.count)
        var starts: [Int] = []
        starts.reserveCapacity(lengths.count)
        var start = 0
        for length in lengths {
            guard length <= Limits.chunkBytesMax else {
                throw RepositoryError(.invalidArgument, "a chunk of \(length) bytes is too long")
            }
            starts.append(start)
            ids.append(
                ChunkID(
                    contentHash.authenticate(
                        prefix: ChunkKind.content.rawValue, data.extracting(start..<start + length))))
            start += length
        }
        let unknown = try state.withLock { (state) throws(RepositoryError) in
            try state.requireGoing()
            return ids.indices.filter { !state.known.contains(ids[$0]) }
        }
        var new: [Int] = []
        for index in unknown where try !isListed(ids[index]) { new.append(index) }
        guard !new.isEmpty else { return ids }
        let full = try state.withLock { (state) throws(RepositoryError) in
            try state.requireGoing()
            var full: [OpenBundle] = []
            for index in new {
                let chunk = data.extracting(starts[index]..<starts[index] + lengths[index])
                full += state.admit(ids[index], chunk, .content)
            }
            return full
        }
        if !options.isDryRun { try push(full) }
        return ids
    }

    /// Stores `data` under a name, whether or not it is the right one: tests do what a hostile holder of the keys can.
    @discardableResult
    package func add(_ data: Span<UInt8>, _ kind: ChunkKind, as id: ChunkID) throws(RepositoryError) -> ChunkID {
        if try contains(id) { return id }
        let full = try state.withLock { (state) throws(RepositoryError) in
            try state.requireGoing()
            return state.admit(id, data, kind)
        }
        if !options.isDryRun { try push(full) }
        return id
    }

    /// Whether the repository or this run has the chunk `id` already.
    ///
    /// A pack that the index lists and the storage has lost counts for nothing: what it held is stored anew.
    public func contains(_ id: ChunkID) throws(RepositoryError) -> Bool {
        let isKnown = try state.withLock { (state) throws(RepositoryError) in
            try state.requireGoing()
            return state.known.contains(id)
        }
        if isKnown { return true }
        return try isListed(id)
    }

    /// Whether the repository had the chunk `id` before this run, or another has stored it since.
    private func isListed(_ id: ChunkID) throws(RepositoryError) -> Bool {
        // With an empty index there is nothing to ask for; what others store meanwhile may be stored twice.
        guard hadSegments else { return false }
        // What only the footers of packs say counts for nothing: this run does not list it, and whoever reads its snapshot
        // would have to look through all of them. The catalog has it where a page of the parent was looked for that way.
        let unlistedPacks = repository.packsReadFromFooters
        guard !avoidedPacks.isEmpty || !unlistedPacks.isEmpty else { return try repository.contains(id) }
        return try repository.listedLocations(of: id).contains {
            !avoidedPacks.contains($0.pack) && !unlistedPacks.contains($0.pack)
        }
    }

    /// Whether every chunk of `snapshot` is known to be in the repository, without a look at any of them.
    ///
    /// It is when a run of this machine made it or went through it, found each of its chunks listed, and since then no
    /// index segment has gone from the repository, nor a pack from the storage, and nobody has forgotten it.
    public func isComplete(_ snapshot: SnapshotID) -> Bool {
        guard missingPacks.isEmpty else { return false }
        // Asked after the claim: whoever forgets it from now on, a collector waits for this run before it sweeps it.
        guard case .live? = try? repository.standing(of: snapshot) else { return false }
        return (try? catalogAtStart.catalog.isComplete(snapshot.bytes)) ?? false
    }

    /// Ends the run: stores what is left, then the index, then the snapshot, which exists when this returns.
    ///
    /// The manifest's `bytesNew` and `bytesStored` are filled in here. Throws `.fenced` if a collector has ended the
    /// run before: then there is no snapshot. After any other error there is none either, unless the storage failed
    /// from the outcome of the session on: a snapshot whose outcome is there is committed, and the next collector
    /// publishes it.
    public func commit(_ manifest: SnapshotManifest) throws(RepositoryError) -> Snapshot {
        guard let run else { preconditionFailure("a dry run has nothing to commit") }
        let last = try state.withLock { (state) throws(RepositoryError) -> [OpenBundle] in
            try state.requireGoing()
            state.hasEnded = true
            return [state.content, state.metadata].filter { !$0.isEmpty }
        }
        try push(last)
        queue.close()
        joinWorkers()
        storing.join()
        try rethrow()
        try storing.finish()
        var manifest = manifest
        manifest.statistics.bytesNew = counters.bytesNew
        manifest.statistics.bytesStored = counters.bytesStored
        let snapshot = try repository.store(
            manifest, by: run, session: storing.metadataSession, salt: entropy.bytes(16))
        noteComplete(snapshot.id)
        return snapshot
    }

    /// What the snapshot names was stored by this run, or asked for, or is the parent's, which is complete. A note that
    /// cannot be made costs the next run time.
    private func noteComplete(_ snapshot: SnapshotID) {
        guard missingPacks.isEmpty, repository.catalog === catalogAtStart.catalog else { return }
        try? catalogAtStart.catalog.markComplete(snapshot.bytes, removals: catalogAtStart.removals)
    }

    /// Ends the run without a snapshot. Chunks that the index lists already serve the next run.
    public func abandon() {
        cancel()
        joinWorkers()
        storing.join()
        // Whoever fails to say so keeps a collector waiting, and loses nothing.
        try? run?.abort()
    }

    /// Makes the calls that are under way and all that follow throw `.cancelled`. May be called from any thread.
    public func cancel() {
        fail(RepositoryError(.cancelled, "the run was stopped"))
    }

    /// Hands bundles to the workers. One that they do not take is lost, so the run must not be committed any more.
    private func push(_ bundles: [OpenBundle]) throws(RepositoryError) {
        for bundle in bundles where !queue.push(bundle) {
            fail(RepositoryError(.cancelled, "the run has ended"))
            try rethrow()
        }
    }

    private func startWorkers() throws(RepositoryError) {
        do {
            try storing.start { [weak self] in self?.fail($0) }
            for number in 0..<options.workers {
                let coder = try BundleCoder(level: options.compressionLevel)
                let work = BundleWork(queue: queue, storing: storing, coder: coder) { [weak self] in self?.fail($0) }
                let thread = try Thread.spawn(name: "pastfs-seal-\(number)") { work.run() }
                threads.withLock { $0.append(thread) }
            }
        } catch {
            abandon()
            throw error as? RepositoryError
                ?? RepositoryError(.internalFailure, "cannot start a thread: \(error)")
        }
    }

    private func joinWorkers() {
        let threads = threads.withLock { threads in
            defer { threads = [] }
            return threads
        }
        for thread in threads { thread.join() }
    }

    private func fail(_ error: RepositoryError) {
        state.withLock { $0.failure = $0.failure ?? error }
        queue.cancel()
        storing.cancel()
    }

    private func rethrow() throws(RepositoryError) {
        if let failure = state.withLock({ $0.failure }) { throw failure }
    }
}

extension WriteSession.State {
    /// Throws once the run has failed or ended: what comes then would be lost in silence.
    fileprivate func requireGoing() throws(RepositoryError) {
        if let failure { throw failure }
        guard !hasEnded else { throw RepositoryError(.cancelled, "the run has ended") }
    }

    /// Takes in a chunk that the repository does not have, and returns the bundles that are full now.
    fileprivate mutating func admit(_ id: ChunkID, _ data: Span<UInt8>, _ kind: ChunkKind) -> [OpenBundle] {
        guard known.insert(id).inserted else { return [] }
        counters.chunksNew += 1
        counters.bytesNew += UInt64(data.count)
        if kind == .content { return Self.admit(id, data, to: &content) }
        return Self.admit(id, data, to: &metadata)
    }

    private static func admit(_ id: ChunkID, _ data: Span<UInt8>, to open: inout OpenBundle) -> [OpenBundle] {
        if data.count >= Limits.loneChunkBytesMin {
            var lone = OpenBundle(family: open.family)
            lone.append(id, data)
            return [lone]
        }
        var full: [OpenBundle] = []
        if open.isTooFull(for: data.count) {
            full.append(open)
            open = OpenBundle(family: open.family)
        }
        open.append(id, data)
        return full
    }
}
