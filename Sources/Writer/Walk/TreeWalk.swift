import PathRules
import Repository
import SystemInterface

/// Walks the sources once, and stores what it finds as a tree.
///
/// It goes by descriptors, from a directory to the names in it, so that a path has no length that is too much and no
/// link that is put in the way is followed. It keeps its own stack, and of a deep tree only the lowest directories open.
struct TreeWalk: ~Copyable {
    /// How many directories the walk goes through are open at most, those not counted that lead to a source. Those of
    /// files that are being read have a limit of their own: `WriterLimits.directoriesAheadMax`.
    static let openDirectoriesMax = 64
    /// How often a name is looked at anew that changes under the walk.
    static let attemptsMax = 3

    let session: WriteSession
    let source: ChunkSource
    let journal: BackupJournal
    let rules: ExcludeRules
    let filter: SourceFilter
    /// Directories that are left out wherever they are met.
    let ownDirectories: Set<DirectoryIdentity>
    let parentCheck: ParentCheck?
    let reader: FileReader
    let scout: SourceScout?
    var accounts = AccountNames()
    var hardLinks = HardLinkTable()
    var stack: [DirectoryFrame] = []
    /// The files that the pool reads, in the order in which the walk met them.
    var ahead: FilesAhead
    /// How many seconds may still be spent waiting for leases.
    var leaseSecondsLeft = WriterLimits.leaseSecondsMax

    init(
        session: WriteSession, source: ChunkSource, journal: BackupJournal, rules: ExcludeRules,
        filter: SourceFilter, ownDirectories: Set<DirectoryIdentity>, parent: Snapshot?,
        ignoresDevice: Bool, reader: consuming FileReader, pool: ReadPool,
        scout: SourceScout?
    ) {
        self.session = session
        self.source = source
        self.journal = journal
        self.rules = rules
        self.filter = filter
        self.ownDirectories = ownDirectories
        self.reader = reader
        self.scout = scout
        ahead = FilesAhead(pool: pool)
        parentCheck = parent.map {
            ParentCheck(parent: $0, source: source, session: session, ignoresDevice: ignoresDevice)
        }
    }

    /// Walks everything that `plan` names, and returns the snapshot's root.
    ///
    /// Out of time it throws, or with `keepsPartial` leaves all directories that it is in as far as they are.
    mutating func run(_ plan: SourcePlan, parent: Snapshot?, keepsPartial: Bool) throws -> TreeEntry {
        try enterRoot(plan, parent: parent)
        while let frame = stack.last {
            let depth = journal.path.depth
            do {
                if let root = try step(frame) { return root }
            } catch let error as BackupError where error.code == .outOfTime && keepsPartial {
                endEarly(depth: depth)
            }
        }
        throw BackupError(.invalidArgument, "there is no path to save")
    }

    /// Makes the walk go back up from the directory at `depth`: all that it is in are left as far as they are.
    mutating func endEarly(depth: Int) {
        journal.isPartial = true
        while journal.path.depth > depth { journal.path.pop() }
        for frame in stack {
            frame.names = []
            // What the walk has not come to was not removed.
            frame.parent = nil
        }
    }

    /// Deals with the next name of a directory, or leaves it; returns the snapshot's root once it is left.
    mutating func step(_ frame: DirectoryFrame) throws -> TreeEntry? {
        guard let next = frame.names.popLast() else { return try leave(frame) }
        let known = knownStatus(frame)
        try settleWhileFull()
        journal.path.push(next.name)
        if try !visit(next, known, in: frame) { journal.path.pop() }
        return nil
    }

    /// What the scout saw of the name that was taken last, while that is to go by.
    private func knownStatus(_ frame: DirectoryFrame) -> FileStatus? {
        guard let scout, let scouted = frame.scouted, scout.isFresh(scouted) else { return nil }
        return scouted.statuses[frame.names.count]
    }

    private mutating func enterRoot(_ plan: SourcePlan, parent: Snapshot?) throws {
        let directory: OpenDirectory
        do throws(SystemError) {
            directory = try OpenDirectory("/", plan.root.isSource ? OpenDirectory.listing : .pathOnly)
        } catch {
            throw BackupError(.sourceUnreachable, path: "/", error.errno.message)
        }
        let status = try directory.descriptor.status()
        var entry = makeEntry(name: [], status)
        if plan.root.isSource { try readAttributes(of: directory, [], in: nil, into: &entry) }
        let names = plan.root.isSource ? try directory.sortedEntries() : plannedNames(plan.root)
        let cursor = ParentCursor(parent?.manifest.root, source: source)
        stack.append(
            DirectoryFrame(
                entry: entry, directory: directory, names: names, tree: makeTree(keeping: cursor), parent: cursor,
                above: nil,
                before: nil, plan: plan.root,
                isPartial: !plan.root.isSource, sourceDepth: 0))
    }

    func plannedNames(_ plan: SourcePlan.Node) -> [DirectoryEntry] {
        plan.names.reversed().map { DirectoryEntry(name: $0, type: nil, inode: 0) }
    }

    /// Ends a directory that has been walked, and goes back up; returns its entry if it is the snapshot's root.
    private mutating func leave(_ frame: DirectoryFrame) throws -> TreeEntry? {
        try finishParent(of: frame)
        frame.isWalked = true
        guard let above = frame.above else {
            // It is left when all is settled: if that is not in time, the walk comes here again.
            try settleAll()
            stack.removeLast()
            if !frame.isComplete { try complete(frame) }
            return frame.entry
        }
        stack.removeLast()
        journal.path.pop()
        if frame.waiting.isEmpty {
            try complete(frame)
            try add(frame.entry, frame.before, to: above)
        } else {
            settleLost(of: frame)
            try wait(for: .directory(frame), in: above)
        }
        // One that is only settled in may be closed for good, or is the walk's own to open.
        if above.directory == nil, above !== ahead.settling?.frame { reopen(above, from: frame) }
        // It may wait for long, and many may: only files of its own that are being read keep it open.
        frame.directory = nil
        return nil
    }

    /// Opens the directory above the one that has just been walked, if it still is the one that it was.
    private func reopen(_ frame: DirectoryFrame, from child: DirectoryFrame) {
        guard let below = child.directory,
            let directory = try? OpenDirectory.open([0x2E, 0x2E], in: below, OpenDirectory.listing),
            let status = try? directory.descriptor.status(),
            status.inode == frame.entry.inode, status.device == frame.entry.device
        else {
            if !frame.names.isEmpty {
                journal.report("the directory was moved while it was read: \(frame.names.count) names are not saved")
                frame.names = []
                // What is left of the parent's directory was not looked for: it does not count as removed.
                frame.parent = nil
            }
            return
        }
        frame.directory = directory
    }
}

/// What tells a directory from every other while it exists.
struct DirectoryIdentity: Hashable, Sendable {
    let device: UInt64
    let inode: UInt64

    init(_ status: FileStatus) {
        device = status.device
        inode = status.inode
    }

    /// Those of the directories that `paths` lead to; of paths that lead nowhere there are none.
    static func of(_ paths: [FilePath]) -> Set<DirectoryIdentity> {
        Set(paths.compactMap { (try? FileSystem.status($0, followingLinks: true)).map(DirectoryIdentity.init) })
    }
}
