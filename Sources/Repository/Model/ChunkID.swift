import Coding

/// The name of a chunk: HMAC-SHA256 of its kind and its bytes under one of the repository's identifier keys.
///
/// Equal data of one kind has an equal name, and without the key nobody can test a guess.
@frozen
public struct ChunkID: Hashable, Comparable, Sendable {
    /// The 32 bytes.
    public let bytes: Bytes32

    /// An identifier of these bytes.
    @inlinable
    public init(_ bytes: Bytes32) {
        self.bytes = bytes
    }

    /// Byte order.
    @inlinable
    public static func < (left: ChunkID, right: ChunkID) -> Bool { left.bytes < right.bytes }
}

extension ChunkID: CustomStringConvertible {
    /// The 64 hexadecimal digits.
    public var description: String { bytes.description }
}
