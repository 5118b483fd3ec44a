import Compression
import TestSupport
import Testing

/// Data that compresses: words in random order.
private func text(_ count: Int, seed: UInt64) -> [UInt8] {
    var generator = SeededGenerator(seed: seed)
    let words = (0..<200).map { _ in generator.bytes(generator.number(in: 2...9)) }
    var text: [UInt8] = []
    while text.count < count { text += words[generator.number(in: 0...199)] }
    return Array(text.prefix(count))
}

@Suite struct RoundTripTests {
    private static let sizes = [0, 1, 2, 255, 256, 257, 65_791, 65_792, 131_072, 131_073, 1 << 20, 3 << 20 | 7]

    @Test("Data that compresses comes back, and is smaller in between", arguments: sizes)
    func compressible(count: Int) throws {
        let data = text(count, seed: UInt64(count))
        let frame = try compressed(data)
        #expect(try decompressed(frame, exactly: count) == data)
        #expect(count < 65_000 || frame.count < count * 3 / 4)
    }

    @Test("Random data comes back, and grows by a few bytes only", arguments: sizes)
    func random(count: Int) throws {
        var generator = SeededGenerator(seed: UInt64(count))
        let data = generator.bytes(count)
        let frame = try compressed(data)
        #expect(try decompressed(frame, exactly: count) == data)
        #expect(frame.count <= count + 16 + 3 * (count >> 17))
    }

    @Test("Every level compresses", arguments: CompressionLimits.levels)
    func levels(level: Int) throws {
        let data = text(200_000, seed: UInt64(level))
        let frame = try compressed(data, level: level)
        #expect(try decompressed(frame, exactly: data.count) == data)
        #expect(frame.count < data.count * 3 / 4)
    }

    @Test("The largest window of the highest level is within what is decompressed")
    func largestWindow() throws {
        let data = [UInt8](repeating: 7, count: 20 << 20)
        let frame = try compressed(data, level: CompressionLimits.levels.upperBound)
        #expect(frame[4] & 0x20 == 0, "the frame should have a window, not be a single segment")
        #expect(try decompressed(frame, exactly: data.count) == data)
    }

    @Test("There is no level outside the range", arguments: [Int.min, -1, 0, 20, 22, Int.max])
    func unknownLevel(level: Int) {
        let outcome = code { () throws(CompressionError) in _ = try Compressor(level: level) }
        #expect(outcome == .invalidLevel)
    }

    @Test("A frame is appended to what is there")
    func appends() throws {
        var compressor = try Compressor(level: 3)
        let data = text(1000, seed: 1)
        var output: [UInt8] = [1, 2, 3]
        try compressor.compress(data.span, into: &output)
        try compressor.compress(data.span, into: &output)
        let frame = try compressed(data)
        #expect(output == [1, 2, 3] + frame + frame)
    }

    @Test(
        "A frame depends on its data alone, not on what was compressed before", arguments: 1...5 as ClosedRange<UInt64>)
    func determinism(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var compressor = try Compressor(level: 3)
        for _ in 0..<10 {
            let data = text(generator.number(in: 0...100_000), seed: generator.next())
            var frame: [UInt8] = []
            try compressor.compress(data.span, into: &frame)
            #expect(try frame == compressed(data), "seed \(seed)")
        }
    }

    @Test("A frame says how much it holds, and has neither checksum nor dictionary", arguments: sizes)
    func header(count: Int) throws {
        let frame = try compressed(text(count, seed: 3))
        let descriptor = frame[4]
        #expect(frame.prefix(4) == [0x28, 0xB5, 0x2F, 0xFD])
        #expect(descriptor & 0x07 == 0)
        #expect(descriptor & 0xE0 != 0)
    }

    @Test("Several threads compress and decompress at once")
    func threads() async {
        let wrong = await withTaskGroup(of: Int.self) { group in
            for worker in UInt64(0)..<8 {
                group.addTask {
                    (0..<20).count { turn in
                        let data = text(turn * 1000, seed: worker)
                        do throws(CompressionError) {
                            return try decompressed(try compressed(data), exactly: data.count) != data
                        } catch {
                            return true
                        }
                    }
                }
            }
            return await group.reduce(0, +)
        }
        #expect(wrong == 0)
    }
}
