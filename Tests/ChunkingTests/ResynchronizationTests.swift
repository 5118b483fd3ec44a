import Chunking
import TestSupport
import Testing

/// A change in the middle of data.
enum Edit: String, CaseIterable, Sendable {
    case insertByte, insertMany, removeByte, removeMany, overwrite, prepend

    func apply(to data: [UInt8], using generator: inout SeededGenerator) -> [UInt8] {
        let place = generator.number(in: 100_000...data.count - 100_000)
        let count = generator.number(in: 2...50_000)
        var data = data
        switch self {
        case .insertByte: data.insert(generator.bytes(1)[0], at: place)
        case .insertMany: data.insert(contentsOf: generator.bytes(count), at: place)
        case .removeByte: data.remove(at: place)
        case .removeMany: data.removeSubrange(place..<place + count)
        case .overwrite: data.replaceSubrange(place..<place + count, with: generator.bytes(count))
        case .prepend: data.insert(contentsOf: generator.bytes(count), at: 0)
        }
        return data
    }
}

@Suite struct ResynchronizationTests {
    @Test("After an edit most chunks are the old ones", arguments: Edit.allCases, 0..<8 as Range<UInt64>)
    func edits(edit: Edit, seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let before = generator.bytes(3 << 20)
        let after = edit.apply(to: before, using: &generator)
        let chunker = chunker(seed: seed)
        let known = Set(chunker.chunks(before).map { before[$0] })
        let new = chunker.chunks(after).count { !known.contains(after[$0]) }
        // The edit itself touches up to four chunks at their mean of 18 KiB; the rest is the way back into step.
        #expect(1...24 ~= new, "seed \(seed): \(new) new chunks beside \(known.count) old ones")
    }

    @Test("The cuts behind an edit are the old ones, moved", arguments: 0..<8 as Range<UInt64>)
    func movedCuts(seed: UInt64) {
        let before = randomData(2 << 20, seed: seed)
        let after = [1, 2, 3] + before
        let chunker = chunker(seed: seed)
        let cuts = Set(chunker.chunks(before).map(\.upperBound))
        let moved = chunker.chunks(after).map { $0.upperBound - 3 }
        let firstShared = moved.firstIndex { cuts.contains($0) }
        #expect(firstShared != nil, "seed \(seed)")
        if let firstShared {
            #expect(moved[firstShared...].allSatisfy(cuts.contains), "seed \(seed)")
            #expect(moved[firstShared] < 1 << 20, "seed \(seed)")
        }
    }
}
