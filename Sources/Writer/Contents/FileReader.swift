import Chunking
import Repository
import SystemInterface

/// Reads files into one buffer, cuts them into chunks and hands these to the session.
struct FileReader: ~Copyable {
    /// What one pass over a file gave.
    struct Pass {
        var content: EntryContent
        /// How many bytes the content stands for.
        var bytes: UInt64
    }

    /// The most that is read of a file whose size the kernel doesn't tell: those of /proc and its like.
    static let unknownSizeBytesMax: UInt64 = 16 << 20

    private let buffer: UnsafeMutableRawBufferPointer
    private let chunker: Chunker
    private let parameters: ChunkerParameters
    private let session: WriteSession
    private let journal: BackupJournal

    init(chunker: Chunker, parameters: ChunkerParameters, session: WriteSession, journal: BackupJournal) {
        self.chunker = chunker
        self.parameters = parameters
        self.session = session
        self.journal = journal
        buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 * parameters.maximumBytes, alignment: 4096)
    }

    deinit {
        buffer.deallocate()
    }

    /// Reads what `status` says that the file has, from its beginning.
    ///
    /// A file that grows meanwhile is read up to the size that it had: the walk cannot be kept busy for ever.
    func read(_ file: borrowing FileDescriptor, _ status: FileStatus) throws -> Pass {
        let hasHoles = hasHoles(status)
        if status.size < UInt64(parameters.minimumBytes), !hasHoles {
            return try readSmall(file, count: Int(status.size))
        }
        var builder = ContentBuilder(session: session)
        let end =
            try hasHoles
            ? readRuns(file, status.size, &builder)
            : readRange(file, 0..<status.size, &builder)
        return Pass(content: try builder.finish(), bytes: end)
    }

    /// Reads a file that has no size, as those of /proc, up to its end.
    func readUnknownSize(_ file: borrowing FileDescriptor) throws -> Pass {
        var builder = ContentBuilder(session: session)
        let end = try readRange(file, 0..<Self.unknownSizeBytesMax, &builder)
        return Pass(content: try builder.finish(), bytes: end)
    }

    /// Blocks that don't suffice for the size tell of holes, or of compression: the kernel is asked where data stands.
    private func hasHoles(_ status: FileStatus) -> Bool {
        status.blocks < status.size / 512
    }

    /// One call, with room for a byte more: an answer of exactly `count` bytes is the whole file.
    private func readSmall(_ file: borrowing FileDescriptor, count: Int) throws -> Pass {
        try journal.checkStopped()
        let room = UnsafeMutableRawBufferPointer(rebasing: buffer[..<(count + 1)])
        var filled = try file.pread(into: room, at: 0)
        while filled > 0, filled < count {
            let more = try file.pread(
                into: UnsafeMutableRawBufferPointer(rebasing: room[filled...]), at: UInt64(filled))
            if more == 0 { break }
            filled += more
        }
        let bytes = min(filled, count)
        journal.countRead(bytes)
        guard bytes > 0 else { return Pass(content: .none, bytes: 0) }
        return Pass(content: .chunk(try add(0..<bytes)), bytes: UInt64(bytes))
    }

    /// Reads the runs of data of a file with holes, and returns where it ended.
    private func readRuns(
        _ file: borrowing FileDescriptor, _ size: UInt64, _ builder: inout ContentBuilder
    ) throws -> UInt64 {
        var position: UInt64 = 0
        while position < size {
            let data = min(try file.nextData(from: position) ?? size, size)
            builder.addHole(bytes: data - position)
            position = data
            guard position < size else { break }
            let hole = min(try file.nextHole(from: position) ?? size, size)
            guard hole > position else { break }
            let end = try readRange(file, position..<hole, &builder)
            position = end
            if end < hole { break }
        }
        return position
    }

    /// Reads a range of data, and returns where it ended: before the range's end only where the file does.
    private func readRange(
        _ file: borrowing FileDescriptor, _ range: Range<UInt64>, _ builder: inout ContentBuilder
    ) throws -> UInt64 {
        var position = range.lowerBound
        var filled = 0
        while true {
            try journal.checkStopped()
            let want = Int(min(UInt64(buffer.count - filled), range.upperBound - position - UInt64(filled)))
            let room = UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<filled + want])
            let count = want == 0 ? 0 : try file.preadFully(into: room, at: position + UInt64(filled))
            filled += count
            let isLast = count < want || position + UInt64(filled) == range.upperBound
            let used = try cut(filled, isLast: isLast, &builder)
            position += UInt64(used)
            journal.countRead(count)
            if isLast { return position }
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[used..<filled]))
            filled -= used
        }
    }

    /// Cuts chunks from the first `filled` bytes of the buffer while the next cut is certain, and returns their length.
    private func cut(_ filled: Int, isLast: Bool, _ builder: inout ContentBuilder) throws -> Int {
        var start = 0
        while filled - start >= parameters.maximumBytes || (isLast && start < filled) {
            let rest = part(start..<filled)
            let length = chunker.cut(Span(_unsafeElements: rest))
            try builder.addChunk(add(start..<start + length), bytes: length)
            start += length
        }
        return start
    }

    private func add(_ range: Range<Int>) throws -> ChunkID {
        let bytes = part(range)
        return try session.add(Span(_unsafeElements: bytes), .content)
    }

    /// A part of the buffer, which lives as long as the reader and is not written to while a span of it is in use.
    private func part(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
        UnsafeRawBufferPointer(rebasing: buffer[range]).assumingMemoryBound(to: UInt8.self)
    }
}
