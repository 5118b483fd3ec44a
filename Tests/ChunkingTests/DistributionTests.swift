import Chunking
import Glibc
import TestSupport
import Testing

/// What follows for the sizes of chunks of random data if every place is fit for a cut with the probability 1/(4·average)
/// before the average and 4/average behind it.
private struct Expectation {
    /// The share of chunks below the average.
    let shareBelowAverage: Double
    /// The mean size.
    let meanBytes: Double

    init(_ parameters: ChunkerParameters) {
        let (minimum, average) = (Double(parameters.minimumBytes), Double(parameters.averageBytes))
        let shareAbove = exp(-(average - minimum) / (4 * average))
        shareBelowAverage = 1 - shareAbove
        // The maximum is so far out that it doesn't count.
        meanBytes = minimum + 4 * average * shareBelowAverage + shareAbove * average / 4
    }
}

@Suite struct DistributionTests {
    @Test("The sizes of chunks of random data follow the thresholds", arguments: 1...4 as ClosedRange<UInt64>)
    func sizes(seed: UInt64) {
        let expectation = Expectation(smallParameters)
        let sizes = chunker(seed: seed).chunks(randomData(32 << 20, seed: seed + 100)).map(\.count)
        let mean = Double(sizes.reduce(0, +)) / Double(sizes.count)
        let shareBelow = Double(sizes.count { $0 < smallParameters.averageBytes }) / Double(sizes.count)
        // About 1,800 chunks: the standard error of the mean is under 1 %, and of the share 0.9 percentage points.
        #expect(abs(mean / expectation.meanBytes - 1) < 0.04, "seed \(seed), mean \(mean)")
        #expect(abs(shareBelow - expectation.shareBelowAverage) < 0.04, "seed \(seed), share \(shareBelow)")
        #expect(sizes.count { $0 == smallParameters.maximumBytes } < 10, "seed \(seed)")
    }

    @Test("Chunks of random data with the standard sizes have the documented mean of 588 KiB")
    func standardMean() {
        let sizes = chunker(.standard, seed: 3).chunks(randomData(96 << 20, seed: 7)).dropLast().map(\.count)
        let mean = Double(sizes.reduce(0, +)) / Double(sizes.count)
        // About 165 chunks: the standard error is 14 KiB.
        #expect(abs(mean / 1024 - 588) < 45, "mean \(mean)")
    }
}
