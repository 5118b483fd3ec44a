import Glibc
import Repository
import SystemInterface

/// Compares files with what the snapshot says of them.
struct FileVerifier {
    private static let blockBytes = 1 << 20

    let source: ChunkSource
    let journal: RestoreJournal

    /// Whether an open file has the bytes of `entry`, and no more.
    ///
    /// What was written lately is first brought to where the file lies, so that it is read from there.
    func holds(_ entry: TreeEntry, _ file: borrowing FileDescriptor) throws -> Bool {
        guard try file.status().size == entry.size else { return false }
        try file.dropFromCache()
        let contents = try FileContents(entry, source: source)
        var runs = SequentialRuns(contents)
        let block = UnsafeMutableRawBufferPointer.allocate(
            byteCount: Int(min(UInt64(Self.blockBytes), max(1, entry.size))), alignment: 64)
        defer { block.deallocate() }
        while let run = try runs.next() {
            try journal.checkStopped()
            let chunk = try contents.bytes(of: run)
            var done: UInt64 = 0
            while done < run.segment.bytes {
                let count = Int(min(UInt64(block.count), run.segment.bytes - done))
                let part = UnsafeMutableRawBufferPointer(rebasing: block[..<count])
                guard try file.preadFully(into: part, at: run.start + done) == count,
                    Self.isEqual(UnsafeRawBufferPointer(part), chunk, at: Int(done))
                else { return false }
                done += UInt64(count)
            }
        }
        return true
    }

    /// Whether bytes are those of the chunk at `offset`, or zeros where there is none.
    private static func isEqual(_ bytes: UnsafeRawBufferPointer, _ chunk: ChunkBytes?, at offset: Int) -> Bool {
        guard let chunk else { return bytes.allSatisfy { $0 == 0 } }
        return chunk.withUnsafeBytes { all in
            guard let left = bytes.baseAddress, let right = all.baseAddress else { return bytes.isEmpty }
            return memcmp(left, right + offset, bytes.count) == 0
        }
    }
}
