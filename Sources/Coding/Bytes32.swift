/// Thirty-two bytes by value: what a SHA-256 digest or a keyed identifier is made of.
///
/// Four words, loaded big-endian, so that `Hashable` is synthesised and `<` is the order of the bytes.
@frozen
public struct Bytes32: Hashable, Comparable, Sendable {
    @usableFromInline let word0: UInt64
    @usableFromInline let word1: UInt64
    @usableFromInline let word2: UInt64
    @usableFromInline let word3: UInt64

    /// The number of bytes in every value.
    public static let count = 32

    /// Thirty-two zero bytes.
    public static let zero = Bytes32(0, 0, 0, 0)

    @inlinable
    init(_ word0: UInt64, _ word1: UInt64, _ word2: UInt64, _ word3: UInt64) {
        self.word0 = word0
        self.word1 = word1
        self.word2 = word2
        self.word3 = word3
    }

    /// Takes the bytes of `bytes`, or returns nil unless there are exactly 32.
    @inlinable
    public init?(_ bytes: Span<UInt8>) {
        guard bytes.count == Self.count else { return nil }
        self.init(
            Self.bigEndianWord(bytes, at: 0), Self.bigEndianWord(bytes, at: 8),
            Self.bigEndianWord(bytes, at: 16), Self.bigEndianWord(bytes, at: 24))
    }

    /// Takes the bytes of `bytes`, or returns nil unless there are exactly 32.
    @inlinable
    public init?(_ bytes: [UInt8]) {
        self.init(bytes.span)
    }

    /// Reads 64 hexadecimal digits of either case, or returns nil for anything else.
    public init?(hexadecimal text: some StringProtocol) {
        guard let bytes = Hexadecimal.decode(text) else { return nil }
        self.init(bytes)
    }

    /// Reads exactly 64 lowercase hexadecimal digits, the spelling of `description`, or returns nil for anything else.
    public init?(spelled digits: [UInt8]) {
        guard digits.count == 2 * Self.count else { return nil }
        func word(_ index: Int) -> UInt64? {
            var word: UInt64 = 0
            for digit in digits[index * 16..<index * 16 + 16] {
                switch digit {
                case UInt8(ascii: "0")...UInt8(ascii: "9"): word = word << 4 | UInt64(digit - UInt8(ascii: "0"))
                case UInt8(ascii: "a")...UInt8(ascii: "f"): word = word << 4 | UInt64(digit - UInt8(ascii: "a") + 10)
                default: return nil
                }
            }
            return word
        }
        guard let word0 = word(0), let word1 = word(1), let word2 = word(2), let word3 = word(3) else { return nil }
        self.init(word0, word1, word2, word3)
    }

    /// The 32 bytes, in order.
    public var bytes: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Self.count) { buffer, count in
            for (index, word) in [word0, word1, word2, word3].enumerated() {
                for byte in 0..<8 {
                    buffer[index * 8 + byte] = UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * byte))
                }
            }
            count = Self.count
        }
    }

    /// The first eight bytes as a big-endian number: enough to pick a shard or a bucket with.
    @inlinable
    public var prefix64: UInt64 { word0 }

    /// Byte order.
    @inlinable
    public static func < (left: Bytes32, right: Bytes32) -> Bool {
        if left.word0 != right.word0 { return left.word0 < right.word0 }
        if left.word1 != right.word1 { return left.word1 < right.word1 }
        if left.word2 != right.word2 { return left.word2 < right.word2 }
        return left.word3 < right.word3
    }

    @inlinable
    static func bigEndianWord(_ bytes: Span<UInt8>, at offset: Int) -> UInt64 {
        UInt64(bigEndian: bytes.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
}

extension Bytes32: CustomStringConvertible {
    /// The 64 lowercase hexadecimal digits.
    public var description: String { Hexadecimal.encode(bytes) }
}
