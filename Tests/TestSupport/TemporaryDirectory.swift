import Coding
import Glibc
import SystemInterface

/// A new directory that vanishes, with all that is in it, when the last reference to it goes.
///
/// It lies below `TMPDIR`, or `/tmp` without that; mode 0700.
public final class TemporaryDirectory: Sendable {
    /// Where it lies, an absolute path without symbolic links.
    public let path: FilePath
    /// The directory, open for reading.
    public let directory: FileDescriptor

    /// Makes the directory.
    public convenience init() throws {
        try self.init(in: FilePath(getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"))
    }

    /// Makes the directory in `base` instead.
    public init(in base: FilePath) throws {
        let base = try FileSystem.realPath(base)
        let name = "pastfs-test-" + Hexadecimal.encode(SystemEntropy().bytes(8))
        let path = base.appending(name)
        try FileSystem.makeDirectory(path, mode: 0o700)
        self.path = path
        directory = try FileDescriptor.open(path, [.readOnly, .directory])
    }

    deinit {
        Self.removeContents(of: directory)
        try? FileSystem.remove(path, directory: true)
    }

    /// Writes a file of this name and contents, and gives its path.
    @discardableResult
    public func write(_ name: String, _ contents: [UInt8]) throws -> FilePath {
        let file = path.appending(name)
        try FileSystem.write(file, contents)
        return file
    }

    /// Makes a directory of this name, and those above it that are missing, and gives its path.
    @discardableResult
    public func makeDirectory(_ name: String) throws -> FilePath {
        let made = path.appending(name)
        try FileSystem.makeDirectories(made)
        return made
    }

    /// Removes what can be removed. A directory without permissions is given them; a mount that a test left behind is
    /// not entered, so that nothing outside is ever deleted.
    private static func removeContents(of directory: borrowing FileDescriptor) {
        guard let device = try? directory.status().device else { return }
        for entry in (try? directory.directoryEntries()) ?? [] {
            if (try? directory.unlinkAt(entry.name)) != nil { continue }
            guard let status = try? directory.statusAt(entry.name), status.type == .directory,
                status.device == device
            else { continue }
            try? directory.setPermissionsAt(entry.name, 0o700)
            if let child = try? directory.openAt(entry.name, [.readOnly, .directory, .noFollow]) {
                removeContents(of: child)
            }
            try? directory.unlinkAt(entry.name, directory: true)
        }
    }
}
