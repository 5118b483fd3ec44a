import Glibc
import Repository
import SystemInterface

/// Compares files with what the snapshot says of them.
struct FileVerifier {
    private static let blockBytes = 1 << 20

    let source: ChunkSource
    /// Says when to stop, if anybody does.
    let journal: RestoreJournal?

    /// Whether an open file has the bytes of `entry`, and no more.
    func holds(_ entry: TreeEntry, _ file: borrowing FileDescriptor) throws -> Bool {
        guard try file.status().size == entry.size else { return false }
        return try firstDifference(entry, file) == nil
    }

    /// Where a block begins that is not as the first bytes of `entry` say, or nil.
    ///
    /// What was written lately is first brought to where the file lies, so that it is read from there. Where both have a
    /// hole nothing is read.
    func firstDifference(_ entry: TreeEntry, _ file: borrowing FileDescriptor) throws -> UInt64? {
        try file.dropFromCache()
        let contents = try FileContents(entry, source: source)
        var runs = SequentialRuns(contents)
        let block = UnsafeMutableRawBufferPointer.allocate(
            byteCount: Int(min(UInt64(Self.blockBytes), max(1, entry.size))), alignment: 64)
        defer { block.deallocate() }
        while let run = try runs.next() {
            let chunk = try contents.bytes(of: run)
            var position = run.start
            while position < run.end {
                try journal?.checkStopped()
                if chunk == nil {
                    guard let data = try file.nextData(from: position), data < run.end else { break }
                    position = data
                }
                let count = Int(min(UInt64(block.count), run.end - position))
                let part = UnsafeMutableRawBufferPointer(rebasing: block[..<count])
                guard try file.preadFully(into: part, at: position) == count,
                    Self.isEqual(UnsafeRawBufferPointer(part), chunk, at: Int(position - run.start))
                else { return position }
                position += UInt64(count)
            }
        }
        return nil
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
