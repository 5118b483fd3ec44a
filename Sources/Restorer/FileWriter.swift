import Repository
import SystemInterface

/// Writes the bytes of a file; holes stay holes.
struct FileWriter {
    let source: ChunkSource
    let journal: RestoreJournal

    /// Writes the content of `entry` into a new, empty file.
    ///
    /// Throws on the first byte that is missing or damaged; the file is to be removed then.
    func write(_ entry: TreeEntry, to file: borrowing FileDescriptor) throws {
        switch entry.content {
        case .none where entry.size == 0: return
        case .chunk(let id): try writeWhole(id, entry, to: file)
        case .segments, .list: try writeRuns(FileContents(entry, source: source), to: file)
        case .unreadable: throw RepositoryError(.notSaved, "the file could not be read when the backup was made")
        case .none, .tree: throw RepositoryError(.damaged, "the content is not that of a file of its size")
        }
    }

    private func writeWhole(_ id: ChunkID, _ entry: TreeEntry, to file: borrowing FileDescriptor) throws {
        let chunk = try source.chunk(id, .content)
        guard UInt64(chunk.count) == entry.size else {
            throw RepositoryError(.damaged, "chunk \(id) has \(chunk.count) bytes, its file says \(entry.size)")
        }
        try file.write(all: chunk.bundle.span.extracting(chunk.range))
        journal.statistics.bytes += entry.size
    }

    private func writeRuns(_ contents: FileContents, to file: borrowing FileDescriptor) throws {
        var position: UInt64 = 0
        var endsInHole = false
        while position < contents.size {
            try journal.checkStopped()
            let run = try contents.run(at: position)
            guard run.start == position, run.end > position else {
                throw RepositoryError(.damaged, "the runs of the file do not join at \(position)")
            }
            if run.end < contents.size { try contents.prefetch(after: run.end) }
            if let chunk = try contents.bytes(of: run) {
                try file.pwrite(all: chunk.bundle.span.extracting(chunk.range), at: position)
                journal.statistics.bytes += run.segment.bytes
                endsInHole = false
                journal.advance()
            } else {
                endsInHole = true
            }
            position = run.end
        }
        guard position == contents.size else {
            throw RepositoryError(.damaged, "the runs of the file do not add up to its size")
        }
        if endsInHole { try file.truncate(to: contents.size) }
    }
}
