import Catalog

/// Chunks that wait for others to share their bundle.
struct OpenBundle: Sendable {
    let family: PackKind
    private(set) var chunks: [ChunkRecord] = []
    private(set) var payload: [UInt8] = []

    init(family: PackKind) {
        self.family = family
    }

    var isEmpty: Bool { chunks.isEmpty }

    private var bytesTarget: Int {
        family == .content ? Limits.contentBundleBytesTarget : Limits.metadataBundleBytesTarget
    }

    /// Whether a chunk of `bytes` bytes is to go into the next bundle.
    func isTooFull(for bytes: Int) -> Bool {
        !chunks.isEmpty && (payload.count + bytes > bytesTarget || chunks.count >= Limits.bundleChunksMax)
    }

    mutating func append(_ id: ChunkID, _ data: Span<UInt8>) {
        if payload.isEmpty { payload.reserveCapacity(max(data.count, bytesTarget)) }
        chunks.append(ChunkRecord(id: id.bytes, bytes: UInt32(data.count)))
        data.withUnsafeBufferPointer { payload.append(contentsOf: $0) }
    }
}
