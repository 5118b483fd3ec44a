import Repository
import SystemInterface

extension TreeWalk {
    /// What became of a directory.
    enum Entry {
        /// The walk is in it.
        case saved
        /// It stands in its parent, and there is nothing to walk.
        case kept
        case vanished
        case replaced
    }

    /// Opens and lists a directory, and makes it the one that the walk is in.
    mutating func enter(
        _ visit: Visit, in frame: DirectoryFrame, _ above: OpenDirectory, isPartial: Bool
    ) throws -> Entry {
        let directory: OpenDirectory
        let status: FileStatus
        do throws(SystemError) {
            directory = try open(visit.name, in: above, isPartial: isPartial, followingLinks: frame.isPartial)
            status = try directory.descriptor.status()
        } catch {
            switch error.errno {
            case .noEntry: return .vanished
            case .notDirectory, .tooManySymbolicLinks: return .replaced
            default:
                if visit.plan == nil, try keepForeign(visit, in: frame) { return .kept }
                return try keepUnreadable(visit, in: frame, above, error.errno.message)
            }
        }
        var entry = makeEntry(name: visit.name, status)
        try readAttributes(of: directory, visit, in: above, status, isPartial: isPartial, into: &entry)
        if try keepEmpty(visit, in: frame, directory, status, entry) { return .kept }
        guard journal.path.depth <= Limits.treeDepthMax else {
            return try keepUnreadable(visit, in: frame, above, "this is deeper than a snapshot can hold")
        }
        var isPartial = isPartial
        var isMarked = false
        var names: [DirectoryEntry]
        var scouted = isPartial ? nil : scout?.take(journal.path.bytes, status)
        do throws(SystemError) {
            if let scouted {
                names = scouted.names
            } else {
                names = try isPartial ? plannedNames(visit.plan ?? SourcePlan.Node()) : directory.sortedEntries()
            }
        } catch {
            return try keepUnreadable(visit, in: frame, above, error.errno.message)
        }
        if !isPartial, let marker = marker(among: names, of: directory, visit.plan) {
            journal.excludedCount += UInt64(names.count - 1)
            isMarked = true
            names = [marker]
            scouted = nil
            if let plan = visit.plan {
                isPartial = true
                names = plannedNames(plan)
            }
        }
        entry.isPassedThrough = isPartial || isMarked
        if !isPartial { saw(entry, before: visit.before) }
        let parent = ParentCursor(visit.before, source: source)
        let isOutermost = frame.isPartial && visit.plan?.isSource == true
        push(
            DirectoryFrame(
                entry: entry, directory: directory, names: names, scouted: scouted, tree: makeTree(keeping: parent),
                parent: parent,
                above: frame, before: visit.match, plan: visit.plan, isPartial: isPartial,
                sourceDepth: isOutermost ? journal.path.depth : frame.sourceDepth))
        return .saved
    }

    /// What only leads to a source need not be readable: it is passed through.
    private func open(
        _ name: [UInt8], in above: OpenDirectory, isPartial: Bool, followingLinks: Bool
    ) throws(SystemError) -> OpenDirectory {
        guard isPartial else { return try OpenDirectory.open(name, in: above, OpenDirectory.listing) }
        return try OpenDirectory(
            name, in: above, followingLinks ? [.pathOnly, .directory] : [.pathOnly, .directory, .noFollow])
    }

    private func readAttributes(
        of directory: OpenDirectory, _ visit: Visit, in above: OpenDirectory, _ status: FileStatus, isPartial: Bool,
        into entry: inout TreeEntry
    ) throws(RepositoryError) {
        if let before = visit.before, let check = parentCheck, check.isUnchanged(before, status),
            try check.isPresent(before.extendedAttributes)
        {
            entry.extendedAttributes = before.extendedAttributes
        } else if !isPartial {
            try readAttributes(of: directory, visit.name, in: above, into: &entry)
        } else if let readable = try? OpenDirectory.open(visit.name, in: above, OpenDirectory.listing) {
            try readAttributes(of: readable, visit.name, in: above, into: &entry)
        } else {
            // What may only be passed through is asked by name, and what is opened for that alone has none to give.
            try readAttributes(of: visit.name, in: above, into: &entry)
        }
    }

    /// Keeps the place of a file system that the kernel makes up, or of any other if the run is to stay on one, unless the
    /// run was told to save it.
    private mutating func keepEmpty(
        _ visit: Visit, in frame: DirectoryFrame, _ directory: OpenDirectory, _ status: FileStatus, _ entry: TreeEntry
    ) throws -> Bool {
        guard status.device != frame.entry.device, visit.plan == nil,
            let magic = try? directory.descriptor.fileSystemType()
        else { return false }
        let reason: String
        if let name = PseudoFileSystem.name(magic: magic) {
            reason = "\(name) holds no data"
        } else if filter.staysOnFileSystem {
            reason = "another file system begins here"
        } else {
            return false
        }
        var entry = entry
        entry.isPassedThrough = true
        var builder = TreeBuilder(session: session)
        entry.content = .tree(try builder.finish())
        try add(entry, visit.match, to: frame)
        saw(entry, before: visit.before)
        journal.statistics.directories += 1
        journal.note("kept as an empty directory: \(reason)")
        return true
    }

    /// Keeps what is known of a directory that cannot be listed.
    private mutating func keepUnreadable(
        _ visit: Visit, in frame: DirectoryFrame, _ above: OpenDirectory, _ reason: String
    ) throws -> Entry {
        journal.report(reason)
        var entry = makeEntry(name: visit.name, visit.status)
        try readAttributes(of: visit.name, in: above, into: &entry, reporting: false)
        entry.content = .unreadable
        try add(entry, visit.match, to: frame)
        countUnreadable(.directory)
        journal.statistics.directories += 1
        return .kept
    }

    /// The tree of a directory that `parent` goes through, which may stay the parent's where nothing of that is missing.
    func makeTree(keeping parent: ParentCursor?) -> DirectoryTree {
        DirectoryTree(session: session, keeping: parentCheck?.isComplete == true ? parent?.directory : nil)
    }

    /// Goes down, and closes the highest open directory if too many are.
    private mutating func push(_ frame: DirectoryFrame) {
        stack.append(frame)
        let highest = stack.count - 1 - Self.openDirectoriesMax
        if highest >= 0, !stack[highest].isPartial { stack[highest].directory = nil }
    }
}
