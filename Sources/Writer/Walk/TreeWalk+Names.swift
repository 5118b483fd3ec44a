import Repository
import SystemInterface

extension TreeWalk {
    /// What became of a name.
    enum Outcome {
        /// It is a directory, and the walk is in it now.
        case entered
        /// It is saved, left out or reported.
        case done
        /// It was not any more what it had been a moment before.
        case changed
        /// It could not be found; this is what the parent snapshot has of it, as far as that was looked for.
        case missing(TreeEntry?)
    }

    /// Saves what `item` names; returns whether it is a directory that the walk is in now.
    ///
    /// `known` is what it was a moment ago, where somebody has asked.
    mutating func visit(_ item: DirectoryEntry, _ known: FileStatus?, in frame: DirectoryFrame) throws -> Bool {
        try journal.checkStopped()
        guard let directory = frame.directory else { return false }
        let plan = frame.plan?.children[item.name]
        var known = known
        var missingCount = 0
        var before: TreeEntry?
        guard isShortEnough(item.name) else { return false }
        attempts: for _ in 0..<Self.attemptsMax {
            switch try save(item, known, in: frame, directory, plan) {
            case .entered: return true
            case .done: return false
            case .changed: break
            case .missing(let entry):
                before = entry ?? before
                missingCount += 1
                // Who writes a file anew may have removed it the moment before, so it is looked for twice.
                if missingCount == 2 { break attempts }
            }
            known = nil
        }
        if missingCount > 0 {
            try vanished(item.name, in: frame, directory, plan, before: before)
        } else {
            journal.report("it kept changing between file, directory and link while it was read")
        }
        return false
    }

    /// Whether a snapshot can hold the present path, which is that of `name`; reports where it cannot.
    private func isShortEnough(_ name: [UInt8]) -> Bool {
        if journal.path.count > Limits.pathBytesMax {
            // The list of problems holds no longer paths than the tree does, so it is its directory that has the problem.
            journal.path.pop()
            journal.report("the path of something in it is longer than a snapshot can hold")
            journal.path.push(name)
            return false
        }
        guard name.count <= Limits.nameBytesMax else {
            journal.report("the name is longer than a snapshot can hold")
            return false
        }
        return true
    }

    private mutating func save(
        _ item: DirectoryEntry, _ known: FileStatus?, in frame: DirectoryFrame, _ directory: OpenDirectory,
        _ plan: SourcePlan.Node?
    ) throws -> Outcome {
        var isLeftOut = item.type.map { isExcluded(frame, plan, isDirectory: $0 == .directory) } ?? false
        if isLeftOut, plan == nil { return .done }
        // On the way to a source links are followed, as whoever named the path meant it.
        let leadsOn = frame.isPartial && plan?.isSource == false
        let status: FileStatus
        do throws(SystemError) {
            if let known, !leadsOn {
                status = known
            } else {
                status = try directory.descriptor.statusAt(item.name, followingLinks: leadsOn)
            }
        } catch {
            guard error.errno != .noEntry else { return .missing(nil) }
            if plan == nil, try keepForeign(item, in: frame, directory) { return .done }
            try missed(item, in: frame, error)
            return .done
        }
        // Patterns tell directories from others, and it need not be any more what it was listed as.
        if !isLeftOut, item.type != status.type {
            isLeftOut = isExcluded(frame, plan, isDirectory: status.type == .directory)
        }
        isLeftOut = isLeftOut || isFiltered(status, frame, plan)
        if isLeftOut, plan == nil { return .done }

        let isInParent = try findParent(item.name, in: frame)
        if isInParent, plan == nil, keep(status, in: frame) { return .done }
        let visit = Visit(
            name: item.name, status: status, match: isInParent ? frame.parent?.match : nil, plan: plan)
        if status.type == .directory {
            return try saveDirectory(visit, in: frame, directory, isPartial: leadsOn || isLeftOut)
        }
        if plan?.children.isEmpty == false {
            journal.report("this leads to a path that was to be saved, and is no directory: name the real path")
        }
        if frame.isPartial, plan?.isSource == false { return .done }
        return try saveLeaf(visit, in: frame, directory)
    }

    /// Whether the patterns leave out the present path; what the run was told to save is never left out.
    func isExcluded(
        _ frame: DirectoryFrame, _ plan: SourcePlan.Node?, isDirectory: Bool
    ) -> Bool {
        guard !rules.isEmpty, !frame.isPartial, plan?.isSource != true,
            rules.excludes(journal.path, sourceDepth: frame.sourceDepth, isDirectory: isDirectory)
        else { return false }
        journal.excludedCount += 1
        return true
    }

    /// Records a name of which not even the status can be read.
    private mutating func missed(
        _ item: DirectoryEntry, in frame: DirectoryFrame, _ error: SystemError
    ) throws {
        journal.report(error.errno.message)
        guard item.type == .regular || item.type == .directory, let type = item.type else {
            return
        }
        _ = try findParent(item.name, in: frame)
        countUnreadable(type)
        try add(
            TreeEntry(name: item.name, type: type, inode: item.inode, content: .unreadable), nil, to: frame)
    }

    /// An entry of what `status` says; owners' names are looked up, attributes and content are left to be added.
    mutating func makeEntry(name: [UInt8], _ status: FileStatus) -> TreeEntry {
        var entry = TreeEntry(
            name: name, type: status.type, permissions: status.permissions, userID: status.userID,
            groupID: status.groupID, modified: status.modified, changed: status.changed, inode: status.inode,
            device: status.device, linkCount: status.type == .directory ? 1 : max(status.linkCount, 1))
        entry.born = status.born
        entry.userName = accounts.userName(status.userID)
        entry.groupName = accounts.groupName(status.groupID)
        if status.type.isDevice { entry.deviceNumber = status.rawDevice }
        return entry
    }

    mutating func saveLeaf(
        _ visit: Visit, in frame: DirectoryFrame, _ directory: OpenDirectory
    ) throws -> Outcome {
        if visit.status.type == .regular {
            switch try saveFile(visit, in: frame, directory) {
            case .saved, .torn: break
            case .postponed: return .done
            case .vanished: return .missing(visit.before)
            case .replaced: return .changed
            }
        } else {
            guard try saveSpecial(visit, in: frame, directory) else { return .changed }
        }
        try countReplaced(visit.before, by: visit.status.type)
        journal.advance()
        return .done
    }

    /// Saves a link, a fifo, a socket or a device, none of which is opened; false when it is not there any more.
    private mutating func saveSpecial(
        _ visit: Visit, in frame: DirectoryFrame, _ directory: OpenDirectory
    ) throws -> Bool {
        var entry = makeEntry(name: visit.name, visit.status)
        if let before = visit.before, let check = parentCheck, check.isUnchanged(before, visit.status),
            try check.isPresent(before.extendedAttributes)
        {
            entry.extendedAttributes = before.extendedAttributes
            entry.symbolicLinkTarget = before.symbolicLinkTarget
        } else {
            if entry.type == .symbolicLink {
                guard let target = try? directory.descriptor.readLinkAt(visit.name), !target.isEmpty else {
                    return false
                }
                entry.symbolicLinkTarget = target
            }
            try readAttributes(of: visit.name, in: directory, into: &entry)
        }
        try add(entry, visit.match, to: frame)
        saw(entry, before: visit.before)
        if entry.type == .symbolicLink {
            journal.statistics.symbolicLinks += 1
        } else {
            journal.statistics.others += 1
        }
        return true
    }

    mutating func saveDirectory(
        _ visit: Visit, in frame: DirectoryFrame, _ directory: OpenDirectory, isPartial: Bool
    ) throws -> Outcome {
        if visit.plan?.isSource != true, !isPartial, ownDirectories.contains(DirectoryIdentity(visit.status)) {
            journal.note("left out: the repository or its cache lies here")
            return .done
        }
        let entered = try enter(visit, in: frame, directory, isPartial: isPartial)
        switch entered {
        case .saved, .kept:
            try countReplaced(visit.before, by: .directory)
            return entered == .saved ? .entered : .done
        case .vanished: return .missing(visit.before)
        case .replaced: return .changed
        }
    }

    /// Tells what became of a link, a device or a directory.
    func saw(_ entry: TreeEntry, before: TreeEntry?) {
        guard let before, before.type == entry.type else { return journal.saw(.new, entry.type) }
        let isSame = entry.type == .directory ? entry.isSameDirectory(as: before) : entry.isSameVersion(as: before)
        journal.saw(isSame ? .unchanged : .changed, entry.type)
    }

    /// Counts what is kept by name alone.
    func countUnreadable(_ type: FileType) {
        if type == .directory {
            journal.changes.directoriesUnreadable += 1
        } else {
            journal.changes.filesUnreadable += 1
        }
        journal.saw(.unreadable, type, files: type == .regular ? 1 : 0)
    }
}

/// A name that is being saved, and what is known of it.
struct Visit {
    let name: [UInt8]
    let status: FileStatus
    /// The entry of the same path in the parent snapshot.
    let match: ParentMatch?
    let plan: SourcePlan.Node?

    var before: TreeEntry? { match?.entry }
}
