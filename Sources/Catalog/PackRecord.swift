import Coding

/// What an index segment says about one pack.
public struct PackRecord: Hashable, Sendable {
    /// The pack's name.
    public let id: Bytes32
    /// What the pack holds: content or metadata, by the repository's numbers.
    public let kind: UInt8
    /// The sealed session keys that its bundles need, at most 1 KiB each; a bundle names one by its number here.
    public let sessions: [[UInt8]]
    /// The bundles, in the order of the segment.
    public let bundles: [BundleRecord]

    /// What an index segment says about one pack.
    public init(id: Bytes32, kind: UInt8, sessions: [[UInt8]], bundles: [BundleRecord]) {
        self.id = id
        self.kind = kind
        self.sessions = sessions
        self.bundles = bundles
    }
}

/// What an index segment says about one bundle.
public struct BundleRecord: Hashable, Sendable {
    /// Where the sealed bundle begins, in bytes from the start of the pack; below 2^63.
    public let offset: UInt64
    /// The sealed bundle's size in bytes.
    public let storedBytes: UInt32
    /// The size of its plaintext in bytes.
    public let plaintextBytes: UInt32
    /// The number of its session in the pack's list.
    public let session: Int
    /// Its chunks in order, from which their offsets in the plaintext follow.
    public let chunks: [ChunkRecord]

    /// What an index segment says about one bundle.
    public init(offset: UInt64, storedBytes: UInt32, plaintextBytes: UInt32, session: Int, chunks: [ChunkRecord]) {
        self.offset = offset
        self.storedBytes = storedBytes
        self.plaintextBytes = plaintextBytes
        self.session = session
        self.chunks = chunks
    }
}

/// One chunk of a bundle.
public struct ChunkRecord: Hashable, Sendable {
    /// The chunk's keyed name.
    public let id: Bytes32
    /// Its size in bytes.
    public let bytes: UInt32

    /// A chunk of `bytes` bytes.
    public init(id: Bytes32, bytes: UInt32) {
        self.id = id
        self.bytes = bytes
    }
}
