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
        if let offset = try FileVerifier(source: source, journal: nil).firstDifference(entry, file) {
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
}
