import Glibc
import Repository
import SystemInterface

/// A file that was restored, to be compared with what a snapshot says of it.
struct RestoredFile {
    /// What is not as the snapshot says.
    struct Difference {
        let text: String
        /// Whether it is in the bytes, and not in what describes them.
        let isContent: Bool
    }

    private static let blockBytes = 1 << 20

    let path: FilePath
    /// Where the bytes come from that the file must have.
    let source: ChunkSource

    /// The first difference, or nil.
    func difference(from entry: TreeEntry) throws -> Difference? {
        let file: FileDescriptor
        do throws(SystemError) {
            file = try FileDescriptor.open(path, [.readOnly, .noFollow, .nonBlocking])
        } catch {
            return Difference(text: "it was not restored: \(error.errno.message)", isContent: true)
        }
        let status = try file.status()
        guard status.type == .regular else { return Difference(text: "it is no file any more", isContent: true) }
        guard status.size == entry.size else {
            return Difference(text: "it has \(status.size) bytes instead of \(entry.size)", isContent: true)
        }
        if let offset = try firstDifference(in: file, from: entry) {
            return Difference(text: "it has other bytes from offset \(offset) on", isContent: true)
        }
        guard status.modified == entry.modified else {
            return Difference(text: "it has another time of modification", isContent: false)
        }
        guard status.permissions == entry.permissions else {
            return Difference(text: "it has other permissions", isContent: false)
        }
        return nil
    }

    /// The offset of the block that holds the first byte that differs, or nil.
    private func firstDifference(in file: borrowing FileDescriptor, from entry: TreeEntry) throws -> UInt64? {
        try file.dropFromCache()
        let contents = try FileContents(entry, source: source)
        var offset: UInt64 = 0
        while offset < entry.size {
            let count = Int(min(UInt64(Self.blockBytes), entry.size - offset))
            var wanted = [UInt8](repeating: 0, count: count)
            let given = try wanted.withUnsafeMutableBytes { try contents.read(at: offset, into: $0) }
            let found = try file.pread(count, at: offset)
            guard given == count, found == wanted else { return offset }
            offset += UInt64(count)
        }
        return nil
    }
}
