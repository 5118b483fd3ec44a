import SystemInterface

/// The bytes of a regular file of a snapshot, readable at any offset.
///
/// Opening reads at most the inner pages of the file's list of chunks; reading at an offset is a search, never a scan.
/// Thread-safe; keeps the leaf page that was used last.
public final class FileContents: Sendable {
    /// The file's length in bytes.
    public let size: UInt64

    /// A run of the file and where it begins.
    public struct Run: Hashable, Sendable {
        /// The offset of its first byte in the file.
        public let start: UInt64
        /// Its length and its chunk.
        public let segment: ContentSegment
        /// The offset behind its last byte.
        public var end: UInt64 { start + segment.bytes }
    }

    private enum Layout: Sendable {
        case runs(RunTable)
        case pages(PagedRuns)
    }

    private let layout: Layout
    private let source: ChunkSource

    /// Opens the content of `entry`, a regular file.
    ///
    /// Throws `.damaged` for content that was unreadable when the backup was made: it must never pass for empty.
    public convenience init(_ entry: TreeEntry, source: ChunkSource) throws(RepositoryError) {
        precondition(entry.type == .regular)
        try self.init(entry.content, size: entry.size, source: source)
    }

    /// Opens the content of a regular file of `size` bytes.
    public init(_ content: EntryContent, size: UInt64, source: ChunkSource) throws(RepositoryError) {
        self.size = size
        self.source = source
        switch content {
        case .none: layout = .runs(RunTable(start: 0, segments: []))
        case .chunk(let id):
            layout = .runs(RunTable(start: 0, segments: [ContentSegment(bytes: size, chunk: id)]))
        case .segments(let segments): layout = .runs(RunTable(start: 0, segments: segments))
        case .list(let root):
            let pages = try PagedRuns(root: root, source: source)
            guard pages.size == size else {
                throw RepositoryError(.damaged, "the chunks of list \(root) do not add up to the file's size")
            }
            layout = .pages(pages)
        case .unreadable:
            throw RepositoryError(.notSaved, "the file could not be read when the backup was made")
        case .tree: throw RepositoryError(.damaged, "a file has the content of a directory")
        }
    }

    /// How many pages its list has; 1 without one. Each costs some sixty bytes of memory.
    public var pageCount: Int {
        switch layout {
        case .runs: 1
        case .pages(let pages): pages.pageCount
        }
    }

    /// The names of the pages of its list; none without one.
    public var listPages: [ChunkID] {
        switch layout {
        case .runs: []
        case .pages(let pages): pages.pages
        }
    }

    /// The run that holds the byte at `offset`, which must be below `size`.
    public func run(at offset: UInt64) throws(RepositoryError) -> Run {
        precondition(offset < size)
        switch layout {
        case .runs(let table): return table.run(at: offset)
        case .pages(let pages): return try pages.table(holding: offset).run(at: offset)
        }
    }

    /// The bytes of `run`'s chunk, or nil for a hole.
    public func bytes(of run: Run) throws(RepositoryError) -> ChunkBytes? {
        guard let id = run.segment.chunk else { return nil }
        let chunk = try source.chunk(id, .content)
        guard UInt64(chunk.count) == run.segment.bytes else {
            throw RepositoryError(.damaged, "chunk \(id) has \(chunk.count) bytes, its file says \(run.segment.bytes)")
        }
        return chunk
    }

    /// Starts decoding the chunks from `start` on, as far as they begin before `end`.
    ///
    /// Returns the offset up to which that was done: less than asked for when enough waits to be decoded already.
    public func prefetch(from start: UInt64, to end: UInt64) throws(RepositoryError) -> UInt64 {
        var position = start
        while position < min(end, size) {
            let run = try run(at: position)
            if let id = run.segment.chunk {
                guard source.prefetch(id, .content, bytes: Int(run.segment.bytes)) else { break }
            }
            position = run.end
        }
        return position
    }

    /// Starts decoding what a sequential reader wants after `offset`, if anything.
    public func prefetch(after offset: UInt64) throws(RepositoryError) {
        _ = try prefetch(from: offset, to: offset &+ 1)
    }

    /// How many bytes may be decoded ahead of a reader.
    public var aheadBytesMax: UInt64 { UInt64(source.aheadBytesMax) }

    /// Fills `buffer` with what stands at `offset`, up to the end of the file, and returns how many bytes that was.
    ///
    /// Damage throws; bytes are never missing and never wrong.
    public func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(RepositoryError) -> Int {
        guard offset < size else { return 0 }
        let count = Int(min(UInt64(buffer.count), size - offset))
        var done = 0
        while done < count {
            let position = offset + UInt64(done)
            let run = try run(at: position)
            let skip = Int(position - run.start)
            let length = min(count - done, Int(clamping: run.end - position))
            let target = UnsafeMutableRawBufferPointer(rebasing: buffer[done..<done + length])
            if let chunk = try bytes(of: run) {
                chunk.copy(from: skip, into: target)
            } else {
                target.initializeMemory(as: UInt8.self, repeating: 0)
            }
            done += length
        }
        return count
    }

    /// The first offset of data at or behind `offset`, or nil if only a hole or nothing follows (SEEK_DATA).
    public func nextData(from offset: UInt64) throws(RepositoryError) -> UInt64? {
        var position = offset
        while position < size {
            let run = try run(at: position)
            if run.segment.chunk != nil { return position }
            position = run.end
        }
        return nil
    }

    /// The first offset of a hole at or behind `offset`; the end of the file counts as one (SEEK_HOLE).
    public func nextHole(from offset: UInt64) throws(RepositoryError) -> UInt64? {
        guard offset < size else { return nil }
        var position = offset
        while position < size {
            let run = try run(at: position)
            if run.segment.chunk == nil { return position }
            position = run.end
        }
        return size
    }

    /// Hands every run to `body`, in order.
    public func forEachRun(_ body: (Run) throws(RepositoryError) -> Void) throws(RepositoryError) {
        switch layout {
        case .runs(let table): for index in table.indices { try body(table.run(index)) }
        case .pages(let pages):
            for page in 0..<pages.pageCount {
                let table = try pages.table(page)
                for index in table.indices { try body(table.run(index)) }
            }
        }
    }

    /// How many of the file's bytes are not in holes.
    public func dataBytes() throws(RepositoryError) -> UInt64 {
        var total: UInt64 = 0
        try forEachRun { (run) throws(RepositoryError) in
            if run.segment.chunk != nil { total += run.segment.bytes }
        }
        return total
    }
}
