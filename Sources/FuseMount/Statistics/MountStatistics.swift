import Synchronization

/// What a mount has done since it began: counters that every thread adds to and anybody may read.
///
/// Each counter is exact; several that are read one after the other are not of one moment.
public final class MountStatistics: Sendable {
    private let requests: InlineArray<12, Atomic<Int>>
    private let readBytes = Atomic(0)
    private let aheadFiles = Atomic(0)
    private let aheadBytes = Atomic(0)

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

    /// How many files were put into the kernel's page cache before they were asked for.
    public var filesAhead: Int { aheadFiles.load(ordering: .relaxed) }

    /// How many bytes these files have.
    public var bytesAhead: Int { aheadBytes.load(ordering: .relaxed) }

    func count(_ kind: RequestKind) {
        requests[kind.rawValue].wrappingAdd(1, ordering: .relaxed)
    }

    func addBytesRead(_ count: Int) {
        readBytes.wrappingAdd(count, ordering: .relaxed)
    }

    func addFileAhead(bytes: Int) {
        aheadFiles.wrappingAdd(1, ordering: .relaxed)
        aheadBytes.wrappingAdd(bytes, ordering: .relaxed)
    }
}
