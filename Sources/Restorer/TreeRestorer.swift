import PathRules
import Repository
import SystemInterface

/// Goes through a tree of a snapshot and puts it into a directory: makes the directories itself, and hands everything else
/// to other threads, in the order of the tree, in which the files' bytes lie together too.
///
/// It goes by descriptors from the destination on and follows no link below it, so that nothing that lies in the
/// destination leads it elsewhere. It keeps its own stack, and of a deep tree only the lowest directories open.
struct TreeRestorer: ~Copyable {
    let context: RestoreContext
    /// The path in the snapshot of what is in the destination.
    let base: FilePath
    /// The entries of the directories above that, from the root on; none where nothing is removed.
    let above: [TreeEntry]
    /// What writes files; nil in a dry run.
    let workers: LeafWorkers?
    var places = HardLinkPlaces()
    var stack: [RestoreFrame] = []
    /// The path in the snapshot of the item at hand.
    var path: PathBuffer
    /// Whether one item is restored by itself, and not what a directory holds.
    private var isAlone = false

    var journal: RestoreJournal { context.journal }
    var isDryRun: Bool { context.options.isDryRun }

    init(_ context: RestoreContext, base: FilePath, above: [TreeEntry], workers: LeafWorkers?) {
        self.context = context
        self.base = base
        self.above = above
        self.workers = workers
        path = PathBuffer(base)
    }

    /// Restores what `entry`, a directory, holds into `place`; its attributes too if `getsAttributes`.
    ///
    /// Whoever calls it works on the directory too, and ends that (`DirectoryCompletion.end`) when all threads are done.
    mutating func restoreContents(
        of entry: TreeEntry, into place: RestoreFrame.Place, getsAttributes: Bool
    ) throws -> DirectoryCompletion {
        let root = try makeFrame(
            entry, in: above.last, isIncluded: context.filter.includesAll, isSaved: context.sources.cover(base),
            sourceDepths: context.patterns.sourceDepths(of: base, above: above))
        root.place = place
        root.getsAttributes = getsAttributes
        root.completion.begin()
        if let target = root.target, context.ownDirectories.contains(target.identity) { root.protection = .own }
        try listExtraneous(of: root)
        stack.append(root)
        while let frame = stack.last {
            try journal.checkStopped()
            do {
                guard let next = try frame.next() else {
                    try leave(frame)
                    continue
                }
                try restore(next, in: frame)
            } catch let error as RepositoryError {
                try journal.absorb(error, path: path.path)
            }
        }
        return root.completion
    }

    /// Restores `entry`, anything but a directory, into `place`.
    mutating func restoreOnly(_ entry: TreeEntry, into place: RestoreFrame.Place) throws {
        let frame = RestoreFrame(
            entry: entry, tree: nil, isIncluded: context.filter.includesAll, coverage: .none, sourceDepths: [],
            completion: DirectoryCompletion(entry, path: path.path, context: context))
        frame.place = place
        stack.append(frame)
        isAlone = true
        try restore(entry, in: frame)
        flush(frame)
    }

    private mutating func restore(_ entry: TreeEntry, in frame: RestoreFrame) throws {
        compare(entry.name, in: frame)
        path.push(entry.name)
        var isInside = false
        defer { if !isInside { path.pop() } }
        let isDirectory = entry.type == .directory
        let verdict = context.filter.verdict(path, isDirectory: isDirectory, isInIncluded: frame.isIncluded)
        guard verdict != .leftOut else { return }
        // The backup was made while a restore was at work there: here it would tell of one that never was.
        if stack.count == 1, !isAlone, TemporaryName.isMark(entry.name) {
            return journal.note(
                "a mark of a restore that had not ended when this was saved: it is left out", path: path.path)
        }
        do {
            if isDirectory {
                try enter(entry, isIncluded: verdict == .restored)
                isInside = true
            } else {
                try materialize()
                try restoreLeaf(entry, in: frame)
            }
        } catch {
            try journal.absorb(error, path: path.path)
        }
    }

    /// Takes a name that the snapshot has off what may be removed. It is done before anything is made under it.
    private func compare(_ name: [UInt8], in frame: RestoreFrame) {
        guard frame.extraneous?.has(name) == false, frame.extraneous?.isEmpty == false, frame.foldedName == nil,
            let target = frame.target
        else { return }
        do throws(SystemError) {
            if try target.status(of: name) != nil { frame.foldedName = name }
        } catch {
            // What cannot be looked for may be there, unless such a name cannot be.
            if error.errno != .nameTooLong, error.errno != .invalidArgument { frame.foldedName = name }
        }
    }

    private func makeFrame(
        _ entry: TreeEntry, in above: TreeEntry?, isIncluded: Bool, isSaved: Bool, sourceDepths: [Int]
    ) throws -> RestoreFrame {
        let tree = try open(entry)
        // Snapshots of before 2026-11-23 have no more to say of a file system that was left out.
        let isLeftOut = tree?.entryCount == 0 && above.map { $0.device != entry.device } ?? false
        let coverage: RestoreFrame.Coverage =
            if entry.isPassedThrough { .partial } else if !isSaved { .none } else { isLeftOut ? .partial : .whole }
        return RestoreFrame(
            entry: entry, tree: tree, isIncluded: isIncluded, coverage: coverage, sourceDepths: sourceDepths,
            completion: DirectoryCompletion(entry, path: path.path, context: context))
    }

    /// The names of a directory, or nil where they cannot be read, which is reported.
    private func open(_ entry: TreeEntry) throws -> TreeDirectory? {
        do throws(RepositoryError) {
            return try TreeDirectory(entry, source: context.source)
        } catch {
            try journal.absorb(error, path: path.path)
            return nil
        }
    }

    /// Goes down into a directory, which is made or joined now or, where it is only passed through, when it is needed.
    private mutating func enter(_ entry: TreeEntry, isIncluded: Bool) throws {
        guard stack.count <= Limits.treeDepthMax else {
            throw RepositoryError(.damaged, "the tree is deeper than the format allows")
        }
        guard let above = stack.last else { return }
        flush(above)
        let isSource = context.sources.has(path.path)
        let depths = context.patterns.sourceDepths(
            of: path, isSource: isSource, in: above.entry, startingAt: above.sourceDepths)
        let frame = try makeFrame(
            entry, in: above.entry, isIncluded: isIncluded, isSaved: above.coverage != .none || isSource,
            sourceDepths: depths)
        stack.append(frame)
        do {
            if isIncluded { try materialize() } else { try joinForDeleting(frame) }
        } catch {
            stack.removeLast()
            throw error
        }
    }

    /// Hands what was gathered for a directory to a thread.
    func flush(_ frame: RestoreFrame) {
        guard let batch = frame.batch else { return }
        frame.batch = nil
        workers?.submit(batch)
    }

    /// Goes back up; the directory gets its attributes when all that is in it is there.
    private mutating func leave(_ frame: RestoreFrame) throws {
        flush(frame)
        do {
            try removeExtraneous(of: frame)
        } catch {
            try journal.absorb(error, path: path.path)
        }
        let above = stack.count > 1 ? stack[stack.count - 2] : nil
        if let above, case .closed(let trace) = above.place { try reopen(above, trace, from: frame) }
        var done = RestoreStatistics()
        if case .unmade = frame.place {} else { done.directories = 1 }
        try frame.completion.leave(isDryRun || !frame.getsAttributes || frame.entry.isOnlyName ? nil : frame.target)
        stack.removeLast()
        journal.advance(done, path: path.path)
        path.pop()
    }

    private func reopen(_ frame: RestoreFrame, _ trace: TargetDirectory.Trace, from below: RestoreFrame) throws {
        guard let target = below.target, let directory = TargetDirectory(above: target, expected: trace) else {
            throw RestoreError(.destination, path: path.path, "the directory was moved while it was restored")
        }
        frame.place = .open(directory)
    }
}

extension TreeEntry {
    /// Whether the backup knew nothing of an item but its name and what kind it is: all attributes are made up.
    fileprivate var isOnlyName: Bool {
        content == .unreadable && device == 0 && changed == .zero && modified == .zero
    }
}
