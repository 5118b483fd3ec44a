import Glibc
import TestSupport

/// Sizes of files as they are found in file systems: log-normally distributed, many small and few large ones
/// (J. Douceur and W. Bolosky, "A large-scale study of file-system contents", SIGMETRICS 1999).
enum FileSizes {
    /// The distribution's width: the mean is then 4.2 times the median.
    private static let deviation = 1.7
    /// No file takes more than this share of the whole, so that one draw does not decide a tree.
    private static let shareMax = 0.01

    /// `count` sizes in bytes whose sum is about `total`.
    static func draw(_ count: Int, total: Int, _ generator: inout SeededGenerator) -> [Int] {
        guard count > 0 else { return [] }
        let weights = (0..<count).map { _ in exp(deviation * normal(&generator)) }
        let sum = weights.reduce(0, +)
        let most = max(Double(total) * shareMax, Double(total) / Double(count))
        return weights.map { Int(min($0 / sum * Double(total), most)) }
    }

    /// A number of the standard normal distribution (G. Box and M. Muller, 1958).
    private static func normal(_ generator: inout SeededGenerator) -> Double {
        let radius = sqrt(-2 * log(Double.random(in: Double.leastNormalMagnitude..<1, using: &generator)))
        return radius * cos(2 * Double.pi * Double.random(in: 0..<1, using: &generator))
    }
}
