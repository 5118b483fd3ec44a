import Repository
import SystemInterface

extension TreeWalk {
    /// What became of a file.
    enum FileOutcome {
        case saved
        /// It did not hold still, and is saved as it was read last.
        case torn
        /// The pool reads it; it is counted when its turn comes.
        case postponed
        case vanished
        case replaced
    }

    /// Saves a regular file: by its other name, from the parent snapshot, or by reading it.
    mutating func saveFile(
        _ visit: Visit, in frame: DirectoryFrame, _ directory: OpenDirectory
    ) throws -> FileOutcome {
        var entry = makeEntry(name: visit.name, visit.status)
        var isTorn = false
        if entry.isHardLinked, let known = hardLinks.known(for: entry, size: visit.status.size) {
            entry.size = known.size
            entry.content = known.content
            entry.extendedAttributes = known.extendedAttributes
            if known.lacksAttributes { try readAttributes(of: visit.name, in: directory, into: &entry) }
            journal.statistics.files += 1
            countChange(visit, entry)
            try add(entry, visit.match, to: frame)
            return .saved
        }
        if let before = visit.before, let check = parentCheck, check.hasUnchangedContent(before, visit.status),
            try before.lacksAttributes || check.isPresent(before.extendedAttributes), try check.isPresent(before)
        {
            entry.size = before.size
            entry.content = before.content
            entry.extendedAttributes = before.extendedAttributes
            if before.lacksAttributes { try readAttributes(of: visit.name, in: directory, into: &entry) }
            countChange(visit, entry)
        } else if visit.status.size == 0, !isMadeUp(visit.status, directory) {
            try readAttributes(of: visit.name, in: directory, into: &entry)
            countChange(visit, entry)
        } else if postpone(visit, in: frame, directory) {
            return .postponed
        } else {
            let outcome = try readFile(visit, &entry, directory)
            guard outcome == .saved || outcome == .torn else { return outcome }
            isTorn = outcome == .torn
            countChange(visit, entry)
        }
        journal.statistics.files += 1
        journal.countHeld(entry.size)
        // Another name of what did not hold still is another chance to read it.
        if !isTorn { hardLinks.remember(entry) }
        try add(entry, visit.match, to: frame)
        return .saved
    }

    func countChange(_ visit: Visit, _ entry: TreeEntry) {
        guard entry.content != .unreadable else { return countUnreadable(.regular) }
        let state: BackupItem.State
        if let before = visit.before, before.type == .regular {
            if before.content == entry.content, before.size == entry.size, before.changed == entry.changed,
                before.extendedAttributes == entry.extendedAttributes
            {
                journal.statistics.filesUnchanged += 1
                state = .unchanged
            } else {
                journal.statistics.filesChanged += 1
                state = .changed
            }
        } else {
            journal.statistics.filesNew += 1
            state = .new
        }
        journal.saw(state, .regular, bytes: entry.size, files: 1)
    }

    /// Whether all was read of a file of this status. A file that the kernel makes up may say that it has a whole page, as
    /// those of sysfs do: it ends where there is no more to be read.
    private func isWhole(_ pass: FileReader.Pass, _ status: FileStatus, _ directory: OpenDirectory) -> Bool {
        pass.bytes == status.size || (pass.bytes < status.size && isMadeUp(status, directory))
    }

    /// Whether the kernel may make the content up when it is read, so that the size says little.
    private func isMadeUp(_ status: FileStatus, _ directory: OpenDirectory) -> Bool {
        guard status.blocks == 0, let magic = try? directory.descriptor.fileSystemType() else { return false }
        return PseudoFileSystem.name(magic: magic) != nil
    }

    /// Reads a file until it holds still, a few times at most.
    private mutating func readFile(
        _ visit: Visit, _ entry: inout TreeEntry, _ directory: OpenDirectory
    ) throws -> FileOutcome {
        let file: FileDescriptor
        do {
            file = try openFile(visit.name, in: directory)
        } catch let error as SystemError {
            switch error.errno {
            case .noEntry: return .vanished
            case .tooManySymbolicLinks, .noSuchAddress, .noDevice: return .replaced
            case .wouldBlock:
                let reason = "another program holds a lease on it, and has not given it up in time (fcntl(2))"
                try keepUnreadable(visit, &entry, directory, reason)
                return .saved
            default:
                try keepUnreadable(visit, &entry, directory, error.errno.message)
                return .saved
            }
        }
        do {
            return try readOpened(file, visit, &entry, directory)
        } catch let error as SystemError {
            try keepUnreadable(visit, &entry, directory, error.errno.message)
            return .saved
        }
    }

    private mutating func readOpened(
        _ file: borrowing FileDescriptor, _ visit: Visit, _ entry: inout TreeEntry, _ directory: OpenDirectory
    ) throws -> FileOutcome {
        var before = try file.status()
        guard before.type == .regular else { return .replaced }
        for attempt in 1...Self.attemptsMax {
            let isUnsized = before.size == 0 && isMadeUp(before, directory)
            let pass = try isUnsized ? reader.readUnknownSize(file) : reader.read(file, before)
            let after = try file.status()
            let isStill =
                after.size == before.size && after.modified == before.modified && after.changed == before.changed
                && (isUnsized || isWhole(pass, after, directory))
            if isStill || attempt == Self.attemptsMax {
                // With the times from before it was read, what is torn looks changed to the next run, whatever clocks say.
                entry = makeEntry(name: visit.name, isStill ? after : before)
                entry.size = pass.bytes
                entry.content = pass.content
                try readAttributes(of: file, visit.name, in: directory, into: &entry)
                if isStill { return .saved }
                journal.report("it changed each time that it was read; what was read last is saved")
            }
            before = after
        }
        return .torn
    }

    func keepUnreadable(
        _ visit: Visit, _ entry: inout TreeEntry, _ directory: OpenDirectory, _ reason: String
    ) throws(RepositoryError) {
        journal.report(reason)
        entry.size = visit.status.size
        entry.content = .unreadable
        try readAttributes(of: visit.name, in: directory, into: &entry, reporting: false)
    }
}
