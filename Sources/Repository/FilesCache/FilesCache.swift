import Catalog
import Coding
import Storage
import Synchronization
import SystemInterface

/// What a run keeps on this machine for the next one: the trees that it saved, for a key that cannot read them back.
///
/// The pages of trees and of lists of chunks lie sealed in the local catalog, by their names, and so does what was saved
/// last of each set of files. Nothing in it is needed: what is missing, damaged or not to be had costs reading files again,
/// and no more. Once the catalog fails, the cache is off for the rest of the run. It is for one run. Thread-safe.
public final class FilesCache: Sendable {
    private struct State {
        /// Sealed pages that are not in the catalog yet.
        var pending: [(id: Bytes32, sealed: [UInt8])] = []
        var pendingNames: Set<ChunkID> = []
        var pendingBytes = 0
        /// How many bytes this run has sealed.
        var sealedBytes = 0
        /// Whether what this run saved is not kept: it is too much.
        var isOverfull = false
        /// Whether the catalog has failed.
        var isOff = false
        /// The pages that were read last, the last one last.
        var recent: [(id: ChunkID, page: ChunkBytes)] = []
    }

    let limits: FilesCacheLimits
    let catalog: Catalog
    let seal: FilesCacheSeal
    private let repository: Repository
    private let entropy: any EntropySource
    private let isReadOnly: Bool
    private let state = Mutex(State())

    init(
        repository: Repository, seal: FilesCacheSeal, entropy: any EntropySource, isReadOnly: Bool,
        limits: FilesCacheLimits
    ) {
        self.repository = repository
        catalog = repository.catalog
        self.seal = seal
        self.entropy = entropy
        self.isReadOnly = isReadOnly
        self.limits = limits
    }

    /// The snapshot of `paths` of `host` that this machine made last, or with `onlyFull` the last full one; of a list of
    /// paths without one, a snapshot of a list that shares some of them. Nil if the repository does not list it any more.
    public func parent(host: String, paths: [FilePath], isListed: Bool, onlyFull: Bool) -> Snapshot? {
        let exact = snapshot(of: onlyFull ? .newestFull(host: host, paths: paths) : .newest(host: host, paths: paths))
        if let exact, isStored(exact) { return exact }
        guard isListed, let other = snapshot(of: .listed(host: host)), isStored(other),
            !onlyFull || other.manifest.kind == .full, !Set(paths).isDisjoint(with: other.manifest.paths)
        else { return nil }
        return other
    }

    /// The page `id`, or nil.
    func page(_ id: ChunkID, _ kind: ChunkKind) -> ChunkBytes? {
        let (recent, isOff) = state.withLock { state in
            (state.recent.last { $0.id == id }?.page, state.isOff)
        }
        if let recent { return recent }
        guard !isOff, let found = storedPage(id, kind) else { return nil }
        state.withLock { state in
            if state.recent.count == Limits.filesCacheRecentPagesMax { state.recent.removeFirst() }
            state.recent.append((id, found.page))
        }
        return found.page
    }

    /// The page `id` as the catalog has it, and the number of its row. One that is damaged is removed, so that it can be
    /// stored again.
    func storedPage(_ id: ChunkID, _ kind: ChunkKind) -> (number: Int64, page: ChunkBytes)? {
        guard let stored = asking({ (catalog) throws(CatalogError) in try catalog.page(id.bytes) }) ?? nil else {
            return nil
        }
        do {
            let page = try repository.coders.withCoder { (coder) throws(RepositoryError) in
                try seal.open(stored.sealed, id, kind, coder: &coder)
            }
            return (stored.number, ChunkBytes(page))
        } catch {
            if !isReadOnly { asking { (catalog) throws(CatalogError) in try catalog.remove(page: id.bytes) } }
            return nil
        }
    }

    /// Keeps the page `id` of a tree that this run saves or goes through. Extended attributes are not kept: no run reads
    /// them back.
    func keep(_ page: Span<UInt8>, _ id: ChunkID, _ kind: ChunkKind) {
        guard !isReadOnly, kind == .treePage || kind == .listPage, page.count <= Limits.filesCachePageBytesMax,
            state.withLock({ !$0.isOff && !$0.isOverfull && !$0.pendingNames.contains(id) }),
            // Opened and not only looked for: one that is damaged makes room for this one.
            storedPage(id, kind) == nil
        else { return }
        do {
            let salt = entropy.bytes(SealedBox.saltBytes)
            let sealed = try repository.coders.withCoder { (coder) throws(RepositoryError) in
                try seal.seal(page, id, kind, salt: salt, coder: &coder)
            }
            take(sealed, id)
        } catch {
            turnOff("\(error)")
        }
    }

    /// Notes that this run ended with `snapshot`, all of whose pages it was given; the next run of the set begins there.
    ///
    /// A partial snapshot does not take the place of one that is whole. What no set needs any more is swept out when it is
    /// more than what they need.
    public func finish(_ snapshot: Snapshot, isListed: Bool) {
        guard !isReadOnly else { return }
        flush()
        let (isOff, isOverfull) = state.withLock { ($0.isOff, $0.isOverfull) }
        guard !isOff else { return }
        if isOverfull {
            repository.warn("the files cache has no room for what was saved: the next backup reads all files again")
        } else {
            for set in sets(of: snapshot.manifest, isListed: isListed) { note(snapshot, set) }
        }
        FilesCacheSweep(cache: self).run()
    }

    /// Asks the catalog; nil when it fails, and from then on.
    @discardableResult
    func asking<Answer>(_ question: (Catalog) throws(CatalogError) -> Answer) -> Answer? {
        guard state.withLock({ !$0.isOff }) else { return nil }
        do {
            return try question(catalog)
        } catch {
            // A damaged one has closed its file: the run needs another for all else.
            if error.code == .damaged { try? repository.replaceCatalog(catalog, because: error) }
            turnOff("\(error)")
            return nil
        }
    }

    private func snapshot(of set: FilesCacheSet) -> Snapshot? {
        let name = seal.name(of: set)
        guard let sealed = asking({ (catalog) throws(CatalogError) in try catalog.pageSet(name) }) ?? nil else {
            return nil
        }
        return try? seal.open(sealed, of: name)
    }

    /// Whether the snapshot is still in the repository: what only a forgotten one names may be on its way out.
    private func isStored(_ snapshot: Snapshot) -> Bool {
        (try? repository.store.contains(ObjectName(.snapshots, snapshot.id.bytes))) ?? false
    }

    private func sets(of manifest: SnapshotManifest, isListed: Bool) -> [FilesCacheSet] {
        var sets: [FilesCacheSet] = [.newest(host: manifest.host, paths: manifest.paths)]
        if manifest.kind == .full { sets.append(.newestFull(host: manifest.host, paths: manifest.paths)) }
        if isListed { sets.append(.listed(host: manifest.host)) }
        return sets
    }

    private func note(_ snapshot: Snapshot, _ set: FilesCacheSet) {
        if snapshot.manifest.isPartial, let before = self.snapshot(of: set), !before.manifest.isPartial,
            isStored(before)
        {
            return
        }
        let name = seal.name(of: set)
        do {
            let sealed = try seal.seal(snapshot, of: name, salt: entropy.bytes(SealedBox.saltBytes))
            asking { (catalog) throws(CatalogError) in try catalog.replacePageSet(name, sealed) }
        } catch {
            turnOff("\(error)")
        }
    }

    private func take(_ sealed: [UInt8], _ id: ChunkID) {
        let isFull = state.withLock { state in
            guard state.pendingNames.insert(id).inserted else { return false }
            state.pending.append((id.bytes, sealed))
            state.pendingBytes += sealed.count
            state.sealedBytes += sealed.count
            if state.sealedBytes > limits.bytesMax { state.isOverfull = true }
            return state.pendingBytes >= Limits.filesCachePendingBytesMax
        }
        if isFull { flush() }
    }

    private func flush() {
        let pages = state.withLock { state in
            defer {
                state.pending = []
                state.pendingNames = []
                state.pendingBytes = 0
            }
            return state.pending
        }
        guard !pages.isEmpty else { return }
        asking { (catalog) throws(CatalogError) in try catalog.add(pages: pages) }
    }

    private func turnOff(_ reason: String) {
        let isFirst = state.withLock { state in
            defer { state.isOff = true }
            return !state.isOff
        }
        if isFirst {
            repository.warn("the files cache is not used, so that files may be read again: \(reason)")
        }
    }
}
