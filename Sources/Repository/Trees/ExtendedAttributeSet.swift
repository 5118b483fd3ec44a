/// The extended attributes of one entry.
public enum ExtendedAttributeSet: Hashable, Sendable {
    /// Attributes that stand in the entry, sorted by name.
    case inline([ExtendedAttributeRecord])
    /// Attributes that are a chunk of their own.
    case reference(ChunkID)

    /// Whether there are none.
    public var isEmpty: Bool { self == .inline([]) }
}

/// One extended attribute (xattr(7)).
public struct ExtendedAttributeRecord: Hashable, Sendable {
    /// The name with its namespace, such as `user.comment`: 1 to 255 bytes without NUL.
    public var name: [UInt8]
    /// The value: up to 65,536 bytes of any kind, possibly none.
    public var value: [UInt8]

    /// An attribute.
    public init(name: [UInt8], value: [UInt8]) {
        self.name = name
        self.value = value
    }
}
