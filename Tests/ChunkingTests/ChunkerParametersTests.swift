import Chunking
import Testing

/// Three sizes.
struct Sizes: Sendable {
    let minimum: Int
    let average: Int
    let maximum: Int

    init(_ minimum: Int, _ average: Int, _ maximum: Int) {
        (self.minimum, self.average, self.maximum) = (minimum, average, maximum)
    }

    static let valid = [
        Sizes(4 << 10, 8 << 10, 16 << 20), Sizes(4 << 10, 8 << 10, 8 << 10 | 1), Sizes(4097, 8192, 8193),
        Sizes(128 << 10, 512 << 10, 2 << 20), Sizes(8 << 20 - 1, 8 << 20, 16 << 20),
    ]

    static let invalid = [
        Sizes(0, 0, 0), Sizes(4 << 10, 16 << 10, 16 << 10), Sizes(16 << 10, 16 << 10, 64 << 10),
        Sizes(64 << 10, 16 << 10, 4 << 10), Sizes(4 << 10, 17 << 10, 64 << 10), Sizes(4095, 16 << 10, 64 << 10),
        Sizes(4 << 10, 16 << 10, 16 << 20 | 1), Sizes(4 << 10, 16 << 20, 32 << 20), Sizes(-1, 16 << 10, 64 << 10),
        Sizes(.min, .min, .min), Sizes(.max, .max, .max), Sizes(4 << 10, 16 << 10, .max), Sizes(.min, 0, .max),
        Sizes(4 << 10, 1 << 62, .max),
    ]
}

@Suite struct ChunkerParametersTests {
    @Test("Sizes within the limits are taken as they are", arguments: Sizes.valid)
    func valid(_ sizes: Sizes) throws {
        let parameters = try ChunkerParameters(
            minimumBytes: sizes.minimum, averageBytes: sizes.average, maximumBytes: sizes.maximum)
        #expect(parameters.minimumBytes == sizes.minimum)
        #expect(parameters.averageBytes == sizes.average)
        #expect(parameters.maximumBytes == sizes.maximum)
    }

    @Test("Sizes at the limits can be cut with", arguments: Sizes.valid)
    func cut(_ sizes: Sizes) throws {
        let parameters = try ChunkerParameters(
            minimumBytes: sizes.minimum, averageBytes: sizes.average, maximumBytes: sizes.maximum)
        let data = randomData(sizes.maximum + 1, seed: 1)
        let count = chunker(parameters).cut(data.span)
        #expect(sizes.minimum...sizes.maximum ~= count)
    }

    @Test("Hostile sizes are refused", arguments: Sizes.invalid)
    func invalid(_ sizes: Sizes) {
        #expect(throws: ChunkingError.self) {
            try ChunkerParameters(
                minimumBytes: sizes.minimum, averageBytes: sizes.average, maximumBytes: sizes.maximum)
        }
    }

    @Test("The standard sizes are valid ones")
    func standard() throws {
        let parameters = try ChunkerParameters(
            minimumBytes: 128 << 10, averageBytes: 512 << 10, maximumBytes: 2 << 20)
        #expect(parameters == .standard)
    }

    @Test("Key material of another size is a programmer's error")
    func keyMaterialSize() async {
        await #expect(processExitsWith: .failure) {
            _ = GearTable(keyMaterial: [UInt8](repeating: 1, count: 2047))
        }
        await #expect(processExitsWith: .failure) {
            _ = GearTable(keyMaterial: [UInt8](repeating: 1, count: 2049))
        }
    }
}
