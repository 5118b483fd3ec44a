import Coding
import Repository
import SystemInterface

extension TreeRestorer {
    /// Has anything but a directory restored under its name.
    mutating func restoreLeaf(_ entry: TreeEntry, in frame: RestoreFrame) throws {
        if isDryRun { return try plan(entry, in: frame) }
        guard let target = frame.target else { return }
        var place: HardLinkPlace?
        if entry.isHardLinked {
            if let first = places.place(for: entry), try link(first, entry, in: frame, target) { return }
            place = places.remember(entry, at: relativePath)
        }
        var batch =
            frame.batch
            ?? LeafBatch(frame, target: target, path: path.path.parent)
        frame.batch = nil
        batch.append(entry, place)
        frame.batch = batch
        if batch.isFull { flush(frame) }
    }

    /// The path that leads from the destination to the item at hand.
    private var relativePath: [UInt8] {
        let bytes = path.path.bytes
        return Array(bytes[(base.bytes.count == 1 ? 1 : base.bytes.count + 1)...])
    }

    /// Counts and tells what would be done.
    private mutating func plan(_ entry: TreeEntry, in frame: RestoreFrame) throws {
        var done = RestoreStatistics()
        var action = RestoreAction.created
        if let target = frame.target, let status = try target.status(of: entry.name) {
            try NameConflict(context: context).check(entry, status, in: target, of: frame.entry)
            let decision = try PresentItem(context).decision(entry, status, in: target, path: path.path)
            action = decision == .replace ? .replaced : .kept
        }
        if action != .kept, entry.type == .regular { try entry.checkSaved() }
        if action == .replaced, let target = frame.target { try planGivingWay(to: entry, in: frame, target) }
        if action == .kept {
            done.kept = 1
        } else {
            if action == .replaced { done.replaced = 1 }
            if entry.isHardLinked, places.place(for: entry) != nil {
                done.hardLinks = 1
            } else {
                if entry.isHardLinked { _ = places.remember(entry, at: relativePath) }
                done.count(entry)
            }
        }
        journal.observer?.restoreDid(action, path: path.path, isDirectory: false)
        journal.advance(done, path: path.path)
    }

    /// Tells what would go of a directory that is to give way to `entry`.
    private func planGivingWay(to entry: TreeEntry, in frame: RestoreFrame, _ target: TargetDirectory) throws {
        guard try target.status(of: entry.name)?.type == .directory else { return }
        let items = ExtraneousItems(context, sourceDepths: frame.sourceDepths)
        guard try items.removeInTheWay(entry.name, in: target, path: path.path) else {
            // What the run would come to, which finds something in it still.
            throw SystemError(call: "renameat2", path: path.path, errno: .isDirectory)
        }
    }

    /// Gives something that is restored already a further name; false where it is to be restored by itself.
    private func link(
        _ place: HardLinkPlace, _ entry: TreeEntry, in frame: RestoreFrame, _ target: TargetDirectory
    ) throws -> Bool {
        if place.state == .pending {
            for frame in stack { flush(frame) }
            workers?.wait(for: place)
            try journal.checkStopped()
        }
        guard place.state == .restored else { return false }
        var done = RestoreStatistics()
        let action: RestoreAction
        do {
            guard let linked = try link(place, entry, in: frame, target) else {
                journal.report(
                    "this is a copy and no hard link: \(FilePath(place.path)) is not any more what was restored",
                    path: path.path)
                return false
            }
            action = linked
        } catch let error as SystemError where [.tooManyLinks, .otherDevice, .noEntry].contains(error.errno) {
            // The last where the way to it is gone, or where there is no /proc and only root may link what is open.
            journal.report("this is a copy and no hard link: \(error.errno.message)", path: path.path)
            return false
        }
        switch action {
        case .kept: done.kept = 1
        case .replaced: (done.hardLinks, done.replaced) = (1, 1)
        default: done.hardLinks = 1
        }
        journal.observer?.restoreDid(action, path: path.path, isDirectory: false)
        journal.advance(done, path: path.path)
        return true
    }

    /// Nil where what was restored first is not to be found any more.
    private func link(
        _ place: HardLinkPlace, _ entry: TreeEntry, in frame: RestoreFrame, _ target: TargetDirectory
    ) throws -> RestoreAction? {
        guard let root = stack.first?.target else { throw SystemError(call: "linkat", errno: .noEntry) }
        let (path, name) = place.split
        // From the destination on, through no link; where nothing but the name leads there is nothing to open.
        let directory = path.isEmpty ? root : try TargetDirectory(existing: path, in: root, isListed: false)
        guard let first = try open(place, named: name, in: directory) else { return nil }
        do throws(SystemError) {
            try first.linkInto(target.descriptor, entry.name)
            return .created
        } catch {
            guard error.errno == .alreadyExists, context.policy != nil else { throw error }
        }
        guard let status = try target.status(of: entry.name) else {
            throw SystemError(call: "linkat", errno: .noEntry)
        }
        try NameConflict(context: context).check(entry, status, in: target, of: frame.entry)
        if place.isInode(of: status) { return .kept }
        guard try PresentItem(context).givesWay(status, toLink: entry) else { return .kept }
        try syncOnce(place, named: name, in: directory)
        try replace(entry.name, by: first, in: frame, target)
        return .replaced
    }

    /// Opens what was restored first as a place: by its name it may be somebody else's by now, or the next moment.
    private func open(
        _ place: HardLinkPlace, named name: [UInt8], in directory: TargetDirectory
    ) throws(SystemError) -> FileDescriptor? {
        do throws(SystemError) {
            let first = try directory.descriptor.openBeneath(name, [.pathOnly, .noFollow], resolution: .beneath)
            guard place.isInode(of: try first.status()) else { return nil }
            return first
        } catch {
            guard error.errno == .noEntry else { throw error }
            return nil
        }
    }

    /// Has the bytes of what was restored first on the disk before it takes the place of something that is there already.
    private func syncOnce(
        _ place: HardLinkPlace, named name: [UInt8], in directory: TargetDirectory
    ) throws(SystemError) {
        guard context.options.isDurable, place.entry.type == .regular, !place.isSynced else { return }
        if let file = try? directory.descriptor.openBeneath(name, [.readOnly, .noFollow, .nonBlocking]),
            let status = try? file.status(), place.isInode(of: status)
        {
            try file.syncData()
        } else {
            // Its permissions may forbid reading.
            try directory.descriptor.syncFileSystem()
        }
        place.setSynced()
    }

    private func replace(
        _ entryName: [UInt8], by first: borrowing FileDescriptor, in frame: RestoreFrame, _ target: TargetDirectory
    ) throws {
        let temporary = TemporaryName.make(context.entropy)
        try first.linkInto(target.descriptor, temporary)
        // Two names of one inode are left as they are by rename(2), and a name that was moved is gone.
        defer { try? target.descriptor.unlinkAt(temporary) }
        do throws(SystemError) {
            try target.descriptor.renameAt(temporary, to: target.descriptor, entryName, replacing: true)
        } catch {
            guard error.errno == .isDirectory, context.options.deletes else { throw error }
            let items = ExtraneousItems(context, sourceDepths: frame.sourceDepths)
            try items.removeInTheWay(entryName, in: target, path: path.path)
            try target.descriptor.renameAt(temporary, to: target.descriptor, entryName, replacing: true)
        }
    }
}

extension RestoreStatistics {
    /// Counts an item that is no directory, and its bytes.
    mutating func count(_ entry: TreeEntry) {
        switch entry.type {
        case .regular:
            files += 1
            bytes.addSaturating(entry.size)
        case .symbolicLink: symbolicLinks += 1
        case .directory: break
        default: others += 1
        }
    }
}
