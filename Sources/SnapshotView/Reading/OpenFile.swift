import Repository
import Synchronization

/// A file that is being read: its contents, and how far to decode ahead.
final class OpenFile: Sendable {
    let contents: FileContents
    /// nil for a file of one chunk, of which nothing can be ahead.
    private let ahead: Mutex<ReadAhead?>

    init(_ contents: FileContents, hasManyChunks: Bool) {
        self.contents = contents
        let windowMax = min(ViewLimits.readAheadBytesMax, contents.aheadBytesMax / 2)
        ahead = Mutex(hasManyChunks ? ReadAhead(windowMax: windowMax) : nil)
    }

    /// Notes a read, and starts decoding what it makes likely.
    func noteRead(_ range: Range<UInt64>) {
        guard let wanted = ahead.withLock({ $0?.read(range) }), wanted.lowerBound < contents.size else { return }
        // Damage there is met again by whoever comes to it, and is nothing to who reads what lies before.
        let end = (try? contents.prefetch(from: wanted.lowerBound, to: wanted.upperBound)) ?? wanted.upperBound
        ahead.withLock { $0?.decoded(to: end) }
    }
}
