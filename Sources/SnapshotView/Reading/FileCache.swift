import Repository
import Synchronization

/// Opened files that have more than one chunk: those used last. A file of one chunk is opened at no cost.
final class FileCache: Sendable {
    private let source: ChunkSource
    private let files = Mutex(LeastRecentlyUsed<NodeID, OpenFile>(costMax: ViewLimits.openFilesMax))
    /// By the root of their list of chunks, how many bytes large files have on a disk: what lists them asks again.
    private let dataBytes = Mutex(LeastRecentlyUsed<ChunkID, UInt64>(costMax: ViewLimits.knownDataBytesMax))

    init(source: ChunkSource) {
        self.source = source
    }

    /// The regular file at `node`.
    func file(_ content: EntryContent, size: UInt64, at node: NodeID) throws(RepositoryError) -> OpenFile {
        switch content {
        case .segments, .list: break
        default:
            let contents = try FileContents(content, size: size, source: source)
            return OpenFile(contents, hasManyChunks: false)
        }
        if let known = files.withLock({ $0.value(node) }) { return known }
        let file = OpenFile(try FileContents(content, size: size, source: source), hasManyChunks: true)
        let cost = 1 + file.contents.pageCount / ViewLimits.openFilePages
        files.withLock { $0.insert(file, for: node, cost: cost) }
        return file
    }

    /// How many bytes of the file with a list of chunks are not in holes.
    func dataBytes(list: ChunkID, size: UInt64) throws(RepositoryError) -> UInt64 {
        if let known = dataBytes.withLock({ $0.value(list) }) { return known }
        let count = try FileContents(.list(list), size: size, source: source).dataBytes()
        dataBytes.withLock { $0.insert(count, for: list, cost: 1) }
        return count
    }
}
