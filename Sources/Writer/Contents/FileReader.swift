import Chunking
import Repository
import SystemInterface

/// Reads files that the walk does not leave to the pool: cuts them into chunks while others name what was cut before.
struct FileReader: ~Copyable {
    /// What one pass over a file gave.
    struct Pass {
        var content: EntryContent
        /// How many bytes the content stands for.
        var bytes: UInt64
    }

    /// The most that is read of a file whose size the kernel doesn't tell: those of /proc and its like.
    static let unknownSizeBytesMax: UInt64 = 16 << 20

    private let blocks: [ChunkBlock]
    private let chunker: Chunker
    private let parameters: ChunkerParameters
    private let session: WriteSession
    private let journal: BackupJournal
    private let pool: ReadPool
    private let meter: ReadMeter

    init(
        chunker: Chunker, parameters: ChunkerParameters, session: WriteSession, journal: BackupJournal, pool: ReadPool,
        meter: ReadMeter
    ) {
        self.chunker = chunker
        self.parameters = parameters
        self.session = session
        self.journal = journal
        self.pool = pool
        self.meter = meter
        let bytes = WriterLimits.blockChunksMax * parameters.maximumBytes
        blocks = (0..<WriterLimits.blocksMax).map { _ in ChunkBlock(bytes: bytes) }
    }

    /// Whether a file of this status is one of those that the pool reads.
    func isSmall(_ status: FileStatus) -> Bool {
        status.size > 0 && status.size < UInt64(parameters.minimumBytes) && !status.mayHaveHoles
    }

    /// Reads what `status` says that the file has, from its beginning.
    ///
    /// A file that grows meanwhile is read up to the size that it had: the walk cannot be kept busy for ever.
    func read(_ file: borrowing FileDescriptor, _ status: FileStatus) throws -> Pass {
        var builder = ContentBuilder(session: session)
        let end =
            try status.mayHaveHoles
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
        var pending: [ChunkBlock] = []
        do {
            let end = try readRange(file, range, &builder, &pending)
            while !pending.isEmpty { try collect(pending.removeFirst(), &builder) }
            return end
        } catch {
            // The blocks are written again by whoever reads next.
            for block in pending { _ = try? block.wait() }
            throw error
        }
    }

    private func readRange(
        _ file: borrowing FileDescriptor, _ range: Range<UInt64>, _ builder: inout ContentBuilder,
        _ pending: inout [ChunkBlock]
    ) throws -> UInt64 {
        var position = range.lowerBound
        var filled = 0
        var turn = 0
        while true {
            try journal.checkStopped()
            let block = blocks[turn]
            let left = range.upperBound - position - UInt64(filled)
            let want = Int(min(UInt64(block.buffer.count - filled), left))
            let room = UnsafeMutableRawBufferPointer(rebasing: block.buffer[filled..<filled + want])
            let count = want == 0 ? 0 : try file.preadFully(into: room, at: position + UInt64(filled))
            meter.read(count)
            filled += count
            let isLast = count < want || UInt64(count) == left
            let lengths = cut(block, filled, isLast: isLast)
            let used = lengths.reduce(0, +)
            position += UInt64(used)
            turn = (turn + 1) % blocks.count
            if !isLast {
                // The next block may still be named: it is the one that was submitted first.
                if pending.count == blocks.count - 1 { try collect(pending.removeFirst(), &builder) }
                blocks[turn].buffer.copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: block.buffer[used..<filled]))
            }
            filled -= used
            if used > 0 {
                block.prepare(lengths)
                pool.submit(block)
                pending.append(block)
            }
            journal.countRead(count)
            if isLast { return position }
        }
    }

    private func collect(_ block: ChunkBlock, _ builder: inout ContentBuilder) throws(RepositoryError) {
        for chunk in try block.wait() { try builder.addChunk(chunk.id, bytes: chunk.bytes) }
    }

    /// The lengths of the chunks in the first `filled` bytes of a block, while the next cut is certain.
    private func cut(_ block: ChunkBlock, _ filled: Int, isLast: Bool) -> [Int] {
        var lengths: [Int] = []
        var start = 0
        while filled - start >= parameters.maximumBytes || (isLast && start < filled) {
            let length = chunker.cut(Span(_unsafeElements: block.part(start..<filled)))
            lengths.append(length)
            start += length
        }
        return lengths
    }
}
