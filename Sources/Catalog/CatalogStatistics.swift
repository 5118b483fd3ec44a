/// How much the catalog knows of.
///
/// A pack that several segments list counts once. A chunk counts once for each place where it lies.
public struct CatalogStatistics: Hashable, Sendable {
    /// Places of chunks.
    public let chunks: Int
    /// Bundles in those packs.
    public let bundles: Int
    /// Packs.
    public let packs: Int
    /// Index segments.
    public let segments: Int
    /// Snapshots.
    public let snapshots: Int
    /// The sizes of the chunks in bytes, summed up.
    public let chunkBytes: UInt64
    /// The sizes of the sealed bundles in bytes, summed up.
    public let storedBytes: UInt64

    /// How much a catalog knows of.
    public init(
        chunks: Int, bundles: Int, packs: Int, segments: Int, snapshots: Int, chunkBytes: UInt64, storedBytes: UInt64
    ) {
        self.chunks = chunks
        self.bundles = bundles
        self.packs = packs
        self.segments = segments
        self.snapshots = snapshots
        self.chunkBytes = chunkBytes
        self.storedBytes = storedBytes
    }
}
