import SystemInterface

/// An open directory, closed when the last who holds it lets go.
final class OpenDirectory: Sendable {
    let descriptor: FileDescriptor

    /// Opens an absolute path.
    init(_ path: FilePath, _ flags: OpenFlags) throws(SystemError) {
        descriptor = try FileDescriptor.open(path, flags)
    }

    /// Opens a name in a directory.
    init(_ name: [UInt8], in directory: OpenDirectory, _ flags: OpenFlags) throws(SystemError) {
        descriptor = try directory.descriptor.openAt(name, flags)
    }
}

extension OpenDirectory {
    /// How a directory is opened to be listed: never through a link.
    static let listing: OpenFlags = [.readOnly, .directory, .noFollow]

    /// Opens a name, leaving no access time behind where the owner or root asks for that (open(2), O_NOATIME).
    static func open(_ name: [UInt8], in directory: OpenDirectory, _ flags: OpenFlags) throws(SystemError)
        -> OpenDirectory
    {
        do throws(SystemError) {
            return try OpenDirectory(name, in: directory, flags.union(.noAccessTime))
        } catch {
            guard error.errno == .notPermitted else { throw error }
            return try OpenDirectory(name, in: directory, flags)
        }
    }

    /// The names in a directory, the first one last, and each once: some file systems list a name twice, where it was made
    /// anew meanwhile, or for good where they are damaged or put together out of several.
    func sortedEntries() throws(SystemError) -> [DirectoryEntry] {
        let sorted = try descriptor.directoryEntries().sorted { ByteOrder.compare($0.name, $1.name) > 0 }
        guard zip(sorted, sorted.dropFirst()).contains(where: { $0.name == $1.name }) else { return sorted }
        return sorted.indices.filter { $0 == 0 || sorted[$0 - 1].name != sorted[$0].name }.map { sorted[$0] }
    }

    private static let file: OpenFlags = [.readOnly, .noFollow, .nonBlocking, .noControllingTerminal]

    /// Opens a file to be read, leaving no access time behind where the owner or root asks for that.
    static func openFile(_ name: [UInt8], in directory: OpenDirectory) throws(SystemError) -> FileDescriptor {
        do throws(SystemError) {
            return try directory.descriptor.openAt(name, file.union(.noAccessTime))
        } catch {
            guard error.errno == .notPermitted else { throw error }
            return try directory.descriptor.openAt(name, file)
        }
    }
}
