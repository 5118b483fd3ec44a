import Coding
import TestSupport
import Testing

@Suite("What is written is read back")
struct RoundTripTests {
    /// One value of any kind that the encodings know.
    private enum Value: Equatable {
        case uint8(UInt8)
        case uint16(UInt16)
        case uint32(UInt32)
        case uint64(UInt64)
        case varint(UInt64)
        case signed(Int64)
        case sized([UInt8])
        case text(String)
        case bytes32(Bytes32)

        static func random(_ generator: inout SeededGenerator) throws -> Value {
            // Every width equally often: plain random numbers would nearly always need all bytes.
            let number = generator.next() >> UInt64(generator.number(in: 0...63))
            switch generator.number(in: 0...8) {
            case 0: return .uint8(UInt8(truncatingIfNeeded: number))
            case 1: return .uint16(UInt16(truncatingIfNeeded: number))
            case 2: return .uint32(UInt32(truncatingIfNeeded: number))
            case 3: return .uint64(number)
            case 4: return .varint(number)
            case 5: return .signed(Int64(bitPattern: number.isMultiple(of: 2) ? number : ~number))
            case 6: return .sized(generator.bytes(generator.number(in: 0...300)))
            case 7: return .text(String(decoding: generator.bytes(generator.number(in: 0...50)), as: UTF8.self))
            default: return .bytes32(try #require(Bytes32(generator.bytes(32))))
            }
        }

        func write(to writer: inout ByteWriter) {
            switch self {
            case .uint8(let value): writer.uint8(value)
            case .uint16(let value): writer.uint16(value)
            case .uint32(let value): writer.uint32(value)
            case .uint64(let value): writer.uint64(value)
            case .varint(let value): writer.varint(value)
            case .signed(let value): writer.signedVarint(value)
            case .sized(let value): writer.sizedBytes(value)
            case .text(let value): writer.text(value)
            case .bytes32(let value): writer.bytes32(value)
            }
        }

        func read(from reader: inout ByteReader) throws(CodingError) -> Value {
            switch self {
            case .uint8: .uint8(try reader.uint8())
            case .uint16: .uint16(try reader.uint16())
            case .uint32: .uint32(try reader.uint32())
            case .uint64: .uint64(try reader.uint64())
            case .varint: .varint(try reader.varint())
            case .signed: .signed(try reader.signedVarint())
            case .sized: .sized(try reader.sizedBytes(atMost: 300, "bytes"))
            case .text: .text(try reader.text(atMost: 200, "text"))
            case .bytes32: .bytes32(try reader.bytes32())
            }
        }
    }

    @Test("A random sequence of values comes back, and nothing is left", arguments: 0..<20 as Range<UInt64>)
    func sequences(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let values = try (0..<200).map { _ in try Value.random(&generator) }
        var writer = ByteWriter()
        for value in values { value.write(to: &writer) }
        var reader = ByteReader(writer.bytes)
        for value in values {
            #expect(try value.read(from: &reader) == value, "seed \(seed)")
        }
        try reader.expectEnd()
    }

    @Test("Every cut of an encoding is an error", arguments: 100..<105 as Range<UInt64>)
    func cuts(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let values = try (0..<12).map { _ in try Value.random(&generator) }
        var writer = ByteWriter()
        for value in values { value.write(to: &writer) }
        for count in 0..<writer.count {
            var reader = ByteReader(writer.bytes, range: 0..<count)
            #expect(throws: CodingError.self, "seed \(seed), \(count) bytes") {
                for value in values { _ = try value.read(from: &reader) }
            }
        }
    }

    @Test("Whatever random bytes decode to encodes to the same bytes", arguments: 200..<210 as Range<UInt64>)
    func canonical(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<2000 {
            let bytes = generator.bytes(generator.number(in: 1...12))
            var reader = ByteReader(bytes)
            guard let value = try? reader.varint() else { continue }
            var writer = ByteWriter()
            writer.varint(value)
            #expect(writer.bytes == Array(bytes.prefix(reader.position)), "seed \(seed)")
        }
    }
}
