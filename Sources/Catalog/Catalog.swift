import Coding
import Glibc
import Synchronization
import SystemInterface

/// The local mirror of a repository's index and snapshots, in SQLite: opening a repository costs the same at a hundred
/// or ten million chunks.
///
/// It is disposable. Everything in it can be read from the repository again, but for the pages that a writer keeps who
/// cannot read them back, and those only save time; deleted or damaged it is made anew, and a loss of power may take its
/// last changes. What it says is checked for form, not for truth: the layer above opens what
/// a location leads to, and notices.
///
/// Its methods may be called from any number of threads, one of which works at a time, and any number of processes of
/// one machine, which see each other's changes when a method that made one has returned. Each method is one transaction.
///
/// Every method may throw `.damaged`, `.busy`, `.noSpace`, `.permissionDenied`, `.ioFailure` and `.outOfMemory`. After
/// `.damaged` this catalog has closed the file, and throws that for ever; the next `open` makes the file anew.
public final class Catalog: Sendable {
    /// The version of the tables; files of any other, older or newer, are made anew.
    public static let schemaVersion = 5

    /// Whether a file was there and had to be made anew, since it was damaged, of another version or another
    /// repository's.
    public let wasRebuilt: Bool

    /// Whether it is gone with the process.
    public var isInMemory: Bool { directory == nil }

    /// What an open catalog has; the connection goes before the lock.
    private struct Session: ~Copyable {
        let connection: Connection
        /// Holds the shared lock: see `CatalogDirectory`.
        let lock: FileDescriptor?
    }

    /// Nil once damage was found: the file is closed, so that it can be made anew even while this catalog lives.
    private let session: Mutex<Session?>
    private let directory: CatalogDirectory?

    /// Opens the catalog of the repository with the 16-byte UUID `repository` in `directory`; makes both when they are
    /// missing, the directory with mode 0700 and the file with 0600.
    ///
    /// A directory serves one repository. A file that can't be used is made anew, unless another process is using it for
    /// seconds: then the error is `.busy`. The answer to any error is `inMemory`.
    public static func open(directory path: FilePath, repository: [UInt8]) throws(CatalogError) -> Catalog {
        checkRepository(repository)
        let directory = try CatalogDirectory(making: path)
        var wasRebuilt = false
        for attempt in 0..<CatalogLimits.lockAttempts {
            if attempt > 0 { usleep(CatalogLimits.lockPauseMicroseconds) }
            let lock = try directory.openLock()
            if try lock.tryCatalogLock(exclusive: false), try directory.hasUsableFile(),
                let connection = try openConnection(in: directory, repository: repository)
            {
                return Catalog(connection, directory: directory, lock: lock, wasRebuilt: wasRebuilt)
            }
            // From shared to exclusive in one step, two processes would wait for each other.
            guard try lock.tryCatalogLock(exclusive: true) else { continue }
            wasRebuilt = try rebuild(directory, repository: repository) || wasRebuilt
        }
        throw CatalogError(.busy, message: "another process uses \(directory.filePath), which must be made anew")
    }

    /// An empty catalog in memory, gone with the process.
    public static func inMemory(repository: [UInt8]) throws(CatalogError) -> Catalog {
        checkRepository(repository)
        let connection = try Connection.make(path: ":memory:", repository: repository)
        return Catalog(connection, directory: nil, lock: nil, wasRebuilt: false)
    }

    private init(
        _ connection: consuming sending Connection, directory: CatalogDirectory?, lock: consuming FileDescriptor?,
        wasRebuilt: Bool
    ) {
        session = Mutex(Session(connection: connection, lock: lock))
        self.directory = directory
        self.wasRebuilt = wasRebuilt
    }

    /// Removes everything that the catalog mirrors; the file stays.
    public func removeEverything() throws(CatalogError) {
        try write { (connection) throws(CatalogError) in
            try connection.removeAllRows()
        }
    }

    /// Runs `body` in a transaction that writes: all of it is stored, or nothing.
    func write<Result: Sendable>(
        _ body: (borrowing Connection) throws(CatalogError) -> Result
    ) throws(CatalogError) -> Result {
        try withConnection { (connection) throws(CatalogError) in
            try connection.transaction { () throws(CatalogError) in try body(connection) }
        }
    }

    /// Runs `body` on the connection, alone. Damage that it finds closes the file, with a word for the next to open it.
    ///
    /// With `keepingReads` a transaction that reads may stay open for the next such call; any other call ends it first.
    func withConnection<Result: Sendable>(
        keepingReads: Bool = false, _ body: (borrowing Connection) throws(CatalogError) -> Result
    ) throws(CatalogError) -> Result {
        try session.withLock { (session) throws(CatalogError) in
            let failure: CatalogError
            switch session {
            case .none: throw .damaged("the file was found damaged before, and is closed")
            case .some(let open):
                do throws(CatalogError) {
                    if keepingReads { try open.connection.keepReading() } else { open.connection.endReading() }
                    return try body(open.connection)
                } catch {
                    failure = error
                }
            }
            if failure.code == .damaged {
                directory?.markDamaged()
                session = nil
            }
            throw failure
        }
    }

    /// Opens the file, or returns nil when it can't be used.
    private static func openConnection(
        in directory: CatalogDirectory, repository: [UInt8]
    ) throws(CatalogError) -> sending Connection? {
        do throws(CatalogError) {
            return try Connection.open(path: directory.filePath, repository: repository)
        } catch {
            guard error.code == .damaged else { throw error }
            return nil
        }
    }

    /// Makes the file anew, unless another process did so meanwhile; tells whether one was there.
    private static func rebuild(_ directory: CatalogDirectory, repository: [UInt8]) throws(CatalogError) -> Bool {
        if try directory.hasUsableFile(), try openConnection(in: directory, repository: repository) != nil {
            return false
        }
        let wasThere = try directory.hasFile()
        try directory.replaceFile()
        _ = try Connection.make(path: directory.filePath, repository: repository)
        return wasThere
    }

    private static func checkRepository(_ repository: [UInt8]) {
        precondition(repository.count == CatalogLimits.repositoryBytes, "a repository's UUID has 16 bytes")
    }
}

extension FileDescriptor {
    /// Tries for the lock of a catalog.
    fileprivate func tryCatalogLock(exclusive: Bool) throws(CatalogError) -> Bool {
        do throws(SystemError) {
            return try tryLock(exclusive: exclusive)
        } catch {
            throw CatalogError(error, "locking the catalog")
        }
    }
}
