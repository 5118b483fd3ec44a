import SnapshotView
import TestSupport
import Testing

@Suite("Decoding ahead of a reader")
struct ReadAheadTests {
    private let windowMax: UInt64 = 8 << 20

    /// Reads pieces of 128 KiB at these offsets, and returns the furthest end that was wanted ahead of each read's end.
    private func aheads(_ offsets: [UInt64]) -> [UInt64] {
        var state = ReadAhead(windowMax: windowMax)
        return offsets.map { offset in
            let end = offset + (128 << 10)
            guard let wanted = state.read(offset..<end) else { return 0 }
            state.decoded(to: wanted.upperBound)
            return wanted.upperBound - end
        }
    }

    @Test("a file that is read in order is decoded ahead, ever further up to the limit")
    func growsInOrder() {
        let aheads = aheads((0..<400).map { UInt64($0) * (128 << 10) })
        #expect(aheads[0] == ViewLimits.readAheadBytesMin)
        #expect(aheads.max() == windowMax)
        let steps = aheads.filter { $0 > 0 }
        #expect(steps == steps.sorted())
        #expect(steps.count < aheads.count / 2, "not at every read")
    }

    @Test("reads at random places are not", arguments: [1, 2, 3] as [UInt64])
    func ignoresRandomReads(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let aheads = aheads((0..<1_000).map { _ in UInt64(random.number(in: 1...1_000)) << 30 })
        #expect(aheads.allSatisfy { $0 == 0 }, "seed \(seed)")
    }

    @Test("requests that the kernel sends out of order are in order still")
    func allowsReordering() {
        let mebibyte: UInt64 = 1 << 20
        let aheads = aheads([0, 2, 1, 3, 5, 4, 6].map { $0 * mebibyte })
        #expect(aheads.max() == windowMax)
    }

    @Test("a jump ends it, and it begins again where reading goes on")
    func beginsAgain() {
        let far: UInt64 = 1 << 40
        let aheads = aheads([0, 128 << 10, far, far + (128 << 10), far + (256 << 10)])
        #expect(aheads[2] == 0)
        #expect(aheads[4] > 0)
    }
}
