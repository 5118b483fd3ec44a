/// What a write session has added so far.
public struct WriteCounters: Hashable, Sendable {
    /// Chunks that the repository did not have.
    public internal(set) var chunksNew = 0
    /// Their bytes before compression.
    public internal(set) var bytesNew: UInt64 = 0
    /// The bytes of the bundles that hold them, compressed and sealed. Bundles that are still open count nothing.
    public internal(set) var bytesStored: UInt64 = 0
}
