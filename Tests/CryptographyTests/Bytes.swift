import Coding
import Cryptography
import Testing

/// The bytes that `text` spells in hexadecimal digits; anything else fails the test.
func bytes(_ text: String) throws -> [UInt8] {
    try #require(Hexadecimal.decode(text), "not hexadecimal: \(text)")
}

/// The 32 bytes that `text` spells in hexadecimal digits; anything else fails the test.
func bytes32(_ text: String) throws -> Bytes32 {
    try #require(Bytes32(hexadecimal: text), "not 32 bytes in hexadecimal: \(text)")
}

/// `byte`, `count` times.
func repeated(_ byte: UInt8, _ count: Int) -> [UInt8] {
    [UInt8](repeating: byte, count: count)
}

/// No bytes: a span of a literal would outlive what it is a span of.
let nothing: [UInt8] = []

/// A copy of `bytes` in which one bit, counted from the lowest of the first byte, is the other way round.
func flipping(bit: Int, of bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    bytes[bit / 8] ^= 1 << UInt8(bit % 8)
    return bytes
}

extension SecretBytes {
    /// The secret in the clear, for comparisons.
    var revealed: String {
        withBytes { bytes in Hexadecimal.encode(bytes.indices.map { bytes[$0] }) }
    }
}

/// The code of the error that `body` throws, or nil when it throws none.
func code(of body: () throws(CryptographyError) -> Void) -> CryptographyError.Code? {
    do {
        try body()
        return nil
    } catch {
        return error.code
    }
}
