import Coding
import TestSupport
import Testing

@Suite("Thirty-two bytes")
struct Bytes32Tests {
    private let counting = (0..<32).map { UInt8($0) }

    @Test("The bytes come back in order")
    func bytesComeBack() throws {
        let value = try #require(Bytes32(counting))
        #expect(value.bytes == counting)
    }

    @Test("Any other count is refused", arguments: [0, 1, 31, 33, 64])
    func otherCountIsRefused(count: Int) {
        #expect(Bytes32([UInt8](repeating: 7, count: count)) == nil)
        #expect(Bytes32([UInt8](repeating: 7, count: count).span) == nil)
    }

    @Test("The description is 64 lowercase digits")
    func description() throws {
        let value = try #require(Bytes32(counting))
        #expect(value.description == "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")
    }

    @Test("Digits of either case are read")
    func hexadecimalOfEitherCase() throws {
        let value = try #require(Bytes32([UInt8](repeating: 0xAB, count: 32)))
        #expect(Bytes32(hexadecimal: String(repeating: "ab", count: 32)) == value)
        #expect(Bytes32(hexadecimal: String(repeating: "AB", count: 32)) == value)
        #expect(Bytes32(hexadecimal: String(repeating: "aB", count: 32)) == value)
    }

    @Test(
        "Anything but 64 digits is no value",
        arguments: [
            "", "ab", String(repeating: "a", count: 63), String(repeating: "a", count: 65),
            String(repeating: "a", count: 66), String(repeating: "g", count: 64), String(repeating: "é", count: 32),
            " " + String(repeating: "a", count: 63), "0x" + String(repeating: "a", count: 62),
        ])
    func otherTextIsNoValue(text: String) {
        #expect(Bytes32(hexadecimal: text) == nil)
    }

    @Test("Zero is thirty-two zero bytes")
    func zero() {
        #expect(Bytes32.zero.bytes == [UInt8](repeating: 0, count: 32))
    }

    @Test("The prefix is the first eight bytes, big-endian")
    func prefix() throws {
        #expect(try #require(Bytes32(counting)).prefix64 == 0x0001_0203_0405_0607)
    }

    @Test("One differing byte decides equality and order, wherever it stands", arguments: 0..<32)
    func oneByteDecides(position: Int) throws {
        var greater = counting
        greater[position] += 0x80
        let left = try #require(Bytes32(counting))
        let right = try #require(Bytes32(greater))
        #expect(left != right)
        #expect(left < right)
        #expect(!(right < left))
    }

    @Test("Order, text and hash agree with the bytes", arguments: [1, 2, 3] as [UInt64])
    func orderAgreesWithBytes(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<500 {
            let first = generator.bytes(32)
            // Half of the pairs share a prefix, so that later words decide too.
            var second = generator.bytes(32)
            let shared = generator.number(in: 0...32)
            second.replaceSubrange(0..<shared, with: first[0..<shared])
            let left = try #require(Bytes32(first))
            let right = try #require(Bytes32(second))
            #expect((left < right) == first.lexicographicallyPrecedes(second), "seed \(seed)")
            #expect((left == right) == (first == second), "seed \(seed)")
            #expect(Bytes32(hexadecimal: left.description) == left, "seed \(seed)")
            #expect(Set([left, try #require(Bytes32(first))]).count == 1, "seed \(seed)")
        }
    }
}
