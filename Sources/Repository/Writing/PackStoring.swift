import Catalog
import Coding
import Storage
import Synchronization
import SystemInterface

/// Seals bundles, fills packs with them, and stores packs and the index segments that list them.
///
/// Thread-safe. A pack is durable before a segment lists it, and a segment before the catalog does.
final class PackStoring: Sendable {
    fileprivate struct State {
        var content: PackDraft?
        var metadata: PackDraft?
        var unlisted: [PackRecord] = []
        var unlistedChunks = 0
        var bytesStored: UInt64 = 0
    }

    /// The session that this run's metadata and its snapshot are sealed under.
    let metadataSession: SessionKey
    private let contentSession: SessionKey
    private let repository: Repository
    private let entropy: any EntropySource
    private let limit: RateLimit?
    private let stop = StopFlag()
    private let state = Mutex(State())
    private let full = BoundedQueue<PackDraft>(limit: Limits.pendingPacksMax)
    private let threads = Mutex<[Thread]>([])

    init(
        repository: Repository, entropy: any EntropySource, limit: RateLimit? = nil
    ) throws(RepositoryError) {
        self.limit = limit
        self.repository = repository
        self.entropy = entropy
        contentSession = try SessionKey(
            family: .content, keyring: repository.keyring, repository: repository.id, bytes: entropy.bytes)
        metadataSession = try SessionKey(
            family: .metadata, keyring: repository.keyring, repository: repository.id, bytes: entropy.bytes)
    }

    /// Starts the threads that store full packs, so that nobody who compresses waits for a disk. `fail` is told of what
    /// makes one end.
    func start(_ fail: @escaping @Sendable (RepositoryError) -> Void) throws(SystemError) {
        for number in 0..<Limits.storingThreads {
            let thread = try Thread.spawn(name: "pastfs-store-\(number)") { [self] in
                while let draft = full.pop() {
                    do throws(RepositoryError) {
                        try store(draft)
                    } catch {
                        return fail(error)
                    }
                }
            }
            threads.withLock { $0.append(thread) }
        }
    }

    /// Lets the threads end without storing what waits.
    func cancel() {
        stop.set()
        full.cancel()
    }

    /// Waits until the threads have stored what waits and have ended.
    func join() {
        full.close()
        let threads = threads.withLock { threads in
            defer { threads = [] }
            return threads
        }
        for thread in threads { thread.join() }
    }

    var bytesStored: UInt64 { state.withLock { $0.bytesStored } }

    /// Compresses, verifies and seals `bundle`, and hands on the pack that it fills; waits while too many wait already.
    func store(_ bundle: OpenBundle, coder: inout BundleCoder) throws(RepositoryError) {
        let sealed = try SealedBundle.seal(
            bundle.chunks, payload: bundle.payload, session: session(bundle.family), family: bundle.family,
            repository: repository.id, salt: entropy.bytes(SealedBox.saltBytes), coder: &coder)
        let draft = state.withLock { state -> PackDraft? in
            state.bytesStored += UInt64(sealed.stored.count)
            var draft = takeDraft(bundle.family, from: &state)
            draft.append(sealed.stored, plaintextBytes: sealed.plaintextBytes, chunks: bundle.chunks)
            if draft.isFull { return draft }
            put(draft, bundle.family, into: &state)
            return nil
        }
        if let draft, !full.push(draft) { throw RepositoryError(.cancelled, "the run has ended") }
    }

    /// Stores the packs that are not full, and lists all that are not listed.
    func finish() throws(RepositoryError) {
        let drafts = state.withLock { state in
            defer {
                state.content = nil
                state.metadata = nil
            }
            return [state.content, state.metadata].compactMap { $0 }
        }
        for draft in drafts { try store(draft) }
        try list(state.withLock { $0.takeUnlisted() })
    }

    private func store(_ draft: PackDraft) throws(RepositoryError) {
        let pack = try draft.finish(indexKey: repository.indexHash, salt: entropy.bytes(SealedBox.saltBytes))
        limit?.take(draft.bytes, unless: stop)
        try repository.create(pack.name, pack.parts)
        let due = state.withLock { state -> [PackRecord] in
            state.unlisted.append(pack.record)
            state.unlistedChunks += pack.record.bundles.reduce(0) { $0 + $1.chunks.count }
            let isDue =
                state.unlistedChunks >= Limits.indexSegmentChunksTarget
                || state.unlisted.count >= Limits.indexSegmentPacksTarget
            return isDue ? state.takeUnlisted() : []
        }
        try list(due)
    }

    private func list(_ packs: [PackRecord]) throws(RepositoryError) {
        guard !packs.isEmpty else { return }
        try repository.storeIndexSegment(packs, salt: entropy.bytes(SealedBox.saltBytes))
    }

    private func session(_ family: PackKind) -> SessionKey {
        family == .content ? contentSession : metadataSession
    }

    private func takeDraft(_ family: PackKind, from state: inout State) -> PackDraft {
        let draft: PackDraft?
        switch family {
        case .content:
            draft = state.content
            state.content = nil
        case .metadata:
            draft = state.metadata
            state.metadata = nil
        }
        return draft ?? PackDraft(kind: family, session: session(family), repository: repository.id)
    }

    private func put(_ draft: PackDraft, _ family: PackKind, into state: inout State) {
        switch family {
        case .content: state.content = draft
        case .metadata: state.metadata = draft
        }
    }
}

extension PackStoring.State {
    fileprivate mutating func takeUnlisted() -> [PackRecord] {
        defer {
            unlisted = []
            unlistedChunks = 0
        }
        return unlisted
    }
}
