import Coding
import Cryptography

/// The name of a snapshot: the SHA-256 of its stored object.
public struct SnapshotID: Hashable, Comparable, Sendable {
    /// The 32 bytes.
    public let bytes: Bytes32

    /// An identifier of these bytes.
    public init(_ bytes: Bytes32) {
        self.bytes = bytes
    }

    /// The name of the snapshot whose object has these bytes.
    package init(hashing object: [UInt8]) {
        self.init(SHA256.hash(object.span))
    }

    /// The first eight hexadecimal digits: what people are shown.
    public var short: String { String(description.prefix(8)) }

    /// Byte order.
    public static func < (left: SnapshotID, right: SnapshotID) -> Bool { left.bytes < right.bytes }
}

extension SnapshotID: CustomStringConvertible {
    /// The 64 hexadecimal digits.
    public var description: String { bytes.description }
}
