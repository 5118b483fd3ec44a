import Repository
import SystemInterface

extension TreeRestorer {
    /// Makes or joins the directories of the stack that are not there yet.
    mutating func materialize() throws {
        guard var index = stack.lastIndex(where: { if case .unmade = $0.place { false } else { true } }) else { return }
        while index + 1 < stack.count {
            // A name of the path for each directory but the destination; one more while an entry is at hand.
            try materialize(stack[index + 1], in: stack[index], path: pathOfFrame(index + 1))
            index += 1
            let highest = index - RestoreLimits.openDirectoriesMax
            if highest > 0, case .open(let target) = stack[highest].place {
                stack[highest].place = .closed(target.trace)
            }
        }
    }

    private func pathOfFrame(_ index: Int) -> FilePath {
        FilePath(
            Array(
                stack[1...index].reduce(into: base.bytes == [UInt8(ascii: "/")] ? [] : base.bytes) { bytes, frame in
                    bytes += [UInt8(ascii: "/")] + frame.entry.name
                }))
    }

    private func materialize(_ frame: RestoreFrame, in above: RestoreFrame, path: FilePath) throws {
        if case .absent = above.place {
            frame.place = .absent
            return tell(.created, path)
        }
        guard let directory = above.target else { return }
        let name = frame.entry.name
        if isDryRun {
            guard let status = try directory.status(of: name) else {
                frame.place = .absent
                return tell(.created, path)
            }
            try NameConflict(context: context).check(frame.entry, status, in: directory, of: above.entry)
            guard status.type == .directory else {
                try checkGivesWay(status, to: frame.entry)
                frame.place = .absent
                return tell(.replaced, path)
            }
            return try join(frame, in: directory, of: above)
        }
        do throws(SystemError) {
            frame.place = .open(try TargetDirectory(making: name, in: directory))
            frame.getsAttributes = true
            tell(.created, path)
        } catch {
            guard error.errno == .alreadyExists else { throw error }
            if let status = try directory.status(of: name) {
                try NameConflict(context: context).check(frame.entry, status, in: directory, of: above.entry)
            }
            guard context.policy != nil else { throw error }
            try joinOrReplace(frame, in: directory, of: above, path: path)
        }
    }

    /// Joins a directory that is there already; what is none, a link to a directory too, gives way to one.
    private func joinOrReplace(
        _ frame: RestoreFrame, in above: TargetDirectory, of parent: RestoreFrame, path: FilePath
    ) throws {
        let name = frame.entry.name
        for _ in 0..<RestoreLimits.attemptsMax {
            do {
                return try join(frame, in: above, of: parent)
            } catch let error as SystemError {
                guard error.errno == .notDirectory || error.errno == .tooManySymbolicLinks else { throw error }
            }
            guard let status = try above.status(of: name) else { continue }
            try checkGivesWay(status, to: frame.entry)
            do throws(SystemError) {
                try above.descriptor.unlinkAt(name)
                frame.place = .open(try TargetDirectory(making: name, in: above))
                frame.getsAttributes = true
                return tell(.replaced, path)
            } catch {
                // Somebody else is here at the same time, or it was a directory again.
                guard [.noEntry, .alreadyExists, .isDirectory].contains(error.errno) else { throw error }
            }
        }
        throw ItemError(reason: "somebody else works with this directory")
    }

    private func join(_ frame: RestoreFrame, in above: TargetDirectory, of parent: RestoreFrame) throws {
        let (directory, isMountPoint) = try TargetDirectory.join(frame.entry.name, in: above)
        if isMountPoint { context.sync?.willChange(directory) }
        if !isDryRun { directory.removeLeftovers() }
        frame.place = .open(directory)
        frame.protection = protection(of: frame, directory, isMountPoint: isMountPoint, in: parent)
        frame.getsAttributes =
            switch context.policy {
            case .always, .ifChanged: true
            case .ifNewer: frame.entry.modified > directory.identity.modified
            case .never, nil: false
            }
        try listExtraneous(of: frame)
    }

    private func protection(
        of frame: RestoreFrame, _ directory: TargetDirectory, isMountPoint: Bool, in parent: RestoreFrame
    ) -> RestoreFrame.Protection {
        if context.ownDirectories.contains(directory.identity) { return .own }
        switch parent.protection {
        case .own, .otherMount: return parent.protection
        case .none, .mountPoint: break
        }
        guard isMountPoint else { return .none }
        return frame.entry.device == parent.entry.device ? .otherMount : .mountPoint
    }

    /// Joins a directory that is only passed through, if it is there: of what is included it may have more than the snapshot.
    func joinForDeleting(_ frame: RestoreFrame) throws {
        guard context.options.deletes, stack.count > 1 else { return }
        let parent = stack[stack.count - 2]
        guard let above = parent.target,
            let status = try above.status(of: frame.entry.name), status.type == .directory
        else { return }
        try NameConflict(context: context).check(frame.entry, status, in: above, of: parent.entry)
        try join(frame, in: above, of: parent)
    }

    private func checkGivesWay(_ status: FileStatus, to entry: TreeEntry) throws {
        let givesWay =
            switch context.policy {
            case .always, .ifChanged: true
            case .ifNewer: entry.modified > status.modified
            case .never, nil: false
            }
        guard givesWay else {
            throw ItemError(
                reason: "what stands here is no directory, and is not to be replaced; nothing below is restored")
        }
    }

    private func tell(_ action: RestoreAction, _ path: FilePath) {
        journal.observer?.restoreDid(action, path: path, isDirectory: true)
    }

    /// Reads what is in a directory that was there before, for what the snapshot does not have.
    func listExtraneous(of frame: RestoreFrame) throws {
        guard context.options.deletes, frame.coverage != .none, let target = frame.target, !target.isNew else { return }
        frame.extraneous = ExtraneousNames(try target.descriptor.directoryEntries().map(\.name))
    }

    /// Removes what a directory has and the snapshot does not, if all that the snapshot has is known.
    func removeExtraneous(of frame: RestoreFrame) throws {
        guard var names = frame.extraneous, let target = frame.target else { return }
        if let reason = reasonToKeepAll(in: frame) {
            // Where nothing was to be removed anyway there is nothing to tell.
            guard frame.coverage == .whole else { return }
            return journal.report("nothing is removed here: " + reason, path: path.path)
        }
        names.end()
        if RepositoryMark.isIn(target.descriptor, names: names.left) {
            return journal.note(RepositoryMark.reason, path: path.path)
        }
        let items = ExtraneousItems(context, sourceDepths: frame.sourceDepths)
        // What an interrupted run has left is gone by now, or will be: another one is at work on the rest.
        for name in names.left where !TemporaryName.isMark(name) && !TemporaryName.isTemporary(name) {
            var path = path
            path.push(name)
            guard let status = try target.status(of: name) else { continue }
            let isDirectory = status.type == .directory
            guard context.filter.mayDelete(path, isDirectory: isDirectory, isInIncluded: frame.isIncluded) else {
                continue
            }
            guard frame.coverage == .whole, !items.isLeftOut(path, isDirectory: isDirectory) else {
                items.spare(path)
                continue
            }
            if isProtected(frame) { return }
            guard !items.isUnsaved(path) else { continue }
            try items.remove(name, in: target, path: path.path)
        }
    }

    /// Whether a directory keeps all that is to be removed of it, which is told.
    private func isProtected(_ frame: RestoreFrame) -> Bool {
        switch frame.protection {
        case .none: return false
        case .mountPoint where frame.hasNames: return false
        case .mountPoint, .otherMount:
            journal.report("nothing is removed here: another file system is mounted", path: path.path)
        case .own: journal.note(OwnDirectories.reason, path: path.path)
        }
        return true
    }

    /// Why something that a directory has and the snapshot does not may be what the snapshot has, or should have; or nil.
    private func reasonToKeepAll(in frame: RestoreFrame) -> String? {
        if frame.isIncomplete { return "not all names that the snapshot has could be read" }
        if context.unsaved.mayInclude(path) { return "the snapshot does not have this directory as it was" }
        return frame.foldedName.map { "this file system takes \(FilePath($0)) for a name that it does not list" }
    }
}
