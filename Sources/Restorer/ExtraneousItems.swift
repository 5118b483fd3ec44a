import PathRules
import SystemInterface

/// Removes what is in the destination and not in the snapshot.
///
/// It goes down by descriptors through no link and into no other mount, so that nothing outside of the destination is
/// reached by it, whatever others do to it meanwhile. What a pattern protects stays, and so do the directories above it.
struct ExtraneousItems {
    /// How many directories deep it goes; what lies deeper is left and told.
    private static let depthMax = 256
    private static let resolution: PathResolution = [.beneath, .noLinks, .oneMount]
    private static let flags: OpenFlags = [.readOnly, .directory, .noFollow]

    private let context: RestoreContext
    private let sourceDepths: [Int]

    /// For what lies in a directory that patterns of the backup may begin at or above (`RestoreFrame.sourceDepths`).
    init(_ context: RestoreContext, sourceDepths: [Int]) {
        self.context = context
        self.sourceDepths = sourceDepths
    }

    /// Removes a name of `directory`, with all that lies below it, and says whether it is gone, in a dry run whether it
    /// would be; `path` is what would be its path in the snapshot.
    @discardableResult
    func remove(_ name: [UInt8], in directory: TargetDirectory, path: FilePath) throws -> Bool {
        try remove(name, in: directory.descriptor, PathBuffer(path), depth: 0)
    }

    /// Does the same with a directory that has the name of something else in the snapshot; throws where it stays itself, as
    /// it would if the snapshot did not have the name.
    @discardableResult
    func removeInTheWay(_ name: [UInt8], in directory: TargetDirectory, path: FilePath) throws -> Bool {
        let buffer = PathBuffer(path)
        guard context.filter.mayDelete(buffer, isDirectory: true, isInIncluded: true),
            !isLeftOut(buffer, isDirectory: true)
        else {
            throw ItemError(
                reason: "a directory stands here that a pattern leaves out: it is left as it is, and does not give way")
        }
        guard !context.unsaved.mayInclude(buffer) else {
            throw ItemError(
                reason: "a directory stands here, and the backup could not save what it found here as it was: "
                    + "it is left as it is, and does not give way")
        }
        return try remove(name, in: directory, path: path)
    }

    /// Whether a pattern of the backup leaves out what would be at `path`: that the snapshot lacks it says nothing.
    func isLeftOut(_ path: PathBuffer, isDirectory: Bool) -> Bool {
        context.patterns.leaveOut(path, isDirectory: isDirectory, sourceDepths: sourceDepths)
    }

    /// Counts something that stays because the backup left it out, or may have.
    func spare(_ path: PathBuffer) {
        var done = RestoreStatistics()
        done.spared = 1
        context.journal.advance(done, path: path.path)
    }

    /// Whether what would be at `path` was not removed, but could not be saved. It is reported.
    func isUnsaved(_ path: PathBuffer) -> Bool {
        guard context.unsaved.mayInclude(path) else { return false }
        return !keep("it is left where it is: the snapshot does not have it because it could not be saved", path)
    }

    /// Says whether it is gone.
    private func remove(
        _ name: [UInt8], in directory: borrowing FileDescriptor, _ path: PathBuffer, depth: Int
    ) throws -> Bool {
        try context.journal.checkStopped()
        do {
            return try removeDirectory(name, in: directory, path, depth: depth)
        } catch let error as SystemError {
            switch error.errno {
            case .noEntry: return true
            case .notDirectory, .tooManySymbolicLinks: return try removeOther(name, in: directory, path)
            case .otherDevice: return keep("another file system is mounted here: it is left as it is", path)
            default: return keep("it is left where it is: \(error.errno.message)", path)
            }
        }
    }

    private func removeDirectory(
        _ name: [UInt8], in above: borrowing FileDescriptor, _ path: PathBuffer, depth: Int
    ) throws -> Bool {
        let directory = try above.openBeneath(name, Self.flags, resolution: Self.resolution)
        if !context.ownDirectories.isEmpty, context.ownDirectories.contains(try directory.status()) {
            context.journal.note(OwnDirectories.reason, path: path.path)
            return false
        }
        guard depth < Self.depthMax else { return keep("it is too deep to be removed", path) }
        let entries = try directory.directoryEntries()
        if RepositoryMark.isIn(directory, names: entries.lazy.map(\.name)) {
            context.journal.note(RepositoryMark.reason, path: path.path)
            return false
        }
        var isEmpty = true
        for entry in entries {
            var below = path
            below.push(entry.name)
            let isDirectory = try entry.type.map { $0 == .directory } ?? isDirectory(entry.name, in: directory)
            // What is included is so with all that it has; only what is left out can stay.
            guard context.filter.mayDelete(below, isDirectory: isDirectory, isInIncluded: true) else {
                isEmpty = false
                continue
            }
            guard !isLeftOut(below, isDirectory: isDirectory) else {
                spare(below)
                isEmpty = false
                continue
            }
            let isGone = try !isUnsaved(below) && remove(entry.name, in: directory, below, depth: depth + 1)
            isEmpty = isGone && isEmpty
        }
        guard isEmpty else { return false }
        if !context.options.isDryRun { try above.unlinkAt(name, directory: true) }
        tell(path, isDirectory: true)
        return true
    }

    private func removeOther(
        _ name: [UInt8], in directory: borrowing FileDescriptor, _ path: PathBuffer
    ) throws -> Bool {
        do throws(SystemError) {
            if !context.options.isDryRun { try directory.unlinkAt(name) }
        } catch {
            return keep("it is left where it is: \(error.errno.message)", path)
        }
        tell(path, isDirectory: false)
        return true
    }

    private func isDirectory(_ name: [UInt8], in directory: borrowing FileDescriptor) throws -> Bool {
        try directory.statusAt(name).type == .directory
    }

    private func keep(_ reason: String, _ path: PathBuffer) -> Bool {
        context.journal.report(reason, path: path.path)
        return false
    }

    private func tell(_ path: PathBuffer, isDirectory: Bool) {
        var done = RestoreStatistics()
        done.deleted = 1
        context.journal.advance(done, path: path.path)
        context.journal.observer?.restoreDid(.deleted, path: path.path, isDirectory: isDirectory)
    }
}
