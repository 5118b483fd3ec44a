import Chunking
import TestSupport
import Testing

/// Data of a kind that files hold.
enum Sample: String, CaseIterable, Sendable {
    case random, zeros, twoLetters, repeatedPage

    func data(_ count: Int, seed: UInt64) -> [UInt8] {
        var generator = SeededGenerator(seed: seed)
        switch self {
        case .random: return generator.bytes(count)
        case .zeros: return [UInt8](repeating: 0, count: count)
        case .twoLetters: return generator.bytes(count).map { $0 & 1 }
        case .repeatedPage:
            let page = generator.bytes(4096)
            return (0..<count).map { page[$0 % 4096] }
        }
    }
}

/// Where the first cut is, straight from the definition: every hash is computed anew from its 64 bytes.
private func definition(_ data: [UInt8], _ parameters: ChunkerParameters, words: [UInt64]) -> Int {
    let end = min(data.count, parameters.maximumBytes)
    guard end > parameters.minimumBytes else { return end }
    for count in parameters.minimumBytes..<end {
        var hash: UInt64 = 0
        for byte in data[count - 64..<count] { hash = hash &* 2 &+ words[Int(byte)] }
        let average = UInt64(parameters.averageBytes)
        let oneIn = count < parameters.averageBytes ? average * 4 : average / 4
        if hash <= UInt64.max / oneIn { return count }
    }
    return end
}

/// 256 words, and the key material that they are made of.
private func wordsAndMaterial(seed: UInt64) -> ([UInt64], [UInt8]) {
    var generator = SeededGenerator(seed: seed)
    let words = (0..<256).map { _ in generator.next() }
    let material = words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(8 * $0)) } }
    return (words, material)
}

@Suite struct ChunkerTests {
    @Test("A cut is where the definition puts it", arguments: Sample.allCases, 0..<6 as Range<UInt64>)
    func definition(sample: Sample, seed: UInt64) {
        let (words, material) = wordsAndMaterial(seed: seed)
        let chunker = Chunker(parameters: smallParameters, table: GearTable(keyMaterial: material))
        let data = sample.data(150_000 + Int(seed), seed: seed)
        for chunk in chunker.chunks(data) {
            let rest = Array(data[chunk.lowerBound...])
            #expect(
                chunk.count == ChunkingTests.definition(rest, smallParameters, words: words),
                "seed \(seed), chunk \(chunk)")
        }
    }

    @Test("The cuts of fixed data under a fixed key never change")
    func golden() {
        let chunks = chunker(seed: 1).chunks(randomData(300_000, seed: 2))
        #expect(
            chunks.map(\.count) == [
                20507, 14716, 22937, 19550, 16497, 17066, 25795, 22923, 21986, 18288, 19994, 24611, 7892, 16647, 19801,
                10790,
            ])
    }

    @Test("The cuts of fixed data with the standard sizes never change")
    func goldenStandard() {
        let chunks = chunker(.standard, seed: 1).chunks(randomData(6 << 20, seed: 2))
        #expect(
            chunks.map(\.count) == [
                858_212, 559_803, 741_379, 585_665, 644_110, 616_400, 652_348, 797_221, 504_800, 331_518,
            ])
    }

    @Test("Chunks cover the data, and their sizes keep the limits", arguments: Sample.allCases, 0..<4 as Range<UInt64>)
    func limits(sample: Sample, seed: UInt64) {
        let data = sample.data(1_000_000 + Int(seed), seed: seed)
        let chunks = chunker(seed: seed).chunks(data)
        #expect(chunks.map(\.count).reduce(0, +) == data.count, "seed \(seed)")
        for chunk in chunks.dropLast() {
            #expect(4 << 10...64 << 10 ~= chunk.count, "seed \(seed)")
        }
        #expect(chunks.last.map { 1...64 << 10 ~= $0.count } == true, "seed \(seed)")
    }

    @Test(
        "64 bytes before which there is always a cut give one wherever a cut may be",
        arguments: [4096, 4097, 4159, 16_383, 16_384, 40_000, 65_535, 65_536])
    func alwaysFit(place: Int) throws {
        #expect(cut(in: place + 100, windowBefore: place, try window { $0 < 16_384 }) == place)
    }

    @Test("64 bytes before which there is a cut behind the average only", arguments: [16_384, 16_385, 65_535])
    func sometimesFit(place: Int) throws {
        let window = try window { $0 >= 16_384 }
        #expect(cut(in: place + 100, windowBefore: place, window) == place)
        #expect(cut(in: 30_000, windowBefore: 16_383, window) == 30_000)
        #expect(cut(in: 30_000, windowBefore: 5000, window) == 30_000)
    }

    @Test("There is no cut before the minimum", arguments: [64, 100, 4032, 4095])
    func tooEarly(place: Int) throws {
        #expect(cut(in: 30_000, windowBefore: place, try window { $0 < 16_384 }) == 30_000)
    }

    /// The 64 bytes before the first cut of random data that makes a chunk of such a size.
    private func window(_ isWanted: (Int) -> Bool) throws -> [UInt8] {
        let data = randomData(4 << 20, seed: 8)
        let chunk = try #require(chunker(seed: 1).chunks(data).first { isWanted($0.count) })
        return Array(data[chunk.upperBound - 64..<chunk.upperBound])
    }

    /// Where `count` bytes are cut that are all zero, but for the 64 bytes before `place`.
    private func cut(in count: Int, windowBefore place: Int, _ window: [UInt8]) -> Int {
        var data = [UInt8](repeating: 0, count: count)
        data.replaceSubrange(place - 64..<place, with: window)
        return chunker(seed: 1).cut(data.span)
    }

    @Test("Data up to the minimum is one chunk", arguments: [0, 1, 63, 64, 65, 4095, 4096])
    func short(count: Int) {
        let data = randomData(count, seed: 9)
        #expect(chunker().cut(data.span) == count)
    }

    @Test("Data without a place for a cut is cut at the maximum, and what is left is a chunk")
    func noPlace() {
        // All places of equal bytes have the same hash, -word; under this key it is no place for a cut.
        let data = [UInt8](repeating: 0, count: 150_000)
        #expect(chunker(seed: 1).chunks(data).map(\.count) == [65_536, 65_536, 18_928])
    }

    @Test("A cut needs no data behind the maximum, and is the same with more", arguments: 0..<20 as Range<UInt64>)
    func delivery(seed: UInt64) {
        let data = randomData(400_000, seed: seed)
        let chunker = chunker(seed: seed)
        let starts = chunker.chunks(data).map(\.lowerBound)
        for start in starts where start + 65_536 <= data.count {
            let whole = chunker.cut(data.span.extracting(start..<data.count))
            #expect(chunker.cut(data.span.extracting(start..<start + 65_536)) == whole, "seed \(seed)")
        }
    }

    @Test("Another key cuts elsewhere")
    func keys() {
        let data = randomData(1 << 20, seed: 4)
        let ends = Set(chunker(seed: 1).chunks(data).map(\.upperBound))
        let others = Set(chunker(seed: 2).chunks(data).map(\.upperBound))
        #expect(ends.intersection(others) == [data.count])
    }

    @Test("Every bit of the key matters", arguments: [0, 7, 1024 * 8, 2047 * 8 + 7])
    func keyBits(bit: Int) {
        var material = keyMaterial(seed: 1)
        let table = GearTable(keyMaterial: material)
        material[bit / 8] ^= 1 << UInt8(bit % 8)
        let data = randomData(4 << 20, seed: 5)
        let chunks = Chunker(parameters: smallParameters, table: table).chunks(data)
        let others = Chunker(parameters: smallParameters, table: GearTable(keyMaterial: material)).chunks(data)
        #expect(chunks != others)
    }

    @Test("Several threads cut with one chunker")
    func threads() async {
        let chunker = chunker()
        let data = randomData(1 << 20, seed: 6)
        let expected = chunker.chunks(data)
        let wrong = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask { (0..<10).count { _ in chunker.chunks(data) != expected } }
            }
            return await group.reduce(0, +)
        }
        #expect(wrong == 0)
    }
}
