import Coding
import Testing

@Suite("The byte reader refuses hostile input")
struct ByteReaderTests {
    /// A way to read, by name, and how many bytes it needs.
    struct FixedRead: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let count: Int
        let read: @Sendable (inout ByteReader) throws -> Void
    }

    static let fixedReads: [FixedRead] = [
        FixedRead(testDescription: "uint8", count: 1) { _ = try $0.uint8() },
        FixedRead(testDescription: "uint16", count: 2) { _ = try $0.uint16() },
        FixedRead(testDescription: "uint32", count: 4) { _ = try $0.uint32() },
        FixedRead(testDescription: "uint64", count: 8) { _ = try $0.uint64() },
        FixedRead(testDescription: "bytes32", count: 32) { _ = try $0.bytes32() },
        FixedRead(testDescription: "bytes", count: 5) { _ = try $0.bytes(5) },
        FixedRead(testDescription: "range", count: 5) { _ = try $0.range(5) },
        FixedRead(testDescription: "varint", count: 3) { _ = try $0.varint() },
    ]

    @Test("Every read throws at every early end, and takes exactly its bytes", arguments: fixedReads)
    func earlyEnd(fixed: FixedRead) throws {
        // Continuation bytes, so that a varint wants more as well.
        let whole = [UInt8](repeating: 0x80, count: fixed.count - 1) + [1]
        for count in 0..<fixed.count {
            var reader = ByteReader(Array(whole.prefix(count)))
            #expect(throws: CodingError.self, "\(count) bytes") { try fixed.read(&reader) }
        }
        var reader = ByteReader(whole)
        try fixed.read(&reader)
        #expect(reader.remaining == 0)
        try reader.expectEnd()
    }

    @Test("A reader of a range doesn't see what stands behind it, and counts from the buffer's start")
    func rangeIsTheEnd() throws {
        var reader = ByteReader([1, 2, 3, 4, 5, 6], range: 2..<4)
        #expect(reader.remaining == 2)
        #expect(try reader.uint8() == 3)
        #expect(reader.position == 3)
        #expect(throws: CodingError("the data ends early", offset: 3)) { try reader.uint16() }
        #expect(try reader.uint8() == 4)
        #expect(throws: CodingError("the data ends early", offset: 4)) { try reader.uint8() }
        try reader.expectEnd()
    }

    @Test("What is left over is an error with its count and place")
    func leftOver() throws {
        var reader = ByteReader([1, 2, 3])
        _ = try reader.uint8()
        #expect(throws: CodingError("2 bytes too many", offset: 1)) { try reader.expectEnd() }
    }

    /// Every one spells a number that a shorter form spells too.
    @Test(
        "A number that is not in its shortest form is refused",
        arguments: [
            [0x80, 0], [0x81, 0], [0xFF, 0], [0x80, 0x80, 0],
            [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0],
        ] as [[UInt8]])
    func longForm(bytes: [UInt8]) {
        var reader = ByteReader([7] + bytes)
        #expect(throws: Never.self) { try reader.uint8() }
        #expect(throws: CodingError("a number is not in its shortest form", offset: 1)) { try reader.varint() }
    }

    @Test(
        "A number over 64 bits is refused",
        arguments: [
            [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 2],
            [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7F],
            [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1],
            [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x81, 0],
            [UInt8](repeating: 0xFF, count: 40),
        ] as [[UInt8]])
    func over64Bits(bytes: [UInt8]) {
        var reader = ByteReader(bytes)
        #expect(throws: CodingError("a number is over 64 bits", offset: 0)) { try reader.varint() }
    }

    @Test("A number over its limit is refused, at its limit it is not")
    func overLimit() throws {
        var reader = ByteReader([100, 101])
        #expect(try reader.varint(atMost: 100, "size") == 100)
        #expect(throws: CodingError("size 101 is over the limit of 100", offset: 1)) {
            try reader.varint(atMost: 100, "size")
        }
    }

    @Test("A count that the rest cannot hold is refused before anything is allocated")
    func impossibleCount() throws {
        var fitting = ByteReader([2, 0, 0, 0, 0, 0])
        #expect(try fitting.count(minimumBytes: 2, "entries") == 2)
        var tooMany = ByteReader([3, 0, 0, 0, 0, 0])
        #expect(throws: CodingError("entries 3 is more than the data can hold", offset: 0)) {
            try tooMany.count(minimumBytes: 2, "entries")
        }
        var huge = ByteReader([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1])
        #expect(throws: CodingError.self) { try huge.count(minimumBytes: 1, "entries") }
        var free = ByteReader([5, 0, 0, 0, 0])
        #expect(throws: CodingError.self) { try free.count(minimumBytes: 0, "entries of no size") }
    }

    @Test("Bytes over their limit, or more than there are, are refused")
    func sizedBytes() throws {
        var good = ByteReader([2, 8, 9])
        #expect(try good.sizedBytes(atMost: 2, "name") == [8, 9])
        var long = ByteReader([3, 8, 9, 10])
        #expect(throws: CodingError("name of 3 bytes is over the limit of 2", offset: 0)) {
            try long.sizedBytes(atMost: 2, "name")
        }
        var cut = ByteReader([4, 8, 9])
        #expect(throws: CodingError("the data ends early", offset: 1)) { try cut.sizedBytes(atMost: 255, "name") }
        var huge = ByteReader([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1])
        #expect(throws: CodingError.self) { try huge.sizedBytes(atMost: .max, "name") }
    }

    @Test(
        "Text that is not UTF-8 is refused",
        arguments: [[0xFF], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80]] as [[UInt8]])
    func text(bytes: [UInt8]) {
        var reader = ByteReader([UInt8(bytes.count)] + bytes)
        #expect(throws: CodingError("tag is not UTF-8", offset: 0)) { try reader.text(atMost: 10, "tag") }
    }

    @Test("A negative count is refused instead of trapping")
    func negativeCount() {
        var reader = ByteReader([1, 2, 3])
        #expect(throws: CodingError("the data ends early", offset: 0)) { try reader.bytes(-1) }
        #expect(throws: CodingError("the data ends early", offset: 0)) { try reader.range(.min) }
        #expect(throws: CodingError("the data ends early", offset: 0)) { try reader.bytes(.max) }
        #expect(reader.position == 0)
    }

    @Test("An error tells its offset and its reason")
    func description() {
        let reader = ByteReader([1, 2, 3], range: 1..<3)
        #expect(reader.fault("a fault") == CodingError("a fault", offset: 1))
        #expect(CodingError("the data ends early", offset: 17).description == "at byte 17: the data ends early")
    }
}
