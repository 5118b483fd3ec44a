import Glibc
import SystemInterface

/// The directory of one repository's catalog: its file, and what lets several processes share it.
///
/// SQLite forbids to delete a file that a connection uses (https://www.sqlite.org/howtocorrupt.html, section 2.4). So
/// every process holds `catalog.lock` (flock(2)) for as long as it uses the file: shared, or exclusive to make the file
/// anew. `catalog.damaged` tells the next one to open the file that damage was found in it.
///
/// SQLite's write-ahead log needs shared memory: one catalog must not be used from two machines at a time over a network
/// file system.
struct CatalogDirectory: Sendable {
    private static let file = Array("catalog.sqlite".utf8)
    private static let lock = Array("catalog.lock".utf8)
    private static let damaged = Array("catalog.damaged".utf8)
    /// What SQLite keeps beside the file (https://www.sqlite.org/tempfiles.html).
    private static let companions = ["-wal", "-shm", "-journal"].map { file + Array($0.utf8) }

    let path: FilePath

    /// The file that SQLite opens.
    var filePath: FilePath { path.appending(Self.file) }

    /// Makes the directory, for its owner alone, unless it is there.
    init(making path: FilePath) throws(CatalogError) {
        self.path = path
        do throws(SystemError) {
            try FileSystem.makeDirectories(path, mode: 0o700)
        } catch {
            throw CatalogError(error, "making the directory \(path)")
        }
    }

    /// Opens the file of the lock.
    func openLock() throws(CatalogError) -> FileDescriptor {
        do throws(SystemError) {
            return try FileDescriptor.open(path.appending(Self.lock), [.readWrite, .create, .noFollow], mode: 0o600)
        } catch {
            throw CatalogError(error, "opening the lock in \(path)")
        }
    }

    /// Whether there is a file, and nobody found it damaged.
    func hasUsableFile() throws(CatalogError) -> Bool {
        guard try exists(Self.file) else { return false }
        return try !exists(Self.damaged)
    }

    /// Whether there is a file of any kind.
    func hasFile() throws(CatalogError) -> Bool {
        try exists(Self.file)
    }

    /// Puts an empty file, for its owner alone, in the place of whatever is there. Needs the exclusive lock.
    func replaceFile() throws(CatalogError) {
        do throws(SystemError) {
            for name in Self.companions + [Self.file, Self.damaged] {
                try remove(name)
            }
            // SQLite gives its companions the permissions of the file.
            try FileDescriptor.open(filePath, [.writeOnly, .create, .exclusive, .noFollow], mode: 0o600).close()
        } catch {
            throw CatalogError(error, "making \(filePath)")
        }
    }

    /// Leaves word for the next one to open the file; where that fails, it will find the damage itself.
    func markDamaged() {
        try? FileDescriptor.open(path.appending(Self.damaged), [.writeOnly, .create, .noFollow], mode: 0o600).close()
    }

    private func exists(_ name: [UInt8]) throws(CatalogError) -> Bool {
        do throws(SystemError) {
            return try FileSystem.exists(path.appending(name))
        } catch {
            throw CatalogError(error, "looking into \(path)")
        }
    }

    private func remove(_ name: [UInt8]) throws(SystemError) {
        do throws(SystemError) {
            try FileSystem.remove(path.appending(name))
        } catch {
            guard error.errno == .noEntry else { throw error }
        }
    }
}
