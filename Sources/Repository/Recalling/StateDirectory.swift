import SystemInterface

/// A directory of small files that this user's processes share, and what one has written no other may lose.
///
/// It and its files are their owner's alone (modes 0700 and 0600). A file is replaced as a whole: written beside, synced,
/// renamed, and the directory synced, under an exclusive flock(2), so that of two processes none loses what the other
/// has written.
struct StateDirectory: Sendable {
    private static let lock = Array("lock".utf8)
    /// How long a process waits for others to have written.
    private static let lockAttemptsMax = 500
    private static let lockPauseSeconds = 0.01

    let path: FilePath
    /// Whether what somebody else owns, or others may write to, is refused: not of what costs nothing but time where it lies.
    var isOwnAlone = true

    /// The bytes of a file, or nil if there is none. Throws EACCES for a file or directory of somebody else, or one that
    /// others may write to.
    func read(_ name: String, atMost limit: Int) throws(SystemError) -> [UInt8]? {
        do throws(SystemError) {
            let directory = try open()
            // A fifo must not be waited for.
            let file = try directory.openAt(Array(name.utf8), [.readOnly, .noFollow, .nonBlocking])
            try requireOwn(file)
            return try file.readAll(atMost: limit)
        } catch {
            guard error.errno == .noEntry else { throw error }
            return nil
        }
    }

    /// Makes the directory, if it is missing, and replaces a file by what `body` makes of it; nil leaves it as it is.
    func replace<Failure: Error>(
        _ name: String, atMost limit: Int, _ body: ([UInt8]?) throws(Failure) -> [UInt8]?
    ) throws {
        try FileSystem.makeDirectories(path, mode: 0o700)
        let directory = try open()
        let lock = try directory.openAt(Self.lock, [.readWrite, .create, .noFollow, .nonBlocking], mode: 0o600)
        var attempts = 0
        while try !lock.tryLock(exclusive: true) {
            attempts += 1
            guard attempts < Self.lockAttemptsMax else {
                throw SystemError(call: "flock", path: path, errno: .wouldBlock)
            }
            Thread.pause(seconds: Self.lockPauseSeconds)
        }
        guard let bytes = try body(try read(name, atMost: limit)) else { return }
        let temporary = Array((name + ".new").utf8)
        do {
            let flags: OpenFlags = [.writeOnly, .create, .truncate, .noFollow, .nonBlocking]
            let file = try directory.openAt(temporary, flags, mode: 0o600)
            try file.write(all: bytes)
            try file.sync()
            try file.close()
        }
        try directory.renameAt(temporary, to: directory, Array(name.utf8), replacing: true)
        try directory.sync()
    }

    private func open() throws(SystemError) -> FileDescriptor {
        let directory = try FileDescriptor.open(path, [.readOnly, .directory])
        try requireOwn(directory)
        return directory
    }

    private func requireOwn(_ file: borrowing FileDescriptor) throws(SystemError) {
        guard isOwnAlone else { return }
        let status = try file.status()
        guard status.userID == Host.effectiveUserID, status.permissions & 0o022 == 0 else {
            throw SystemError(call: "open", path: path, errno: .accessDenied)
        }
    }
}
