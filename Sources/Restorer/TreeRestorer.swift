import Repository
import SystemInterface

/// Puts a tree of a snapshot into a directory.
///
/// It goes by descriptors from the destination on and follows no link below it, so that nothing that lies in the
/// destination leads it elsewhere. It keeps its own stack, and of a deep tree only the lowest directories open.
struct TreeRestorer: ~Copyable {
    /// How many directories are open at most.
    static let openDirectoriesMax = 64

    let source: ChunkSource
    let journal: RestoreJournal
    let overwrites: Bool
    let files: FileWriter
    let metadata: MetadataRestorer
    var places = HardLinkPlaces()
    var stack: [RestoreFrame] = []
    /// Numbers the names under which things are made that are to replace others.
    var temporaryCount = 0

    init(source: ChunkSource, journal: RestoreJournal, overwrites: Bool) {
        self.source = source
        self.journal = journal
        self.overwrites = overwrites
        files = FileWriter(source: source, journal: journal)
        metadata = MetadataRestorer(source: source, journal: journal)
    }

    /// Restores what `entry`, a directory, holds into `target`; its attributes too if `isOwn`.
    mutating func restoreContents(of entry: TreeEntry, into target: TargetDirectory, isOwn: Bool) throws {
        stack.append(RestoreFrame(entry: entry, target: target, tree: try open(entry), isOwn: isOwn))
        while let frame = stack.last {
            try journal.checkStopped()
            do {
                guard let next = try frame.next() else {
                    try leave(frame)
                    continue
                }
                try restore(next, in: frame)
            } catch let error as RepositoryError {
                try journal.absorb(error)
            }
        }
    }

    /// Restores `entry`, anything but a directory, into `target`.
    mutating func restoreOnly(_ entry: TreeEntry, into target: TargetDirectory) throws {
        journal.names = [entry.name]
        do {
            try restoreLeaf(entry, in: target)
        } catch {
            try journal.absorb(error)
        }
    }

    private mutating func restore(_ entry: TreeEntry, in frame: RestoreFrame) throws {
        guard let target = frame.target else { return }
        journal.names.append(entry.name)
        var isInside = false
        defer { if !isInside { journal.names.removeLast() } }
        do {
            if entry.type == .directory {
                try enter(entry, in: target)
                isInside = true
            } else {
                try restoreLeaf(entry, in: target)
            }
        } catch {
            try journal.absorb(error)
        }
    }

    /// The names of a directory, or nil where they cannot be read, which is reported.
    private func open(_ entry: TreeEntry) throws -> TreeDirectory? {
        do throws(RepositoryError) {
            return try TreeDirectory(entry, source: source)
        } catch {
            try journal.absorb(error)
            return nil
        }
    }

    /// Makes a directory, or joins one that is there, and goes down into it.
    private mutating func enter(_ entry: TreeEntry, in above: TargetDirectory) throws {
        guard stack.count <= Limits.treeDepthMax else {
            throw RepositoryError(.damaged, "the tree is deeper than the format allows")
        }
        let target: TargetDirectory
        do throws(SystemError) {
            target = try TargetDirectory(making: entry.name, in: above)
        } catch {
            guard error.errno == .alreadyExists, overwrites else { throw error }
            target = try join(entry.name, in: above)
        }
        stack.append(RestoreFrame(entry: entry, target: target, tree: try open(entry), isOwn: true))
        let highest = stack.count - 1 - Self.openDirectoriesMax
        if highest > 0 { stack[highest].target = nil }
    }

    /// Opens a directory that is there already; what is none, a link to a directory too, gives way to one.
    private func join(_ name: [UInt8], in above: TargetDirectory) throws(SystemError) -> TargetDirectory {
        do throws(SystemError) {
            return try TargetDirectory(existing: name, in: above)
        } catch {
            guard error.errno == .notDirectory || error.errno == .tooManySymbolicLinks else { throw error }
            try above.descriptor.unlinkAt(name)
            return try TargetDirectory(making: name, in: above)
        }
    }

    /// Gives a directory its attributes now that all that is in it is there, and goes back up.
    private mutating func leave(_ frame: RestoreFrame) throws {
        if let target = frame.target, frame.isOwn {
            do {
                try metadata.apply(
                    frame.entry, to: target.descriptor, givenAccessControl: frame.givesAccessControl)
            } catch {
                try journal.absorb(error)
            }
        }
        journal.statistics.directories += 1
        stack.removeLast()
        if let above = stack.last {
            journal.names.removeLast()
            if above.target == nil { try reopen(above, from: frame) }
        }
        journal.advance()
    }

    private func reopen(_ frame: RestoreFrame, from below: RestoreFrame) throws {
        guard let target = below.target,
            let directory = TargetDirectory(
                above: target, expected: frame.identity, givesAccessControl: frame.givesAccessControl)
        else {
            throw RestoreError(.destination, path: journal.path, "the directory was moved while it was restored")
        }
        frame.target = directory
    }
}
