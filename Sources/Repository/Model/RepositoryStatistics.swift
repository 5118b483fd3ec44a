import Catalog

/// How much the index of a repository lists.
public struct RepositoryStatistics: Hashable, Sendable {
    /// Chunks, each place of one counted.
    public let chunks: Int
    /// Bundles.
    public let bundles: Int
    /// Packs.
    public let packs: Int
    /// Segments of the index.
    public let indexSegments: Int
    /// Snapshots.
    public let snapshots: Int
    /// Bytes of all chunks before compression.
    public let chunkBytes: UInt64
    /// Bytes of all bundles as they are stored.
    public let storedBytes: UInt64

    init(_ catalog: CatalogStatistics) {
        chunks = catalog.chunks
        bundles = catalog.bundles
        packs = catalog.packs
        indexSegments = catalog.segments
        snapshots = catalog.snapshots
        chunkBytes = catalog.chunkBytes
        storedBytes = catalog.storedBytes
    }
}
