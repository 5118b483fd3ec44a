import Repository
import SystemInterface

// The walk goes on while small files are read. What comes behind such a file in its directory waits for it, so that a
// tree is written in order; files are dealt with in the order in which the walk met them, whatever thread read which.

extension TreeWalk {
    /// Leaves a file to the pool if it is one for it.
    mutating func postpone(_ visit: Visit, in frame: DirectoryFrame, _ directory: OpenDirectory) -> Bool {
        // The names of one inode share what the first of them gave, so that one is read at once.
        guard visit.status.linkCount == 1, visit.plan == nil, ahead.settling == nil, reader.isSmall(visit.status) else {
            return false
        }
        let file = PostponedFile(visit, in: frame, directory, path: journal.path)
        ahead.append(file)
        frame.waiting.append(.file(file))
        ahead.waitingCount += 1
        return true
    }

    /// Adds an entry to its directory, behind what waits there.
    mutating func add(_ entry: TreeEntry, _ match: ParentMatch?, to frame: DirectoryFrame) throws {
        if let file = ahead.settling, file.frame === frame {
            file.entry = entry
        } else if frame.waiting.isEmpty {
            try frame.tree.add(entry, before: match)
        } else {
            try wait(for: .entry(entry, match), in: frame)
        }
    }

    mutating func wait(for item: WaitingEntries.Item, in frame: DirectoryFrame) throws {
        frame.waiting.append(item)
        ahead.waitingCount += 1
    }

    /// Deals with files that have been read until the walk may go on.
    mutating func settleWhileFull() throws {
        guard ahead.settling == nil else { return }
        while ahead.isFull, try settleNext() {}
    }

    /// Deals with all files that are being read.
    mutating func settleAll() throws {
        while try settleNext() {}
    }

    private mutating func settleNext() throws -> Bool {
        guard let batch = ahead.next() else { return false }
        var outOfTime: BackupError?
        for (file, outcome) in batch {
            try journal.checkCancelled()
            let present = journal.path
            journal.path = file.path
            do {
                try settle(file, outcome)
            } catch let error as BackupError where error.code == .outOfTime {
                // The file is not saved; those that have been read are.
                outOfTime = error
            }
            journal.path = present
            ahead.settled(file)
            try resolve(file.frame)
        }
        // A batch without outcomes is one that the pool gave up.
        try journal.checkCancelled()
        if let outOfTime { throw outOfTime }
        return true
    }

    private mutating func settle(_ file: PostponedFile, _ outcome: ReadBatch.Outcome) throws {
        let visit = file.visit
        switch outcome {
        case .read(let status, let content, let attributes):
            var entry = makeEntry(name: visit.name, status)
            entry.size = status.size
            entry.content = content
            try store(attributes, of: visit.name, in: file.directory, into: &entry)
            journal.statistics.bytesRead += status.size
            try settle(file, with: entry)
        case .notOpened(let error):
            switch error.errno {
            case .noEntry, .tooManySymbolicLinks, .noSuchAddress, .noDevice, .wouldBlock: try settleAnew(file)
            default: try settleUnreadable(file, error)
            }
        case .notRead(let error): try settleUnreadable(file, error)
        case .unsettled: try settleAnew(file)
        case .failed(let error): throw error
        }
    }

    private mutating func settle(_ file: PostponedFile, with entry: TreeEntry) throws {
        file.entry = entry
        countChange(file.visit, entry)
        journal.statistics.files += 1
        journal.countHeld(entry.size)
        hardLinks.remember(entry)
        try countReplaced(file.visit.before, by: .regular)
        journal.advance()
    }

    private mutating func settleUnreadable(_ file: PostponedFile, _ error: SystemError) throws {
        var entry = makeEntry(name: file.visit.name, file.visit.status)
        try keepUnreadable(file.visit, &entry, file.directory, error.errno.message)
        try settle(file, with: entry)
    }

    /// Saves a name of which the pool found that it is not what the walk had seen.
    private mutating func settleAnew(_ file: PostponedFile) throws {
        ahead.settling = file
        defer { ahead.settling = nil }
        var isMissing = false
        for _ in 0..<Self.attemptsMax {
            let status: FileStatus
            do throws(SystemError) {
                status = try file.directory.descriptor.statusAt(file.visit.name)
            } catch {
                guard error.errno == .noEntry else { return try settleUnreadable(file, error) }
                isMissing = true
                continue
            }
            let visit = Visit(name: file.visit.name, status: status, match: file.visit.match, plan: nil)
            let outcome =
                try status.type == .directory
                ? settleDirectory(visit, file) : saveLeaf(visit, in: file.frame, file.directory)
            switch outcome {
            case .entered, .done: return
            case .changed: break
            case .missing: isMissing = true
            }
        }
        if isMissing {
            return try vanished(file.visit.name, in: file.frame, file.directory, nil, before: file.visit.before)
        }
        journal.report("it kept changing between file, directory and link while it was read")
    }

    /// Saves a directory that was a file when the walk came to it: walks it to its end at once, and reads nothing of it
    /// ahead, so that nothing above it waits for more than this.
    private mutating func settleDirectory(_ visit: Visit, _ file: PostponedFile) throws -> Outcome {
        let frame = file.frame
        // What the walk had not come to in time is not in a partial snapshot, and this it had not.
        guard !journal.isPartial else { return .done }
        guard !isExcluded(frame, nil, isDirectory: true), !isFiltered(visit.status, frame, nil) else {
            if let before = visit.before { try removed(before) }
            return .done
        }
        let walk = (stack: stack, directory: frame.directory)
        stack = [frame]
        defer {
            stack = walk.stack
            frame.directory = walk.directory
        }
        let outcome = try saveDirectory(visit, in: frame, file.directory, isPartial: false)
        var outOfTime: BackupError?
        while stack.count > 1, let below = stack.last {
            let depth = journal.path.depth
            do {
                _ = try step(below)
            } catch let error as BackupError where error.code == .outOfTime {
                outOfTime = error
                endEarly(depth: depth)
            }
        }
        if let outOfTime { throw outOfTime }
        if case .entered = outcome { return .done }
        return outcome
    }

    /// Adds what no longer waits to the directory's tree; ends it, and goes on above it, if that was all.
    private mutating func resolve(_ start: DirectoryFrame) throws {
        var frame = start
        while true {
            while let item = frame.waiting.first {
                switch item {
                case .entry(let entry, let match): try frame.tree.add(entry, before: match)
                case .file(let file):
                    guard file.isSettled else { return }
                    if let entry = file.entry { try frame.tree.add(entry, before: file.visit.match) }
                case .directory(let below):
                    guard below.isComplete else { return }
                    try frame.tree.add(below.entry, before: below.before)
                }
                frame.waiting.removeFirst()
                ahead.waitingCount -= 1
            }
            guard frame.isWalked, !frame.isComplete else { return }
            try complete(frame)
            guard let above = frame.above else { return }
            frame = above
        }
    }

    /// Stores the tree of a directory of which everything is known.
    mutating func complete(_ frame: DirectoryFrame) throws {
        settleLost(of: frame)
        frame.entry.content = .tree(try frame.tree.finish())
        frame.isComplete = true
        journal.statistics.directories += 1
    }
}
