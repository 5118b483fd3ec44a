import Coding
import Testing

@Suite("A place in a sorted collection")
struct PartitionTests {
    @Test("is that of the first element that is not before it, found in few steps", arguments: 0...33)
    func finds(_ count: Int) {
        // Also in a collection whose first index is not zero.
        let numbers = (0..<count + 3).map { $0 * 2 }[3...]
        for wanted in -1...2 * (count + 4) {
            var calls = 0
            let place = numbers.partitionPoint {
                calls += 1
                return $0 < wanted
            }
            #expect(place == numbers.firstIndex { $0 >= wanted } ?? numbers.endIndex)
            #expect(calls <= Int.bitWidth - count.leadingZeroBitCount)
        }
    }
}
