import Synchronization
import SystemInterface

/// A store in a directory: an object is a file of its name's `path`.
///
/// The directory holds a folder for each `ObjectFolder`, `tmp` for what is being written where the file system needs a
/// name for that, and the file `format`. Files have mode 0400 and directories 0700, less the process's umask.
///
/// The store keeps the directory open: it goes on in the same directory when that is renamed, or when something is
/// mounted over its path. Nothing inside the directory is reached through a symbolic link.
///
/// It needs a file system that can create a name without overwriting: O_TMPFILE and linkat(2), renameat2(2) with
/// RENAME_NOREPLACE, or linkat(2) alone, one of which every local file system and NFS have.
public final class LocalDirectoryStore: ObjectStore {
    /// The path that the store was opened at, in printable form.
    public let location: String
    /// The path without symbolic links.
    public let canonicalLocation: [UInt8]

    let root: FileDescriptor
    let entropy: any EntropySource
    /// Whether files are written without a name first; turned off for good when the file system can't do that.
    let usesUnnamedFiles: Atomic<Bool>
    /// The folders of packs whose names this process has made durable.
    let durableFolders = Mutex<Set<String>>([])

    /// Opens the store in the directory `path`; what `entropy` gives makes temporary names unlike any other, no more.
    ///
    /// Whether there is a repository in it is for the layer above to say. Throws `.notFound`, `.notADirectory`,
    /// `.permissionDenied`, `.unreachable` or `.ioFailure`.
    public convenience init(
        at path: FilePath, entropy: any EntropySource = SystemEntropy()
    ) throws(StorageError) {
        try self.init(at: path, entropy: entropy, usesUnnamedFiles: true)
    }

    /// Opens the store and says whether it tries files without a name: tests turn that off to take the other way.
    package init(
        at path: FilePath, entropy: any EntropySource = SystemEntropy(), usesUnnamedFiles: Bool
    ) throws(StorageError) {
        do throws(SystemError) {
            root = try FileDescriptor.open(path, [.readOnly, .directory])
        } catch {
            throw StorageError(error, .open, nil)
        }
        location = path.description
        canonicalLocation = ((try? FileSystem.realPath(path)) ?? path).bytes
        self.entropy = entropy
        self.usesUnnamedFiles = Atomic(usesUnnamedFiles)
    }

    /// The whole object, as the contract says.
    public func read(_ name: ObjectName) throws(StorageError) -> [UInt8] {
        let file = try openFile(name)
        let size = try size(of: file, name)
        try ObjectRules.checkSize(size, .read, name)
        return try read(0..<size, of: file, name)
    }

    /// Exactly the bytes of `range`, as the contract says.
    public func read(_ name: ObjectName, range: Range<UInt64>) throws(StorageError) -> [UInt8] {
        let file = try openFile(name)
        try ObjectRules.checkRange(range, size: try size(of: file, name), name)
        return try read(range, of: file, name)
    }

    /// The object's size in bytes, as the contract says.
    public func size(of name: ObjectName) throws(StorageError) -> UInt64 {
        let folder = try openFolder(of: name, .size)
        let status: FileStatus
        do throws(SystemError) {
            status = try folder.statusAt(Array(name.fileName.utf8))
        } catch {
            throw StorageError(error, .size, name)
        }
        return try Self.checkedSize(status, .size, name)
    }

    /// Deletes the object, as the contract says.
    public func delete(_ name: ObjectName) throws(StorageError) {
        let folder = try openFolder(of: name, .delete)
        do throws(SystemError) {
            try folder.unlinkAt(Array(name.fileName.utf8))
        } catch {
            // Whoever deleted it may not have come to the fsync, so that it could come back.
            if error.errno == .noEntry { try makeNamesDurable(in: folder, .delete, name) }
            throw StorageError(error, .delete, name)
        }
        try makeNamesDurable(in: folder, .delete, name)
    }

    /// Opens the directory that `name` lies in.
    func openFolder(
        of name: ObjectName, _ operation: StorageError.Operation
    ) throws(StorageError) -> FileDescriptor {
        do throws(SystemError) {
            return try openFolder(name.directoryComponents)
        } catch {
            throw StorageError(error, operation, name)
        }
    }

    /// Opens the directory of these components below the root: the root itself for none.
    func openFolder(_ components: [String]) throws(SystemError) -> FileDescriptor {
        let flags: OpenFlags = [.readOnly, .directory, .noFollow]
        // A descriptor of its own each time, since reading a directory moves the descriptor's position.
        var folder = try root.openAt(Array(".".utf8), flags)
        for component in components {
            folder = try folder.openAt(Array(component.utf8), flags)
        }
        return folder
    }

    /// Makes what was created and deleted in `folder` survive the loss of power.
    func makeNamesDurable(
        in folder: borrowing FileDescriptor, _ operation: StorageError.Operation, _ name: ObjectName?
    ) throws(StorageError) {
        do throws(SystemError) {
            try folder.sync()
        } catch {
            let cause = StorageError(error, operation, name)
            let code = cause.code == .noSpace ? .ioFailure : cause.code
            let reason = "the change was made, but may not survive a loss of power: \(cause.reason)"
            throw StorageError(code, operation, name, reason: reason)
        }
    }

    /// The size in `status`, or an error when it isn't a file's: nothing else is ever an object.
    static func checkedSize(
        _ status: FileStatus, _ operation: StorageError.Operation, _ name: ObjectName
    ) throws(StorageError) -> UInt64 {
        guard status.type == .regular else {
            throw StorageError(.ioFailure, operation, name, reason: "something that is no file has this name")
        }
        return status.size
    }

    private func openFile(_ name: ObjectName) throws(StorageError) -> FileDescriptor {
        let folder = try openFolder(of: name, .read)
        do throws(SystemError) {
            // A fifo of this name must not make the call wait for a writer.
            return try folder.openAt(Array(name.fileName.utf8), [.readOnly, .noFollow, .nonBlocking])
        } catch {
            throw StorageError(error, .read, name)
        }
    }

    private func size(of file: borrowing FileDescriptor, _ name: ObjectName) throws(StorageError) -> UInt64 {
        let status: FileStatus
        do throws(SystemError) {
            status = try file.status()
        } catch {
            throw StorageError(error, .read, name)
        }
        return try Self.checkedSize(status, .read, name)
    }

    /// Reads a range that lies within the file and has at most `StorageLimits.maximumObjectBytes`.
    private func read(
        _ range: Range<UInt64>, of file: borrowing FileDescriptor, _ name: ObjectName
    ) throws(StorageError) -> [UInt8] {
        let count = Int(range.upperBound - range.lowerBound)
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try file.pread(count, at: range.lowerBound)
        } catch {
            throw StorageError(error, .read, name)
        }
        guard bytes.count == count else {
            let reason = "the file ended after \(bytes.count) of \(count) bytes although it was larger before"
            throw StorageError(.ioFailure, .read, name, reason: reason)
        }
        return bytes
    }
}
