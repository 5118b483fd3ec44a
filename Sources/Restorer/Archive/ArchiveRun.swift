import PathRules
import Repository
import SystemInterface

/// Writes a snapshot, or a part of one, as a tar archive; for one use, and synchronous.
///
/// The members of a directory have paths from it on, and begin with `.` for itself; anything else is one member under its
/// own name. It streams: memory does not grow with what is archived, but with inodes that have names still to come. One
/// thread goes through the tree and others decode ahead, by a bounded number of files; the caller's writes.
public final class ArchiveRun {
    private let snapshot: Snapshot
    private let path: FilePath
    private let source: ChunkSource
    private let journal: RestoreJournal
    private var writer: ArchiveWriter
    private var places = HardLinkPlaces()
    private var done = RestoreStatistics()
    private var isDirectory = false

    /// A run that hands the archive of `path` in `snapshot` to `sink`, piece by piece; what `sink` throws ends it.
    public init(
        repository: Repository, snapshot: Snapshot, path: FilePath?, observer: (any RestoreObserver)? = nil,
        sink: @escaping ([UInt8]) throws -> Void
    ) {
        self.snapshot = snapshot
        self.path = (path ?? "/").normalized
        source = repository.makeSource()
        journal = RestoreJournal(observer: observer, cancelled: StopFlag())
        writer = ArchiveWriter(source: source, sink: sink)
    }

    /// Writes the archive.
    ///
    /// What cannot be archived, because it is damaged, was not saved or is a socket, is a problem and left out. Throws when
    /// damage is met behind a file's first chunk: then the archive has no end, and every program that reads it says so.
    public func run() throws -> RestoreOutcome {
        guard let entry = try SnapshotPath.lookup(path.components, in: snapshot, source: source) else {
            throw RestoreError(.noSuchPath, path: path, "snapshot \(snapshot.id.short) has nothing at this path")
        }
        isDirectory = entry.type == .directory
        let walk = try ArchiveWalk(entry, path: isDirectory ? [UInt8(ascii: ".")] : entry.name, source: source)
        defer { walk.stop() }
        while let steps = walk.next() {
            for step in steps {
                switch step {
                case .entry(let entry, let path): try add(entry, path: path)
                case .unread(let error, let path): try journal.absorb(error, path: place(path))
                }
            }
        }
        try writer.finish()
        return journal.outcome
    }

    private func add(_ entry: TreeEntry, path: [UInt8]) throws {
        if entry.type == .directory {
            try writer.write(entry, .directory, path: path + [UInt8(ascii: "/")])
            done.directories = 1
            return tell(path)
        }
        if entry.isHardLinked, let first = places.place(for: entry) {
            try writer.write(entry, .hardLink, path: path, link: first.path)
            done.hardLinks = 1
            return tell(path)
        }
        let before = writer.count
        do {
            guard try write(entry, path: path) else {
                return journal.report("a socket cannot be archived, and is left out", path: place(path))
            }
        } catch let error as RepositoryError where writer.count == before {
            return try journal.absorb(error, path: place(path))
        } catch let error as RepositoryError where error.isDamage {
            // What has been written of the member cannot be taken back, so that no other may follow.
            journal.report("\(error); the archive ends within it", path: place(path), isDamage: true)
            throw error
        }
        if entry.isHardLinked { _ = places.remember(entry, at: path) }
        done.count(entry)
        tell(path)
    }

    /// Writes anything but a directory or a further name; false for what an archive cannot hold.
    private func write(_ entry: TreeEntry, path: [UInt8]) throws -> Bool {
        switch entry.type {
        case .regular: try writer.writeFile(entry, path: path)
        case .symbolicLink: try writer.write(entry, .symbolicLink, path: path, link: entry.symbolicLinkTarget)
        case .fifo: try writer.write(entry, .fifo, path: path)
        case .characterDevice: try writer.write(entry, .characterDevice, path: path)
        case .blockDevice: try writer.write(entry, .blockDevice, path: path)
        case .socket, .directory: return false
        }
        return true
    }

    private func tell(_ path: [UInt8]) {
        journal.advance(done, path: place(path))
        done = RestoreStatistics()
    }

    /// The path in the snapshot of a member.
    private func place(_ member: [UInt8]) -> FilePath {
        let base = isDirectory ? path : path.parent
        return base.appending(member).normalized
    }
}
