import Coding
import Repository
import Storage
import SystemInterface

/// A directory outside of the repository that keeps damaged objects: who repairs deletes nothing that is not there.
public struct DamagedShelf: Sendable {
    /// What became of an object that was to be moved.
    enum Move {
        /// It is on the shelf, and not in the repository any more.
        case moved
        /// It gives this time what it did not give before, and stays where it is.
        case sound
        /// It cannot be read, and stays where it is.
        case unread
    }

    /// What became of an object that was to be copied.
    enum Copy {
        /// It is on the shelf, with these bytes.
        case kept([UInt8])
        /// It gives this time what it did not give before, and is not on the shelf.
        case sound
        /// It cannot be read, and is not on the shelf.
        case unread
    }

    private let directory: FilePath

    /// A shelf in `directory`, which is made when the first object comes.
    public init(_ directory: FilePath) {
        self.directory = directory
    }

    /// Copies the object to the shelf as `copy` does, and then deletes it from `store`.
    func move(
        _ name: ObjectName, from store: any ObjectStore,
        unless isSound: ([UInt8]) throws(RepositoryError) -> Bool
    ) throws(RepositoryError) -> Move {
        switch try copy(name, from: store, unless: isSound) {
        case .sound: return .sound
        case .unread: return .unread
        case .kept: break
        }
        do {
            try store.delete(name)
            return .moved
        } catch {
            throw RepositoryError(error)
        }
    }

    /// Copies the object to the shelf as `copy` does, and then puts `whole` into its place in `store`. Where that fails the
    /// object gets back what it had, as far as the storage takes that: it may be what `whole` was made from.
    func replace(
        _ name: ObjectName, by whole: [UInt8], in store: any ObjectStore,
        unless isSound: ([UInt8]) throws(RepositoryError) -> Bool
    ) throws(RepositoryError) -> Move {
        let damaged: [UInt8]
        switch try copy(name, from: store, unless: isSound) {
        case .sound: return .sound
        case .unread: return .unread
        case .kept(let bytes): damaged = bytes
        }
        do {
            try store.delete(name)
        } catch {
            throw RepositoryError(error)
        }
        do {
            try store.create(name, whole)
        } catch {
            guard error.code != .alreadyExists else { return .moved }
            try? store.create(name, damaged)
            throw RepositoryError(error)
        }
        return .moved
    }

    /// Copies the object to the shelf, durably, unless `isSound` says of the bytes that are read for that that somebody needs
    /// them: a disk that fails once is no reason to take away what it gives a moment later.
    func copy(
        _ name: ObjectName, from store: any ObjectStore,
        unless isSound: ([UInt8]) throws(RepositoryError) -> Bool
    ) throws(RepositoryError) -> Copy {
        guard let bytes = try read(name, from: store) else { return .unread }
        guard try !isSound(bytes) else { return .sound }
        try keep(bytes, of: name)
        return .kept(bytes)
    }

    private func read(_ name: ObjectName, from store: any ObjectStore) throws(RepositoryError) -> [UInt8]? {
        do throws(StorageError) {
            return try store.read(name)
        } catch {
            switch error.code {
            // Whoever holds the storage can put an object there that is larger than any.
            case .ioFailure, .notFound, .permissionDenied, .tooLarge, .outOfRange: return nil
            default: throw RepositoryError(error)
            }
        }
    }

    private func keep(_ bytes: [UInt8], of object: ObjectName) throws(RepositoryError) {
        let name = object.directoryComponents.first.map { "\($0)-\(object.fileName)" } ?? object.fileName
        do throws(SystemError) {
            try makeDirectory()
            // Another repository may have left something of this name, or this one something that was other bytes then.
            var number = 1
            while try !keep(bytes, in: directory.appending(number == 1 ? name : "\(name).\(number)")) { number += 1 }
            try Self.syncNames(in: directory)
        } catch {
            throw RepositoryError(.invalidArgument, "cannot keep what is damaged in \(directory): \(error)")
        }
    }

    /// Sees to it that a file has these bytes, durably; false if there is one that has others.
    private func keep(_ bytes: [UInt8], in path: FilePath) throws(SystemError) -> Bool {
        do throws(SystemError) {
            let file = try FileDescriptor.open(path, [.writeOnly, .create, .exclusive, .noFollow], mode: 0o600)
            try file.write(all: bytes)
            try file.sync()
            try file.close()
            return true
        } catch {
            guard error.errno == .alreadyExists else { throw error }
        }
        guard try FileSystem.status(path).type == .regular else { return false }
        let file = try FileDescriptor.open(path, [.readOnly, .noFollow, .nonBlocking])
        guard try file.status().size == UInt64(bytes.count), try file.readAll(atMost: bytes.count) == bytes else {
            return false
        }
        // Whoever wrote it may have been interrupted before that.
        try file.sync()
        return true
    }

    /// Makes the directory and those above it that are missing, so that they survive the loss of power.
    private func makeDirectory() throws(SystemError) {
        let wasThere = try FileSystem.exists(directory)
        // The one above it even where the directory is there: whoever made it may have been interrupted.
        var changed = [directory.parent]
        while let above = changed.last, try !FileSystem.exists(above) { changed.append(above.parent) }
        try FileSystem.makeDirectories(directory, mode: 0o700)
        for above in changed {
            do throws(SystemError) {
                try Self.syncNames(in: above)
            } catch {
                // Above a directory that somebody else has made there may be one that this user cannot open, or that nothing
                // can be made durable in.
                guard wasThere, [.accessDenied, .invalidArgument, .readOnlyFileSystem].contains(error.errno) else {
                    throw error
                }
            }
        }
    }

    private static func syncNames(in directory: FilePath) throws(SystemError) {
        try FileDescriptor.open(directory, [.readOnly, .directory]).sync()
    }
}
