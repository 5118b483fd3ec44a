import Synchronization

/// What a mount has done since it began: counters that every thread adds to and anybody may read.
///
/// Each counter is exact; several that are read one after the other are not of one moment.
public final class MountStatistics: Sendable {
    private let requests: InlineArray<12, Atomic<Int>>
    private let readBytes = Atomic(0)
    private let aheadFiles = Atomic(0)

    /// Counters at zero.
    public init() {
        requests = InlineArray { _ in Atomic(0) }
        precondition(RequestKind.allCases.count == requests.count, "every kind needs its counter")
    }

    /// How many requests of a kind the kernel has sent.
    public func requestCount(_ kind: RequestKind) -> Int {
        requests[kind.rawValue].load(ordering: .relaxed)
    }

    /// How many requests of any kind the kernel has sent.
    public var requestCount: Int { RequestKind.allCases.reduce(0) { $0 + requestCount($1) } }

    /// How many bytes of files READ was answered with.
    public var bytesRead: Int { readBytes.load(ordering: .relaxed) }

    /// How many files the kernel was made to read before they were asked for. What that took is not among `requests`.
    public var filesAhead: Int { aheadFiles.load(ordering: .relaxed) }

    func count(_ kind: RequestKind) {
        requests[kind.rawValue].wrappingAdd(1, ordering: .relaxed)
    }

    func addBytesRead(_ count: Int) {
        readBytes.wrappingAdd(count, ordering: .relaxed)
    }

    /// Counts a request that was sent because this process reads ahead.
    func countAhead(_ request: RequestHeading) {
        if request.kind == .read, request.offset == 0 { aheadFiles.wrappingAdd(1, ordering: .relaxed) }
    }
}
