import Synchronization

/// Consecutive runs of a file with their offsets: O(log n) to find one.
struct RunTable: Sendable {
    private let segments: [ContentSegment]
    private let starts: [UInt64]

    /// Runs that begin at `start`. Their lengths must have been checked to add up without overflow.
    init(start: UInt64, segments: [ContentSegment]) {
        self.segments = segments
        var starts: [UInt64] = []
        starts.reserveCapacity(segments.count)
        var offset = start
        for segment in segments {
            starts.append(offset)
            offset += segment.bytes
        }
        self.starts = starts
    }

    var indices: Range<Int> { segments.indices }

    func run(_ index: Int) -> FileContents.Run {
        FileContents.Run(start: starts[index], segment: segments[index])
    }

    /// The run that holds `offset`, which must lie in the table.
    func run(at offset: UInt64) -> FileContents.Run {
        var low = 0
        var high = segments.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= offset { low = middle } else { high = middle }
        }
        return run(low)
    }
}

/// The runs of a file whose list has pages; the two pages that were used last are kept: a reader's, and the next for who
/// reads ahead of it.
final class PagedRuns: Sendable {
    let size: UInt64
    private let tree: PageTree
    private let source: ChunkSource
    private let recent = Mutex<[(page: Int, table: RunTable)]>([])

    init(root: ChunkID, source: ChunkSource) throws(RepositoryError) {
        self.source = source
        tree = try PageTree(root: root, kind: .listPage, source: source)
        if let weight = tree.weight {
            size = weight
        } else {
            let segments = try Self.decode(root, source: source)
            size = segments.reduce(0) { $0 + $1.bytes }
            recent.withLock { $0 = [(0, RunTable(start: 0, segments: segments))] }
        }
    }

    var pageCount: Int { tree.leaves.count }

    /// The names of all pages of the list.
    var pages: [ChunkID] { tree.innerPages + tree.leaves.map(\.page) }

    func table(holding offset: UInt64) throws(RepositoryError) -> RunTable {
        try table(tree.leafIndex(holding: offset))
    }

    func table(_ page: Int) throws(RepositoryError) -> RunTable {
        if let known = recent.withLock({ $0.first { $0.page == page } }) { return known.table }
        let leaf = tree.leaves[page]
        let segments = try Self.decode(leaf.page, source: source)
        guard tree.weight == nil || segments.reduce(0, { $0 + $1.bytes }) == leaf.weight else {
            throw RepositoryError(.damaged, "list page \(leaf.page) does not hold what its parent says")
        }
        let table = RunTable(start: leaf.start, segments: segments)
        recent.withLock { $0 = $0.suffix(1) + [(page, table)] }
        return table
    }

    /// The segments of a leaf page, whose lengths add up to at most `Limits.fileBytesMax`.
    private static func decode(_ id: ChunkID, source: ChunkSource) throws(RepositoryError) -> [ContentSegment] {
        let chunk = try source.chunk(id, .listPage)
        do {
            var reader = chunk.reader()
            let segments = try ContentListPage.decode(&reader)
            var total: UInt64 = 0
            for segment in segments {
                let (sum, overflow) = total.addingReportingOverflow(segment.bytes)
                guard !overflow, sum <= Limits.fileBytesMax else { throw reader.fault("segments of too many bytes") }
                total = sum
            }
            return segments
        } catch {
            throw RepositoryError(.damaged, "list page \(id) is damaged \(error)")
        }
    }
}
