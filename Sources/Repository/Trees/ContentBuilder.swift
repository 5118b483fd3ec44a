import Coding

/// Collects the chunks and holes of one file in order, and stores the list of them if it is long.
public struct ContentBuilder {
    private let session: WriteSession
    private var pages: PageTreeBuilder
    private var segments: [ContentSegment] = []
    private var hasPages = false

    /// A builder of one file.
    public init(session: WriteSession) {
        self.session = session
        pages = PageTreeBuilder(session: session, kind: .listPage)
    }

    /// Adds a chunk of `bytes` bytes, at least 1.
    public mutating func addChunk(_ id: ChunkID, bytes: Int) throws(RepositoryError) {
        precondition(bytes > 0)
        segments.append(ContentSegment(bytes: UInt64(bytes), chunk: id))
        // One chunk in 512 ends a page, so that an insertion into a long file changes a page of its list.
        let isCut = segments.count >= Limits.listPageItemsMin && id.bytes.prefix64 & 0x1FF == 0
        if isCut || segments.count >= Limits.listPageItemsTarget { try closePage() }
    }

    /// Adds a hole of `bytes` bytes; holes that meet become one.
    public mutating func addHole(bytes: UInt64) {
        guard bytes > 0 else { return }
        if let last = segments.last, last.chunk == nil {
            segments[segments.count - 1].bytes += bytes
        } else {
            segments.append(ContentSegment(bytes: bytes, chunk: nil))
        }
    }

    /// What the file's entry is to say.
    public mutating func finish() throws(RepositoryError) -> EntryContent {
        if !hasPages, segments.count <= Limits.inlineSegmentsMax {
            if segments.isEmpty { return .none }
            if segments.count == 1, let chunk = segments[0].chunk { return .chunk(chunk) }
            return .segments(segments)
        }
        if !segments.isEmpty { try closePage() }
        return .list(try pages.finish())
    }

    private mutating func closePage() throws(RepositoryError) {
        hasPages = true
        let page = ContentListPage.encode(segments)
        let id = try session.add(page.span, .listPage)
        let weight = segments.reduce(0) { $0 + $1.bytes }
        try pages.add(PageReference(weight: weight, firstName: [], page: id))
        segments.removeAll(keepingCapacity: true)
    }
}

/// The binary form of a leaf page of a file's list: `level 0 (1) ‖ count ‖ count × segment`.
enum ContentListPage {
    static func encode(_ segments: [ContentSegment]) -> [UInt8] {
        var writer = ByteWriter(capacity: segments.count * 38 + 4)
        writer.uint8(0)
        writer.varint(UInt64(segments.count))
        for segment in segments { segment.encode(to: &writer) }
        return writer.bytes
    }

    static func decode(_ reader: inout ByteReader) throws(CodingError) -> [ContentSegment] {
        guard try reader.uint8() == 0 else { throw reader.fault("it is not a leaf") }
        let count = try reader.count(minimumBytes: 2, "the number of segments")
        guard count > 0, count <= Limits.listPageItemsMax else { throw reader.fault("a page of \(count) segments") }
        var segments: [ContentSegment] = []
        segments.reserveCapacity(count)
        for _ in 0..<count {
            try ContentSegment.append(try ContentSegment(decoding: &reader), to: &segments, reader)
        }
        try reader.expectEnd()
        return segments
    }
}
