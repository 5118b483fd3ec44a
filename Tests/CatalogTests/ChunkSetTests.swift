import Catalog
import Coding
import TestSupport
import Testing

@Suite("A set of chunks")
struct ChunkSetTests {
    @Test(
        "has what was added and nothing else, however little memory it may use", arguments: [1, 2, 7, 100, 1_000_000])
    func exact(memoryChunksMax: Int) throws {
        var random = SeededGenerator(seed: UInt64(memoryChunksMax))
        let ids = (0..<1_000).compactMap { _ in Bytes32(random.bytes(Bytes32.count)) }
        var set = ChunkSet(memoryChunksMax: memoryChunksMax)
        for id in ids[..<500] { #expect(try set.insert(id)) }
        for id in ids[..<500] { #expect(try !set.insert(id)) }
        #expect(set.count == 500)
        for id in ids[..<500] { #expect(try set.contains(id)) }
        for id in ids[500...] { #expect(try !set.contains(id)) }
    }
}
