import Repository
import SystemInterface

/// Writes the bytes of a file; holes stay holes.
struct FileWriter {
    let source: ChunkSource
    let journal: RestoreJournal

    /// Writes the content of `entry` into a new, empty file, and tells how many bytes that was.
    ///
    /// Throws on the first byte that is missing or damaged; the file is to be removed then.
    func write(_ entry: TreeEntry, to file: borrowing FileDescriptor) throws -> UInt64 {
        try entry.checkSaved()
        switch entry.content {
        case .none where entry.size == 0: return 0
        case .chunk(let id): return try writeWhole(id, entry, to: file)
        case .segments, .list: return try writeRuns(FileContents(entry, source: source), to: file)
        case .none, .tree, .unreadable: throw RepositoryError(.damaged, "the content is not that of a file of its size")
        }
    }

    private func writeWhole(_ id: ChunkID, _ entry: TreeEntry, to file: borrowing FileDescriptor) throws -> UInt64 {
        let chunk = try source.chunk(id, .content)
        guard UInt64(chunk.count) == entry.size else {
            throw RepositoryError(.damaged, "chunk \(id) has \(chunk.count) bytes, its file says \(entry.size)")
        }
        try file.write(all: chunk.bundle.span.extracting(chunk.range))
        return entry.size
    }

    private func writeRuns(_ contents: FileContents, to file: borrowing FileDescriptor) throws -> UInt64 {
        var runs = SequentialRuns(contents)
        var written: UInt64 = 0
        var endsInHole = false
        while let run = try runs.next() {
            try journal.checkStopped()
            if let chunk = try contents.bytes(of: run) {
                try file.pwrite(all: chunk.bundle.span.extracting(chunk.range), at: run.start)
                written += run.segment.bytes
                endsInHole = false
            } else {
                endsInHole = true
            }
        }
        if endsInHole { try file.truncate(to: contents.size) }
        return written
    }
}

extension TreeEntry {
    /// Throws where the backup could not read the file.
    func checkSaved() throws(RepositoryError) {
        guard content == .unreadable else { return }
        throw RepositoryError(.notSaved, "the file could not be read when the backup was made")
    }
}
