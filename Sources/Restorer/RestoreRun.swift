import PathRules
import Repository
import SystemInterface

/// One restore: puts a snapshot, or a part of one, into a directory.
///
/// What a directory holds lands in the destination; anything else lands in it under its own name. The destination is
/// made if it is missing, and then gets the attributes of the directory that is restored. Files are written by several
/// threads; a run is for one use, and returns when all of them are done. One that is interrupted, by whatever, leaves no
/// file half under its name in a directory that was there before, and what it leaves in its own is told by its time of
/// modification, which is set last: a run with `ifChanged` goes on from there, and compares contents, as not all may have
/// come to the disk (`DestinationSync`).
public final class RestoreRun: Sendable {
    private let repository: Repository
    private let snapshot: Snapshot
    private let destination: FilePath
    private let options: RestoreOptions
    private let observer: (any RestoreObserver)?
    private let entropy: any EntropySource
    private let stop = StopFlag()

    /// A run from `snapshot` of `repository` into the directory `destination`.
    public init(
        repository: Repository, snapshot: Snapshot, destination: FilePath, options: RestoreOptions = RestoreOptions(),
        observer: (any RestoreObserver)? = nil, entropy: any EntropySource = SystemEntropy()
    ) {
        self.repository = repository
        self.snapshot = snapshot
        self.destination = destination
        self.options = options
        self.observer = observer
        self.entropy = entropy
    }

    /// Makes `run` stop at the next item and throw `.cancelled`. Any thread may call it, any number of times.
    public func cancel() {
        stop.set()
    }

    /// Restores what the options name.
    ///
    /// Damage to an item, or an item that the destination cannot take, is a problem of the outcome and the others go on;
    /// a damaged file is not left behind. Throws when nothing can be restored, or no more.
    public func run() throws(RestoreError) -> RestoreOutcome {
        do {
            return try restore()
        } catch {
            throw wrapped(error)
        }
    }

    private func wrapped(_ error: any Error) -> RestoreError {
        switch error {
        case let error as RestoreError: error
        case let error as RepositoryError: RestoreError(error)
        case let error as PatternError: RestoreError(error)
        case let error as SystemError:
            RestoreError(.destination, path: error.path ?? destination, error.errno.message)
        default: RestoreError(.repository(.internalFailure), "\(error)")
        }
    }

    private func restore() throws -> RestoreOutcome {
        let source = repository.makeSource()
        let path = (options.path ?? "/").normalized
        guard let entry = try SnapshotPath.lookup(path.components, in: snapshot, source: source) else {
            throw RestoreError(.noSuchPath, path: path, "snapshot \(snapshot.id.short) has nothing at this path")
        }
        let isDirectory = entry.type == .directory
        let base = isDirectory ? path : path.parent
        if options.deletes {
            guard isDirectory else { throw RestoreError(.invalidArgument, "only in a directory is anything deleted") }
            guard options.overwriting != nil else {
                throw RestoreError(.invalidArgument, "deleting needs a destination that may be overwritten")
            }
        }
        let filter = try RestoreFilter(options, sourceDepth: base.components.count)
        let patterns = try BackupPatterns(options.deletes ? snapshot.manifest : nil)
        let (place, isOwn) = try openDestination(isMarked: isDirectory)
        let journal = RestoreJournal(observer: observer, cancelled: stop)
        let context = RestoreContext(
            source: source, journal: journal, options: options, filter: filter,
            unsaved: UnsavedItems(snapshot.manifest), sources: SavedPaths(snapshot.manifest),
            patterns: patterns,
            ownDirectories: OwnDirectories(options.deletes ? options.ownDirectories : []), umask: Host.fileModeMask(),
            sync: makeSync(place, journal, base), entropy: entropy)
        if options.overwriting == .ifChanged, context.sync?.isDoubtful == true {
            journal.note(DestinationSync.doubt, path: base)
        }
        let workers = options.isDryRun ? nil : try LeafWorkers(context, count: options.workers)
        let above = try options.deletes ? entries(above: path, source) : []
        var restorer = TreeRestorer(context, base: base, above: above, workers: workers)
        var completion: DirectoryCompletion?
        do {
            if isDirectory {
                completion = try restorer.restoreContents(of: entry, into: place, getsAttributes: isOwn)
            } else {
                try restorer.restoreOnly(entry, into: place)
            }
        } catch {
            journal.halt(wrapped(error))
        }
        workers?.finish()
        try journal.checkStopped()
        if !options.isDryRun, case .open(let target) = place {
            try finish(context, target, isOwn: isOwn, isWhole: isDirectory)
            try completion?.end()
            if options.isDurable { try target.syncNames() }
        }
        return journal.outcome
    }

    private func makeSync(
        _ place: RestoreFrame.Place, _ journal: RestoreJournal, _ base: FilePath
    ) -> DestinationSync? {
        guard options.isDurable, case .open(let target) = place else { return nil }
        return DestinationSync(target, entropy: entropy) { journal.note($0, path: base) }
    }

    /// Waits for the disk, and takes away what says that the run has not ended; all but the attributes of the destination,
    /// which that would change.
    private func finish(
        _ context: RestoreContext, _ target: TargetDirectory, isOwn: Bool, isWhole: Bool
    ) throws(RestoreError) {
        var isClear = true
        if let sync = context.sync {
            observer?.restoreWaitsForDisk()
            // Files that such policies left, or that could not be compared, may still be what an interrupted run has left.
            let comparesAll = options.overwriting != .never && options.overwriting != .ifNewer
            let hasNoPatterns = options.includes.isEmpty && options.excludes.isEmpty
            isClear = try sync.finish(
                destination, hasSeenAll: isWhole && comparesAll && hasNoPatterns && !context.journal.hasMissed)
        }
        if isOwn, isWhole, isClear { try? target.descriptor.unlinkAt(TemporaryName.unfinished) }
    }

    /// The directories of the snapshot that lead to `path`, from the root on.
    private func entries(above path: FilePath, _ source: ChunkSource) throws -> [TreeEntry] {
        let names = path.components
        return try names.indices.compactMap { count in
            try SnapshotPath.lookup(Array(names.prefix(count)), in: snapshot, source: source)
        }
    }

    /// Opens the destination, made if it is missing; says whether a restore has made it, this one or one before that did
    /// not come to its end. One that is made for a directory is marked as unfinished.
    private func openDestination(isMarked: Bool) throws -> (place: RestoreFrame.Place, isOwn: Bool) {
        if try !FileSystem.exists(destination) {
            if options.isDryRun { return (.absent, true) }
            guard isMarked else {
                try FileSystem.makeDirectories(destination, mode: 0o700)
                return (.open(try TargetDirectory(destination: destination)), true)
            }
            return (.open(try makeDestination()), true)
        }
        let target = try TargetDirectory(destination: destination)
        if options.overwriting == nil,
            try target.descriptor.directoryEntries().contains(where: { !TemporaryName.isMark($0.name) })
        {
            throw RestoreError(.destinationNotEmpty, path: destination, "there is something in the directory already")
        }
        if !options.isDryRun {
            target.awaitKilledRuns()
            target.removeLeftovers()
        }
        let mark = try target.status(of: TemporaryName.unfinished)
        return (.open(target), mark?.type == .regular && mark?.userID == Host.effectiveUserID)
    }

    /// Makes the destination, which gets its name when it is marked: at no moment does it look like somebody else's.
    private func makeDestination() throws -> TargetDirectory {
        try FileSystem.makeDirectories(destination.parent, mode: 0o700)
        let above = try TargetDirectory(destination: destination.parent, isListed: false)
        let temporary = TemporaryName.make(entropy)
        try above.descriptor.makeDirectoryAt(temporary, mode: 0o700)
        do {
            let target = try TargetDirectory(existing: temporary, in: above, isListed: true)
            guard target.identity.userID == Host.effectiveUserID else {
                throw RestoreError(
                    .destination, path: destination,
                    "what is made here belongs to somebody else at once: make the directory first")
            }
            try giveName(to: target, temporary, in: above)
            return target
        } catch {
            try? above.descriptor.unlinkAt(temporary, directory: true)
            throw error
        }
    }

    /// Marks the destination and gives it its name, which nothing must have.
    private func giveName(to target: TargetDirectory, _ temporary: [UInt8], in above: TargetDirectory) throws {
        let flags: OpenFlags = [.writeOnly, .create, .exclusive, .noFollow]
        _ = try target.descriptor.openBeneath(TemporaryName.unfinished, flags, mode: 0o600)
        do {
            try rename(temporary, in: above)
        } catch {
            try? target.descriptor.unlinkAt(TemporaryName.unfinished)
            throw error
        }
        guard try above.status(of: destination.lastComponent)?.isSameInode(as: target.identity) == true else {
            throw RestoreError(.destination, path: destination, "somebody else has put something in its place")
        }
    }

    private func rename(_ temporary: [UInt8], in above: TargetDirectory) throws(SystemError) {
        let name = destination.lastComponent
        do throws(SystemError) {
            try above.descriptor.renameAt(temporary, to: above.descriptor, name, replacing: false)
        } catch {
            // Not every file system can promise to replace nothing; an empty directory is all that can be replaced.
            guard error.errno == .invalidArgument else { throw error }
            try above.descriptor.renameAt(temporary, to: above.descriptor, name, replacing: true)
        }
    }
}
