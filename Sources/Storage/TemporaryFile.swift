import Coding
import SystemInterface

/// A file in a store's folder `tmp`: the way to create an object where a file can't be written without a name.
///
/// It is locked (flock(2)) for as long as it is written, so that `LocalDirectoryStore.removeLeftovers` knows it from one
/// that an interrupted process left.
struct TemporaryFile: ~Copyable {
    /// The file, open for writing.
    let file: FileDescriptor
    private let folder: FileDescriptor
    private let name: [UInt8]

    /// Makes an empty file in `folder`.
    static func make(
        in folder: consuming FileDescriptor, entropy: any EntropySource
    ) throws(SystemError) -> TemporaryFile {
        for _ in 0..<StorageLimits.temporaryNameAttempts {
            let name = Array(Hexadecimal.encode(entropy.bytes(StorageLimits.temporaryNameBytes)).utf8)
            let file: FileDescriptor
            do throws(SystemError) {
                file = try folder.openAt(name, [.writeOnly, .create, .exclusive, .noFollow], mode: Layout.fileMode)
            } catch {
                guard error.errno == .alreadyExists else { throw error }
                continue
            }
            // A cleaner that came in between has it now, and removes it. Where locks don't work, cleaners remove nothing.
            guard (try? file.tryLock(exclusive: true)) != false else { continue }
            // One that has come and gone has removed it.
            guard (try? file.status().linkCount) != 0 else { continue }
            return TemporaryFile(file: file, folder: folder, name: name)
        }
        throw SystemError(call: "openat", errno: .alreadyExists)
    }

    private init(file: consuming FileDescriptor, folder: consuming FileDescriptor, name: [UInt8]) {
        self.file = file
        self.folder = folder
        self.name = name
    }

    deinit {
        // Gone already after a move; the second of two names after a link. What fails here is left for the cleaner.
        try? folder.unlinkAt(name)
    }

    /// Gives the file the name `newName` in `directory`, and takes the temporary one away; false when that name is taken.
    func move(to directory: borrowing FileDescriptor, _ newName: [UInt8]) throws(SystemError) -> Bool {
        try folder.moveAt(name, of: file, to: directory, newName)
    }
}
