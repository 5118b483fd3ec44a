import Repository

/// Decides how far to decode ahead of who reads a file: the further, the longer it is read in order; random reads not at
/// all.
///
/// The kernel sends what it reads ahead in several requests at once, which may arrive in any order: a read counts as the
/// next one when it begins near the end of what was read before.
package struct ReadAhead: Sendable {
    private let windowMax: UInt64
    /// The end of what was read in order.
    private var end: UInt64 = 0
    private var window: UInt64 = 0
    /// The end of what was decoded ahead.
    private var decodedEnd: UInt64 = 0

    /// Nothing was read yet; up to `windowMax` bytes may be decoded ahead.
    package init(windowMax: UInt64) {
        self.windowMax = windowMax
    }

    /// Notes a read, and returns what should now be decoded ahead, or nil.
    package mutating func read(_ range: Range<UInt64>) -> Range<UInt64>? {
        let slack = ViewLimits.readOrderSlackBytes
        let isFirst = end == 0
        let isNext =
            isFirst
            ? range.lowerBound == 0
            : range.lowerBound <= end &+ slack && range.upperBound &+ slack >= end
        guard isNext else {
            end = range.upperBound
            window = 0
            decodedEnd = 0
            return nil
        }
        guard range.upperBound > end else { return nil }
        // A place that a random reader came to shows nothing yet.
        window =
            window == 0 && !isFirst && decodedEnd == 0
            ? 1 : min(max(window * 2, ViewLimits.readAheadBytesMin), windowMax)
        end = range.upperBound
        guard window > 1 else { return nil }
        let start = max(end, decodedEnd)
        let wanted = end + window
        // In large steps: each costs a look at the file's list of chunks.
        guard wanted > start, wanted - start >= window / 2 else { return nil }
        return start..<wanted
    }

    /// Notes how far was decoded ahead.
    package mutating func decoded(to position: UInt64) {
        decodedEnd = max(decodedEnd, position)
    }
}
