import Repository
import SystemInterface

/// Decides what may be taken over from the parent snapshot without being read.
///
/// A file counts as unchanged when type, size, both times, inode and device are those that the parent has, and when
/// its last change was clearly before the parent's run began: a file that was written during that run, or in the same
/// tick of a coarse clock, can differ and yet look the same ("racily clean" in git's index-format). One that is written
/// through a mapping can for longer: `WritebackDelay`. The device does not count where a run is told so: a file system
/// that is mounted from a snapshot has another number each time.
struct ParentCheck {
    /// The coarsest granularity of times on a file system that is in use: two seconds, on FAT.
    static let slackSeconds: Int64 = 2

    /// Before this an inode must have changed last, and a regular file before that.
    private let started: Timestamp
    private let startedOfFiles: Timestamp
    private let finished: Timestamp
    private let source: ChunkSource
    private let session: WriteSession
    private let ignoresDevice: Bool
    /// Whether every chunk that the parent names is known to be in the repository.
    let isComplete: Bool

    init(parent: Snapshot, source: ChunkSource, session: WriteSession, ignoresDevice: Bool) {
        started = parent.manifest.started.adding(seconds: -Self.slackSeconds)
        startedOfFiles = parent.manifest.started.adding(seconds: -WritebackDelay.seconds())
        finished = parent.manifest.finished.adding(seconds: Self.slackSeconds)
        isComplete = session.isComplete(parent.id)
        self.source = source
        self.session = session
        self.ignoresDevice = ignoresDevice
    }

    /// Whether the inode is as the parent has it, so that attributes and link targets are, too.
    func isUnchanged(_ entry: TreeEntry, _ status: FileStatus) -> Bool {
        // What the parent could not have of it is to be asked for, however long it has not changed.
        !entry.lacksAttributes && hasUnchangedContent(entry, status)
    }

    /// The same of an entry as it stands in its page.
    func isUnchanged(_ entry: PageEntry, _ status: FileStatus) -> Bool {
        guard !entry.lacksAttributes, entry.inode == status.inode, entry.changed == status.changed,
            entry.modified == status.modified,
            entry.type == status.type, ignoresDevice || entry.device == status.device,
            entry.type != .regular || entry.size == status.size
        else { return false }
        return isSettled(status)
    }

    /// Whether the inode is as the parent has it, which may lack its attributes.
    func hasUnchangedContent(_ entry: TreeEntry, _ status: FileStatus) -> Bool {
        guard entry.inode == status.inode, entry.changed == status.changed, entry.modified == status.modified,
            entry.type == status.type, ignoresDevice || entry.device == status.device,
            entry.type != .regular || entry.size == status.size
        else { return false }
        return isSettled(status)
    }

    /// Whether the last change was clearly before the parent's run.
    private func isSettled(_ status: FileStatus) -> Bool {
        let started = status.type == .regular ? startedOfFiles : started
        // The kernel sets the change time, so a file may have any other time and still be known as unchanged; where it
        // does not keep one, the modification time must not lie within the run.
        return status.changed < started && !(status.modified >= started && status.modified <= finished)
    }

    /// Whether every chunk of the file's content is still in the repository's index.
    ///
    /// The pages of a long list are read for that: that a page is there says nothing of what it names. Bytes of content
    /// are not read; that they are whole is for a check of the repository to find out.
    func isPresent(_ entry: TreeEntry) throws(RepositoryError) -> Bool {
        if isComplete, entry.content != .unreadable { return entry.size == 0 || entry.content != .none }
        switch entry.content {
        case .none: return entry.size == 0
        case .chunk(let id): return try session.contains(id)
        case .segments(let segments):
            for segment in segments {
                if let id = segment.chunk, try !session.contains(id) { return false }
            }
            return true
        case .list: return try isListPresent(entry)
        case .tree, .unreadable: return false
        }
    }

    private func isListPresent(_ entry: TreeEntry) throws(RepositoryError) -> Bool {
        var isComplete = true
        do throws(RepositoryError) {
            let contents = try FileContents(entry, source: source)
            // A page that was had from the files cache may be in the repository no more.
            for page in contents.listPages where try !session.contains(page) { return false }
            try contents.forEachRun { (run) throws(RepositoryError) in
                if isComplete, let id = run.segment.chunk { isComplete = try session.contains(id) }
            }
        } catch {
            // A damaged list costs reading the file again, and no more.
            guard error.isDamage else { throw error }
            return false
        }
        return isComplete
    }

    /// Whether the attributes can be named without being stored.
    func isPresent(_ attributes: ExtendedAttributeSet) throws(RepositoryError) -> Bool {
        switch attributes {
        case .inline: true
        case .reference(let id): isComplete ? true : try session.contains(id)
        }
    }
}
