/// Where the bytes of a file, or the entries of a directory, are.
public enum EntryContent: Hashable, Sendable {
    /// There are none: a link, a fifo, a socket, a device, or an empty file.
    case none
    /// A file of one chunk, as long as the file.
    case chunk(ChunkID)
    /// A file of a few segments, 1 to `Limits.inlineSegmentsMax`, whose lengths add up to its size.
    case segments([ContentSegment])
    /// A file of many segments: the root page of their list.
    case list(ChunkID)
    /// A directory: the root page of its entries.
    case tree(ChunkID)
    /// The source could not be read. Reading this fails, so that it never passes for an empty file or directory.
    case unreadable
}

/// A run of a file: a chunk, or a hole that reads as zeros.
public struct ContentSegment: Hashable, Sendable {
    /// The run's length in bytes, at least 1.
    public var bytes: UInt64
    /// The chunk, or nil for a hole.
    public var chunk: ChunkID?

    /// A run of `bytes` bytes.
    public init(bytes: UInt64, chunk: ChunkID?) {
        self.bytes = bytes
        self.chunk = chunk
    }
}
