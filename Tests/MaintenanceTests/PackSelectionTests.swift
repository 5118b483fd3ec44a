import Coding
import Maintenance
import Storage
import TestSupport
import Testing

@Suite("A selection of packs")
struct PackSelectionTests {
    private static let packs: [ObjectEntry] = {
        var generator = SeededGenerator(seed: 11)
        return (0..<500).compactMap { number in
            Bytes32(generator.bytes(32)).map {
                ObjectEntry(name: ObjectName(.packs, $0), bytes: UInt64(number % 7) + 1)
            }
        }
    }()

    @Test("by parts puts each pack into one part", arguments: [1, 2, 7, 1_000])
    func parts(count: Int) {
        let parts = (1...count).map { PackSelection.part($0, of: count).chosen(from: Self.packs) }
        #expect(parts.reduce(0) { $0 + $1.count } == Self.packs.count)
        #expect(parts.reduce(Set<Bytes32>()) { $0.union($1) }.count == Self.packs.count)
    }

    @Test(
        "by a share takes that share of the bytes, and at least one pack", arguments: [1, 50_000, 500_000, 1_000_000])
    func share(millionths: Int) {
        let chosen = PackSelection.share(millionths: millionths, seed: 3).chosen(from: Self.packs)
        let total = Self.packs.reduce(0) { $0 + $1.bytes }
        let bytes = Self.packs.filter { $0.name.id.map(chosen.contains) ?? false }.reduce(0) { $0 + $1.bytes }
        let wanted = Double(total) * Double(millionths) / 1e6
        #expect(!chosen.isEmpty)
        #expect(Double(bytes) >= wanted && Double(bytes) < wanted + 7)
    }

    @Test("by a share is the same for the same seed, in any order of the packs, and another for another seed")
    func seeds() {
        let first = PackSelection.share(millionths: 100_000, seed: 1).chosen(from: Self.packs)
        #expect(PackSelection.share(millionths: 100_000, seed: 1).chosen(from: Self.packs.reversed()) == first)
        #expect(PackSelection.share(millionths: 100_000, seed: 2).chosen(from: Self.packs) != first)
    }

    @Test(
        "of no packs is empty", arguments: [PackSelection.none, .all, .part(1, of: 2), .share(millionths: 5, seed: 1)])
    func empty(selection: PackSelection) {
        #expect(selection.chosen(from: []).isEmpty)
    }
}
