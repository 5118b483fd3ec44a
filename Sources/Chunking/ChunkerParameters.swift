/// The sizes of chunks, in bytes.
public struct ChunkerParameters: Hashable, Sendable {
    /// No chunk is smaller, but for the last one of its data.
    public let minimumBytes: Int
    /// Where cutting becomes easier; with the standard parameters, chunks of random data are 15 % larger on average.
    public let averageBytes: Int
    /// No chunk is larger.
    public let maximumBytes: Int

    /// The sizes that any parameters may have; the lower limit leaves room for the window of the hash, the upper one
    /// bounds the memory of who reads a foreign repository.
    public static let limits = 4 << 10...16 << 20

    /// 128 KiB, 512 KiB and 2 MiB.
    public static let standard = ChunkerParameters(
        unchecked: (minimumBytes: 128 << 10, averageBytes: 512 << 10, maximumBytes: 2 << 20))

    /// Takes sizes from outside; throws unless `minimumBytes` < `averageBytes` < `maximumBytes`, all three lie within
    /// `limits`, and the average is a power of two.
    public init(minimumBytes: Int, averageBytes: Int, maximumBytes: Int) throws(ChunkingError) {
        let limits = Self.limits
        guard limits ~= minimumBytes, limits ~= averageBytes, limits ~= maximumBytes else {
            throw ChunkingError(
                "\(minimumBytes), \(averageBytes) and \(maximumBytes) are not all from \(limits.lowerBound) to"
                    + " \(limits.upperBound) bytes")
        }
        guard minimumBytes < averageBytes, averageBytes < maximumBytes else {
            throw ChunkingError("\(minimumBytes), \(averageBytes) and \(maximumBytes) are not in ascending order")
        }
        guard averageBytes.nonzeroBitCount == 1 else {
            throw ChunkingError("the average of \(averageBytes) bytes is not a power of two")
        }
        self.init(unchecked: (minimumBytes, averageBytes, maximumBytes))
    }

    private init(unchecked sizes: (minimumBytes: Int, averageBytes: Int, maximumBytes: Int)) {
        (minimumBytes, averageBytes, maximumBytes) = sizes
    }
}
