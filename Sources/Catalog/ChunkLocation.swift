import Coding

/// One place where a chunk lies: all that is needed to fetch and open its bundle.
public struct ChunkLocation: Hashable, Sendable {
    /// The pack's name.
    public let pack: Bytes32
    /// What the pack holds, by the repository's numbers.
    public let kind: UInt8
    /// The sealed session key of the bundle.
    public let session: [UInt8]
    /// Where the sealed bundle begins, in bytes from the start of the pack.
    public let bundleOffset: UInt64
    /// The sealed bundle's size in bytes.
    public let storedBytes: UInt32
    /// The size of the bundle's plaintext in bytes.
    public let plaintextBytes: UInt32
    /// The chunk's number in the bundle, from 0.
    public let position: Int
    /// The chunk's size in bytes.
    public let chunkBytes: UInt32

    /// A place of a chunk.
    public init(
        pack: Bytes32, kind: UInt8, session: [UInt8], bundleOffset: UInt64, storedBytes: UInt32,
        plaintextBytes: UInt32, position: Int, chunkBytes: UInt32
    ) {
        self.pack = pack
        self.kind = kind
        self.session = session
        self.bundleOffset = bundleOffset
        self.storedBytes = storedBytes
        self.plaintextBytes = plaintextBytes
        self.position = position
        self.chunkBytes = chunkBytes
    }
}
