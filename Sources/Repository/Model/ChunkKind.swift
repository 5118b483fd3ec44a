/// What a chunk holds. The kind is hashed into the chunk's identifier, so no chunk can pass for one of another kind.
public enum ChunkKind: UInt8, Hashable, Sendable, CaseIterable {
    /// A run of a file's bytes.
    case content = 1
    /// A page of a directory.
    case treePage = 2
    /// A page of a long file's list of chunks.
    case listPage = 3
    /// The extended attributes of one entry, where they are large.
    case extendedAttributes = 4

    /// Which of the two families it belongs to: they never share a bundle, a pack or a key.
    public var family: PackKind { self == .content ? .content : .metadata }
}

/// The two families of packs: what files hold, and what describes them.
public enum PackKind: UInt8, Hashable, Sendable, CaseIterable {
    /// Bytes of files.
    case content = 1
    /// Directories, lists of chunks, extended attributes and snapshots.
    case metadata = 2
}
