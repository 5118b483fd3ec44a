import Catalog
import Coding
import Storage
import SystemInterface

/// The repository's chunks by name, decoded on demand.
///
/// Thread-safe and synchronous. A decoded bundle stays in a cache that is limited in bytes, and is decoded once for all
/// who want it. The whole bundle is authenticated before a byte of it leaves. What that does not tell is whether a chunk
/// is what its name says: a source that verifies computes the name of every chunk of a bundle when it decodes it.
public final class ChunkSource: Sendable {
    private let repository: Repository
    private let cache: BundleCache
    private let recent: RecentBundles
    private let prefetcher: Prefetcher
    private let verifier: ChunkVerifier?
    private let filesCache: FilesCache?
    private let clock: (any WallClock)?

    /// How many bytes a reader may have decoded ahead: what is read ahead must not push out what others need.
    public let aheadBytesMax: Int

    /// What is kept of decoded bundles, and how often it was of use. Chunks of the last few bundles are found without
    /// being counted.
    public var cacheStatistics: CacheStatistics {
        var statistics = cache.statistics
        statistics.bytes += recent.bytes
        return statistics
    }

    /// How often a chunk is looked for whose pack is gone: as often as collections follow one another meanwhile.
    private static let looksMax = 5
    private static let recentBytesMax = 8 << 20
    private static let aheadBytesMax = 32 << 20

    init(
        repository: Repository, cacheBytes: Int, verifier: ChunkVerifier? = nil, filesCache: FilesCache? = nil,
        clock: (any WallClock)? = nil
    ) {
        self.clock = clock
        self.verifier = verifier
        self.filesCache = filesCache
        self.repository = repository
        let recentBytes = min(Self.recentBytesMax, cacheBytes / 8)
        recent = RecentBundles(bytesMax: recentBytes)
        cache = BundleCache(bytesMax: cacheBytes - recentBytes)
        aheadBytesMax = min(Self.aheadBytesMax, cacheBytes / 8)
        prefetcher = Prefetcher(pendingBytesMax: aheadBytesMax)
    }

    /// The chunk `id`.
    ///
    /// Where several packs hold it, a damaged one is passed over. Throws `.damaged` if none gives it.
    public func chunk(_ id: ChunkID, _ kind: ChunkKind) throws(RepositoryError) -> ChunkBytes {
        guard let filesCache, kind.family == .metadata else { return try storedChunk(id, kind) }
        if let page = filesCache.page(id, kind) { return page }
        guard repository.readsMetadata else { throw RepositoryError(.damaged, "page \(id) is not in the files cache") }
        let page = try storedChunk(id, kind)
        page.withUnsafeBytes { filesCache.keep(Span(_unsafeElements: $0.bindMemory(to: UInt8.self)), id, kind) }
        return page
    }

    private func storedChunk(_ id: ChunkID, _ kind: ChunkKind) throws(RepositoryError) -> ChunkBytes {
        if let chunk = recent.chunk(id, kind.family) { return chunk }
        var failure: RepositoryError?
        var isGone = false
        let places = try repository.locations(of: id)
        for place in places {
            do {
                return try chunk(id, at: place, kind: kind)
            } catch {
                guard error.isDamage else { throw error }
                failure = failure ?? error
                isGone = isGone || error.code == .storage(.notFound)
            }
        }
        var tried = Set(places)
        // A collector may have moved it, and deleted the pack that it was in.
        if isGone, let chunk = try movedChunk(id, kind, &tried) { return chunk }
        if let chunk = try mendedChunk(id, kind, &tried) { return chunk }
        throw failure ?? RepositoryError(.damaged, "chunk \(id) is in no pack")
    }

    /// The chunk in a place that collections have given it since `tried` were all that it had, or nil.
    private func movedChunk(
        _ id: ChunkID, _ kind: ChunkKind, _ tried: inout Set<ChunkLocation>
    ) throws(RepositoryError) -> ChunkBytes? {
        for _ in 1..<Self.looksMax {
            try repository.catchUpWithCollections()
            let places = try repository.locations(of: id).filter { tried.insert($0).inserted }
            guard !places.isEmpty else { return nil }
            if let chunk = try chunk(id, kind, in: places) { return chunk }
        }
        return nil
    }

    /// The chunk in a place that a repair has given it, or that no readable segment lists, since `tried` were all that it
    /// had; nil if there is none.
    private func mendedChunk(
        _ id: ChunkID, _ kind: ChunkKind, _ tried: inout Set<ChunkLocation>
    ) throws(RepositoryError) -> ChunkBytes? {
        if let clock { try repository.lookAgain(clock) } else { try repository.lookInUnlisted() }
        // Also where another has looked a moment ago: what this one knows of the chunk may be older.
        return try chunk(id, kind, in: try repository.locations(of: id).filter { tried.insert($0).inserted })
    }

    /// The chunk in the first of `places` that gives it, or nil if all are damaged.
    private func chunk(
        _ id: ChunkID, _ kind: ChunkKind, in places: [ChunkLocation]
    ) throws(RepositoryError) -> ChunkBytes? {
        for place in places {
            do {
                return try chunk(id, at: place, kind: kind)
            } catch {
                guard error.isDamage else { throw error }
            }
        }
        return nil
    }

    /// Starts decoding the chunk `id` of `bytes` bytes on another thread; false if enough waits for that already.
    public func prefetch(_ id: ChunkID, _ kind: ChunkKind, bytes: Int) -> Bool {
        prefetcher.request(bytes: bytes) { [weak self] in
            // Whoever reads the chunk meets its error again.
            _ = try? self?.chunk(id, kind)
        }
    }

    /// Starts decoding chunks of so many bytes in sum on another thread, one after the other; false if enough waits for that
    /// already. For those that lie together: what the first needs the others find.
    public func prefetch(_ ids: [ChunkID], _ kind: ChunkKind, bytes: Int) -> Bool {
        prefetcher.request(bytes: bytes) { [weak self] in
            for id in ids { _ = try? self?.chunk(id, kind) }
        }
    }

    private func chunk(
        _ id: ChunkID, at location: ChunkLocation, kind: ChunkKind
    ) throws(RepositoryError) -> ChunkBytes {
        let object = ObjectName(.packs, location.pack).path
        guard location.kind == kind.family.rawValue else {
            throw RepositoryError(.damaged, object: object, "chunk \(id) lies in a pack of the wrong kind")
        }
        let key = BundleCache.Key(pack: location.pack, offset: location.bundleOffset)
        let bundle = try cache.bundle(key) { () throws(RepositoryError) in
            let bundle = try repository.loadBundle(at: location)
            try verifier?.verify(bundle, at: location, object: object)
            return bundle
        }
        recent.note(bundle)
        guard let chunk = bundle.chunk(id, position: location.position) else {
            throw RepositoryError(
                .damaged, object: object,
                "the bundle at offset \(location.bundleOffset) does not hold chunk \(id), the index says it does")
        }
        return chunk
    }
}
