import Coding
import Testing

@Suite("The byte writer")
struct ByteWriterTests {
    @Test("Fixed numbers are little-endian")
    func fixedNumbers() {
        var writer = ByteWriter()
        writer.uint8(0x01)
        writer.uint16(0x0203)
        writer.uint32(0x0405_0607)
        writer.uint64(0x0809_0A0B_0C0D_0E0F)
        #expect(writer.bytes == [1, 3, 2, 7, 6, 5, 4, 0x0F, 0x0E, 0x0D, 0x0C, 0x0B, 0x0A, 9, 8])
        #expect(writer.count == 15)
    }

    /// The first four are DWARF 5's examples (figure C.1 and section 7.6).
    static let varintVectors: [(UInt64, [UInt8])] = [
        (2, [2]), (127, [0x7F]), (128, [0x80, 1]), (12857, [0xB9, 0x64]), (0, [0]), (0x3FFF, [0xFF, 0x7F]),
        (0x4000, [0x80, 0x80, 1]), (UInt64.max, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1]),
        (1 << 63, [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1]),
    ]

    @Test("Numbers of variable width have their shortest form", arguments: ByteWriterTests.varintVectors)
    func varints(value: UInt64, expected: [UInt8]) throws {
        var writer = ByteWriter()
        writer.varint(value)
        #expect(writer.bytes == expected)
        var reader = ByteReader(expected)
        #expect(try reader.varint() == value)
        try reader.expectEnd()
    }

    static let signedVectors: [(Int64, [UInt8])] = [
        (0, [0]), (-1, [1]), (1, [2]), (-2, [3]), (63, [126]), (-64, [127]), (64, [0x80, 1]),
        (.max, [0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1]),
        (.min, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1]),
    ]

    @Test("Signed numbers alternate around zero", arguments: ByteWriterTests.signedVectors)
    func signed(value: Int64, expected: [UInt8]) throws {
        var writer = ByteWriter()
        writer.signedVarint(value)
        #expect(writer.bytes == expected)
        var reader = ByteReader(expected)
        #expect(try reader.signedVarint() == value)
        try reader.expectEnd()
    }

    @Test("Bytes and text stand behind their count, raw bytes as they are")
    func sized() {
        var writer = ByteWriter(capacity: 64)
        writer.sizedBytes([9, 8])
        writer.text("é")
        writer.sizedBytes([])
        writer.append([5, 6])
        writer.bytes32(.zero)
        #expect(writer.bytes == [2, 9, 8, 2, 0xC3, 0xA9, 0, 5, 6] + [UInt8](repeating: 0, count: 32))
    }

    @Test("A count of 128 takes two bytes")
    func longCount() {
        var writer = ByteWriter()
        writer.sizedBytes([UInt8](repeating: 1, count: 128))
        #expect(writer.bytes.prefix(3) == [0x80, 1, 1])
        #expect(writer.count == 130)
    }
}
