import Repository
import Storage
import SystemInterface

/// A directory outside of the repository that keeps damaged objects: who repairs deletes nothing that is not there.
public struct DamagedShelf: Sendable {
    private let directory: FilePath

    /// A shelf in `directory`, which is made when the first object comes.
    public init(_ directory: FilePath) {
        self.directory = directory
    }

    /// Copies the object to the shelf, durably, and then deletes it from `store`; false if it cannot be read whole, and
    /// stays where it is.
    func move(_ name: ObjectName, from store: any ObjectStore) throws(RepositoryError) -> Bool {
        guard try copy(name, from: store) != nil else { return false }
        do {
            try store.delete(name)
            return true
        } catch {
            throw RepositoryError(error)
        }
    }

    /// Copies the object to the shelf, durably; its bytes, or nil if it cannot be read whole.
    func copy(_ name: ObjectName, from store: any ObjectStore) throws(RepositoryError) -> [UInt8]? {
        do {
            guard let bytes = try read(name, from: store) else { return nil }
            try keep(bytes, as: name.directoryComponents.first.map { "\($0)-\(name.fileName)" } ?? name.fileName)
            return bytes
        } catch let error as StorageError {
            throw RepositoryError(error)
        } catch {
            throw RepositoryError(.invalidArgument, "cannot keep what is damaged in \(directory): \(error)")
        }
    }

    private func read(_ name: ObjectName, from store: any ObjectStore) throws(StorageError) -> [UInt8]? {
        do throws(StorageError) {
            return try store.read(name)
        } catch {
            guard error.code == .ioFailure || error.code == .notFound else { throw error }
            return nil
        }
    }

    private func keep(_ bytes: [UInt8], as name: String) throws(SystemError) {
        try FileSystem.makeDirectories(directory, mode: 0o700)
        let file = try FileDescriptor.open(
            directory.appending(name), [.writeOnly, .create, .truncate, .noFollow], mode: 0o600)
        try file.write(all: bytes)
        try file.sync()
        try file.close()
        try FileDescriptor.open(directory, [.readOnly, .directory]).sync()
    }
}
