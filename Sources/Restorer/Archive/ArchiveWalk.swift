import Repository
import SystemInterface

/// Goes through a tree in a thread of its own, ahead of who archives it, and has others decode the bytes that come next.
final class ArchiveWalk: Sendable {
    /// What the walk meets, in the order of the archive.
    enum Step: Sendable {
        /// A directory, before what it holds, or anything else.
        case entry(TreeEntry, path: [UInt8])
        /// What the directory at `path` holds cannot be read, or not what is left of it.
        case unread(RepositoryError, path: [UInt8])
    }

    private let queue: BoundedQueue<[Step]>
    private let thread: Thread

    /// Begins with `entry`, whose path in the archive is `path`.
    init(_ entry: TreeEntry, path: [UInt8], source: ChunkSource) throws(SystemError) {
        let queue = BoundedQueue<[Step]>(limit: RestoreLimits.archiveBatchesMax)
        self.queue = queue
        thread = try Thread.spawn(name: "pastfs-walk") {
            var walker = ArchiveWalker(source: source, queue: queue)
            walker.run(entry, path: path)
            queue.close()
        }
    }

    /// The next steps; nil behind the last.
    func next() -> [Step]? {
        queue.pop()
    }

    /// Ends the thread, wherever it is.
    func stop() {
        queue.cancel()
        thread.join()
    }
}

/// What the thread of a walk does.
private struct ArchiveWalker {
    /// A directory that the walk is in.
    private struct Level {
        let path: [UInt8]
        let directory: TreeDirectory
        var page = 0
        var entries: ArraySlice<TreeEntry> = []
    }

    private let source: ChunkSource
    private let queue: BoundedQueue<[ArchiveWalk.Step]>
    private var stack: [Level] = []
    private var steps: [ArchiveWalk.Step] = []
    /// The chunks that the files of `steps` begin with, and how long they are in sum.
    private var chunks: [ChunkID] = []
    private var bytes: UInt64 = 0
    /// Whether nobody takes steps any more.
    private var isOver = false

    init(source: ChunkSource, queue: BoundedQueue<[ArchiveWalk.Step]>) {
        self.source = source
        self.queue = queue
    }

    mutating func run(_ entry: TreeEntry, path: [UInt8]) {
        visit(entry, path: path)
        while !isOver, let level = stack.indices.last {
            if let entry = stack[level].entries.popFirst() {
                visit(entry, path: stack[level].path + [UInt8(ascii: "/")] + entry.name)
            } else if stack[level].page < stack[level].directory.pageCount {
                stack[level].page += 1
                do throws(RepositoryError) {
                    stack[level].entries = try stack[level].directory.page(stack[level].page - 1).entries[...]
                } catch {
                    add(.unread(error, path: stack[level].path))
                }
            } else {
                stack.removeLast()
            }
        }
        flush()
    }

    private mutating func visit(_ entry: TreeEntry, path: [UInt8]) {
        if let first = entry.firstChunk {
            chunks.append(first.id)
            bytes += first.bytes
        }
        add(.entry(entry, path: path))
        guard entry.type == .directory else { return }
        do throws(RepositoryError) {
            guard stack.count <= Limits.treeDepthMax else {
                throw RepositoryError(.damaged, "the tree is deeper than the format allows")
            }
            stack.append(Level(path: path, directory: try TreeDirectory(entry, source: source)))
        } catch {
            add(.unread(error, path: path))
        }
    }

    private mutating func add(_ step: ArchiveWalk.Step) {
        steps.append(step)
        if steps.count >= RestoreLimits.batchEntriesMax || bytes >= RestoreLimits.batchBytesMax { flush() }
    }

    private mutating func flush() {
        if !chunks.isEmpty { _ = source.prefetch(chunks, .content, bytes: Int(clamping: bytes)) }
        if !queue.push(steps) { isOver = true }
        steps = []
        chunks = []
        bytes = 0
    }
}

extension TreeEntry {
    /// The chunk that a file begins with, where that is known without reading a list. The rest of a large file is decoded
    /// ahead by who reads it.
    fileprivate var firstChunk: (id: ChunkID, bytes: UInt64)? {
        guard type == .regular else { return nil }
        switch content {
        case .chunk(let id): return (id, size)
        case .segments(let segments):
            guard let segment = segments.first, let id = segment.chunk else { return nil }
            return (id, segment.bytes)
        default: return nil
        }
    }
}
