import PathRules
import Repository
import SystemInterface

/// The files that are being read ahead of the tree: batches in the order in which the walk met them.
struct FilesAhead {
    let pool: ReadPool
    private var open: [PostponedFile] = []
    private var openBytes: UInt64 = 0
    private var submitted: [(batch: ReadBatch, files: [PostponedFile])] = []
    /// The file that is being settled by the walk itself.
    var settling: PostponedFile?
    /// How many entries wait for a file before them.
    var waitingCount = 0
    /// How many directories have files that are being read, which keep them open.
    private var directoryCount = 0

    init(pool: ReadPool) {
        self.pool = pool
    }

    /// Whether the walk is as far ahead as it may be.
    var isFull: Bool {
        submitted.count >= WriterLimits.batchesAheadMax || waitingCount >= WriterLimits.waitingEntriesMax
            || directoryCount >= WriterLimits.directoriesAheadMax
    }

    var isEmpty: Bool { open.isEmpty && submitted.isEmpty }

    /// Puts a file to the others; they are handed to the pool when they are enough.
    mutating func append(_ file: PostponedFile) {
        if file.frame.filesAhead == 0 { directoryCount += 1 }
        file.frame.filesAhead += 1
        open.append(file)
        openBytes += file.visit.status.size
        if open.count >= WriterLimits.batchFilesMax || openBytes >= UInt64(WriterLimits.batchBytesTarget) { submit() }
    }

    /// Notes that a file has been dealt with.
    mutating func settled(_ file: PostponedFile) {
        file.isSettled = true
        file.frame.filesAhead -= 1
        if file.frame.filesAhead == 0 { directoryCount -= 1 }
    }

    /// Hands what is gathered to the pool.
    mutating func submit() {
        guard !open.isEmpty else { return }
        let batch = ReadBatch(
            open.map { ReadBatch.Request(name: $0.visit.name, directory: $0.directory) })
        submitted.append((batch, open))
        open = []
        openBytes = 0
        pool.submit(batch)
    }

    /// The batch that was submitted first, when it has been read; nil if there is none.
    mutating func next() -> [(file: PostponedFile, outcome: ReadBatch.Outcome)]? {
        if submitted.isEmpty { submit() }
        guard !submitted.isEmpty else { return nil }
        let (batch, files) = submitted.removeFirst()
        let outcomes = batch.wait()
        return zip(files, outcomes).map { (file: $0, outcome: $1) }
    }
}

/// A file that the pool reads, and its place in its directory.
final class PostponedFile {
    let visit: Visit
    let frame: DirectoryFrame
    let directory: OpenDirectory
    let path: PathBuffer
    /// Whether it has been dealt with.
    var isSettled = false
    /// What its directory will hold; nil when there is nothing of it.
    var entry: TreeEntry?

    init(_ visit: Visit, in frame: DirectoryFrame, _ directory: OpenDirectory, path: PathBuffer) {
        self.visit = visit
        self.frame = frame
        self.directory = directory
        self.path = path
    }
}

/// What stands in a directory from the first file on that is still being read.
struct WaitingEntries {
    enum Item {
        case entry(TreeEntry, ParentMatch?)
        case file(PostponedFile)
        case directory(DirectoryFrame)
    }

    /// What was taken is nil, so that no directory stays open for it.
    private var items: [Item?] = []
    private var front = 0

    var isEmpty: Bool { front == items.count }
    var first: Item? { isEmpty ? nil : items[front] }

    mutating func append(_ item: Item) {
        items.append(item)
    }

    mutating func removeFirst() {
        items[front] = nil
        front += 1
        guard front * 2 >= items.count else { return }
        items.removeFirst(front)
        front = 0
    }
}
