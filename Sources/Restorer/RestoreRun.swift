import Repository
import SystemInterface

/// One restore: puts a snapshot, or a part of one, into a directory.
///
/// What a directory holds lands in the destination; anything else lands in it under its own name. The destination is
/// made if it is missing, and then gets the attributes of the directory that is restored. A run is for one use, and
/// synchronous.
public final class RestoreRun: Sendable {
    private let repository: Repository
    private let snapshot: Snapshot
    private let destination: FilePath
    private let options: RestoreOptions
    private let observer: (any RestoreObserver)?
    private let stop = StopFlag()

    /// A run from `snapshot` of `repository` into the directory `destination`.
    public init(
        repository: Repository, snapshot: Snapshot, destination: FilePath, options: RestoreOptions = RestoreOptions(),
        observer: (any RestoreObserver)? = nil
    ) {
        self.repository = repository
        self.snapshot = snapshot
        self.destination = destination
        self.options = options
        self.observer = observer
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
        } catch let error as RestoreError {
            throw error
        } catch let error as RepositoryError {
            throw RestoreError(error)
        } catch let error as SystemError {
            throw RestoreError(.destination, path: error.path ?? destination, error.errno.message)
        } catch {
            throw RestoreError(.repository(.internalFailure), "\(error)")
        }
    }

    private func restore() throws -> RestoreOutcome {
        let source = repository.makeSource()
        let path = (options.path ?? "/").normalized
        guard let entry = try SnapshotPath.lookup(path.components, in: snapshot, source: source) else {
            throw RestoreError(.noSuchPath, path: path, "snapshot \(snapshot.id.short) has nothing at this path")
        }
        let (target, isNew) = try openDestination()
        let isDirectory = entry.type == .directory
        let journal = RestoreJournal(base: isDirectory ? path : path.parent, observer: observer, stop: stop)
        var restorer = TreeRestorer(source: source, journal: journal, overwrites: options.overwrites)
        if isDirectory {
            try restorer.restoreContents(of: entry, into: target, isOwn: isNew)
        } else {
            try restorer.restoreOnly(entry, into: target)
        }
        return journal.outcome
    }

    /// Opens the destination, made if it is missing; says whether it was.
    private func openDestination() throws -> (TargetDirectory, isNew: Bool) {
        let isNew = try !FileSystem.exists(destination)
        if isNew { try FileSystem.makeDirectories(destination, mode: 0o700) }
        let target = try TargetDirectory(destination: destination)
        if !isNew, !options.overwrites, try !target.descriptor.directoryEntries().isEmpty {
            throw RestoreError(.destinationNotEmpty, path: destination, "there is something in the directory already")
        }
        return (target, isNew)
    }
}
