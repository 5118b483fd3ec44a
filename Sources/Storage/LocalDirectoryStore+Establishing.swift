import SystemInterface

extension LocalDirectoryStore {
    /// Makes an empty store: the directory, unless there is an empty one, and its folders, all durable on return.
    ///
    /// The directory above must exist: a disk that isn't mounted is to be noticed. What an interrupted call made is
    /// completed, and so is `lost+found` let be. Two processes may both succeed; the object `format` tells who was first.
    /// Throws `.notADirectory` where something else has the name, `.notEmpty`, and `.notFound` where the directory above
    /// is missing.
    public static func create(
        at path: FilePath, entropy: any EntropySource = SystemEntropy()
    ) throws(StorageError) -> LocalDirectoryStore {
        do throws(SystemError) {
            try establish(path.normalized)
        } catch {
            switch error.errno {
            case .noEntry:
                throw StorageError(.notFound, .establish, reason: "there is no directory above it (ENOENT)")
            case .notEmpty:
                throw StorageError(.notEmpty, .establish, reason: "the directory is not empty")
            default:
                throw StorageError(error, .establish, nil)
            }
        }
        return try LocalDirectoryStore(at: path, entropy: entropy)
    }

    private static func establish(_ path: FilePath) throws(SystemError) {
        let root = try openOrMakeRoot(path)
        for entry in try root.directoryEntries() {
            try checkHarmless(entry, in: root)
        }
        for folder in Layout.folders {
            try root.openOrMakeDirectoryAt(Array(folder.utf8), mode: Layout.folderMode).sync()
        }
        try root.sync()
    }

    /// Opens the directory; makes it, and its name durable, where there is none. Here a symbolic link is the user's way.
    private static func openOrMakeRoot(_ path: FilePath) throws(SystemError) -> FileDescriptor {
        do throws(SystemError) {
            return try FileDescriptor.open(path, [.readOnly, .directory])
        } catch {
            guard error.errno == .noEntry else { throw error }
        }
        let parent = try FileDescriptor.open(path.parent, [.readOnly, .directory])
        let root = try parent.openOrMakeDirectoryAt(path.lastComponent, mode: Layout.folderMode)
        try parent.sync()
        return root
    }

    /// Throws ENOTEMPTY unless the entry is one that an empty store has.
    private static func checkHarmless(
        _ entry: DirectoryEntry, in root: borrowing FileDescriptor
    ) throws(SystemError) {
        let refusal = SystemError(call: "getdents64", path: FilePath(entry.name), errno: .notEmpty)
        guard let name = FilePath(entry.name).text else { throw refusal }
        if name == Layout.lostAndFound { return }
        guard Layout.folders.contains(name), try root.statusAt(entry.name).type == .directory else { throw refusal }
        let folder = try root.openAt(entry.name, [.readOnly, .directory, .noFollow])
        guard try folder.directoryEntries().isEmpty else { throw refusal }
    }
}
