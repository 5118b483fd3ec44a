/// SipHash-2-4 over 64-bit words: a short keyed hash whose collisions nobody can construct without the key.
///
/// The algorithm is that of J.-P. Aumasson and D. J. Bernstein, "SipHash: a fast short-input PRF" (2012), for a message
/// that is a sequence of little-endian 8-byte words. Strings are padded to words and preceded by their length, so that
/// no two sequences of appended values are the same message.
package struct SipHasher: Sendable {
    private var v0: UInt64
    private var v1: UInt64
    private var v2: UInt64
    private var v3: UInt64
    private var wordCount: UInt64 = 0

    /// Begins a hash under a 128-bit key, given as two little-endian words.
    package init(key0: UInt64, key1: UInt64) {
        v0 = key0 ^ 0x736f_6d65_7073_6575
        v1 = key1 ^ 0x646f_7261_6e64_6f6d
        v2 = key0 ^ 0x6c79_6765_6e65_7261
        v3 = key1 ^ 0x7465_6462_7974_6573
    }

    /// Appends one word.
    package mutating func append(_ word: UInt64) {
        wordCount &+= 1
        compress(word)
    }

    /// Appends a string of bytes: its length, then its bytes, padded with zeros to a whole word.
    package mutating func append(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { append($0) }
    }

    /// Appends a string of bytes: its length, then its bytes, padded with zeros to a whole word.
    package mutating func append(_ buffer: UnsafeRawBufferPointer) {
        append(UInt64(buffer.count))
        var offset = 0
        while offset + 8 <= buffer.count {
            append(UInt64(littleEndian: buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
            offset += 8
        }
        guard offset < buffer.count else { return }
        var tail: UInt64 = 0
        for index in offset..<buffer.count {
            tail |= UInt64(buffer[index]) << UInt64(8 * (index - offset))
        }
        append(tail)
    }

    /// The hash of all that was appended.
    package consuming func finish() -> UInt64 {
        compress((wordCount &* 8) << 56)
        v2 ^= 0xff
        for _ in 0..<4 {
            round()
        }
        return v0 ^ v1 ^ v2 ^ v3
    }

    private mutating func compress(_ word: UInt64) {
        v3 ^= word
        round()
        round()
        v0 ^= word
    }

    @inline(__always)
    private mutating func round() {
        v0 &+= v1
        v1 = Self.rotate(v1, 13) ^ v0
        v0 = Self.rotate(v0, 32)
        v2 &+= v3
        v3 = Self.rotate(v3, 16) ^ v2
        v0 &+= v3
        v3 = Self.rotate(v3, 21) ^ v0
        v2 &+= v1
        v1 = Self.rotate(v1, 17) ^ v2
        v2 = Self.rotate(v2, 32)
    }

    @inline(__always)
    private static func rotate(_ word: UInt64, _ count: UInt64) -> UInt64 {
        word << count | word >> (64 - count)
    }
}
