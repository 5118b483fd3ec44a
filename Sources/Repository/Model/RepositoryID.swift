import Coding

/// Sixteen random bytes that tell one repository from every other; all that is sealed is bound to them.
public struct RepositoryID: Hashable, Sendable {
    /// The number of bytes.
    public static let count = 16
    /// The 16 bytes.
    public let bytes: [UInt8]

    /// Takes 16 bytes, or returns nil for any other number.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.count else { return nil }
        self.bytes = bytes
    }

    /// Reads 32 hexadecimal digits.
    public init?(hexadecimal text: String) {
        guard let bytes = Hexadecimal.decode(text) else { return nil }
        self.init(bytes)
    }
}

extension RepositoryID: CustomStringConvertible {
    /// The 32 hexadecimal digits.
    public var description: String { Hexadecimal.encode(bytes) }
}
