import SystemInterface

// How an object comes to be: written to a file that has no name, or one in `tmp`; made durable; given its name without
// overwriting; and the name made durable. At no moment does the name lead to less than the whole.

extension LocalDirectoryStore {
    /// What came of writing a file and giving it its name.
    private enum Outcome {
        case published
        case nameIsTaken
        /// fsync(2) failed; the file is gone.
        case notDurable(SystemError)
        /// The file system can't write a file without a name.
        case needsTemporaryName
    }

    /// Creates an object of the bytes of `parts`, as the contract says.
    public func create(_ name: ObjectName, _ parts: [[UInt8]]) throws(StorageError) {
        _ = try ObjectRules.checkSize(of: parts, name)
        let folder = try openOrMakeFolder(of: name)
        let isNew: Bool
        if try isTaken(name, in: folder) {
            isNew = false
        } else {
            isNew = try publish(parts, as: name, in: folder)
        }
        // Also where the name is taken: whoever created it may not have come to this point.
        try makeNamesDurable(in: folder, .create, name)
        guard isNew else {
            throw StorageError(.alreadyExists, .create, name, reason: "there is such an object already")
        }
    }

    /// Whether there is such an object. Anything else of this name is an error.
    private func isTaken(_ name: ObjectName, in folder: borrowing FileDescriptor) throws(StorageError) -> Bool {
        let status: FileStatus
        do throws(SystemError) {
            status = try folder.statusAt(Array(name.fileName.utf8))
        } catch {
            guard error.errno == .noEntry else { throw StorageError(error, .create, name) }
            return false
        }
        _ = try Self.checkedSize(status, .create, name)
        return true
    }

    /// Writes the parts to a new file and names it; false when the name is taken. After an error there is no such name.
    private func publish(
        _ parts: [[UInt8]], as name: ObjectName, in folder: borrowing FileDescriptor
    ) throws(StorageError) -> Bool {
        var rewrites = StorageLimits.rewritesAfterFailedSync
        while true {
            let outcome: Outcome
            do throws(SystemError) {
                outcome =
                    usesUnnamedFiles.load(ordering: .relaxed)
                    ? try publishUnnamed(parts, as: name, in: folder) : try publishNamed(parts, as: name, in: folder)
            } catch {
                // The folder was there a moment ago: ENOENT is about `tmp`, or a cleaner that took the file away.
                guard error.errno != .noEntry else {
                    let reason = "the file vanished while it was written (\(error.errno.name), \(error.call))"
                    throw StorageError(.ioFailure, .create, name, reason: reason)
                }
                throw StorageError(error, .create, name)
            }
            switch outcome {
            case .published: return true
            case .nameIsTaken: return false
            case .needsTemporaryName: usesUnnamedFiles.store(false, ordering: .relaxed)
            case .notDurable(let error):
                let failure = StorageError(error, .create, name)
                guard rewrites > 0, failure.code != .noSpace else { throw failure }
                rewrites -= 1
            }
        }
    }

    /// Writes a file without a name in the object's own folder (open(2), O_TMPFILE), then links it there.
    private func publishUnnamed(
        _ parts: [[UInt8]], as name: ObjectName, in folder: borrowing FileDescriptor
    ) throws(SystemError) -> Outcome {
        guard let file = try folder.makeUnnamedFile(mode: Layout.fileMode) else { return .needsTemporaryName }
        if let error = try Self.write(parts, to: file) { return .notDurable(error) }
        do throws(SystemError) {
            try file.linkInto(folder, Array(name.fileName.utf8))
            return .published
        } catch {
            if error.errno == .alreadyExists { return .nameIsTaken }
            // ENOENT: there is no /proc, nor the privilege that does without.
            guard error.isUnsupported || error.errno == .noEntry else { throw error }
            return .needsTemporaryName
        }
    }

    /// Writes a file that has a name in `tmp`, then moves it.
    private func publishNamed(
        _ parts: [[UInt8]], as name: ObjectName, in folder: borrowing FileDescriptor
    ) throws(SystemError) -> Outcome {
        let temporary = try TemporaryFile.make(in: openTemporaryFolder(), entropy: entropy)
        if let error = try Self.write(parts, to: temporary.file) { return .notDurable(error) }
        return try temporary.move(to: folder, Array(name.fileName.utf8)) ? .published : .nameIsTaken
    }

    /// Writes the parts and makes them durable; returns the error of fsync(2), throws any other.
    private static func write(
        _ parts: [[UInt8]], to file: borrowing FileDescriptor
    ) throws(SystemError) -> SystemError? {
        try DirectWriter.write(parts, to: file)
        do throws(SystemError) {
            try file.sync()
            return nil
        } catch {
            return error
        }
    }

    /// Opens the directory that `name` lies in; makes that of a pack, and one that is made when it is needed, when it is
    /// the first there.
    private func openOrMakeFolder(of name: ObjectName) throws(StorageError) -> FileDescriptor {
        let components = name.directoryComponents
        guard components.count == 2 || name.folder?.isMadeWhenNeeded == true, let last = components.last else {
            return try openFolder(of: name, .create)
        }
        do throws(SystemError) {
            // Where the folders of old are missing the store is, and nothing may be made in its place.
            if components.count == 1 { _ = try openFolder([ObjectFolder.snapshots.rawValue]) }
            let parent = try openFolder(Array(components.dropLast()))
            let folder = try parent.openOrMakeDirectoryAt(Array(last.utf8), mode: Layout.folderMode)
            // Once in each process even where the folder was there: another may have made it a moment ago.
            if durableFolders.withLock({ !$0.contains(last) }) {
                try parent.sync()
                durableFolders.withLock { _ = $0.insert(last) }
            }
            return folder
        } catch {
            throw StorageError(error, .create, name)
        }
    }

    private func openTemporaryFolder() throws(SystemError) -> FileDescriptor {
        try root.openOrMakeDirectoryAt(Array(Layout.temporaryFolder.utf8), mode: Layout.folderMode)
    }
}

extension FileDescriptor {
    /// Opens a directory in this one, and makes it when there is none. A symbolic link is an error.
    func openOrMakeDirectoryAt(_ name: [UInt8], mode: UInt32) throws(SystemError) -> FileDescriptor {
        let flags: OpenFlags = [.readOnly, .directory, .noFollow]
        do throws(SystemError) {
            return try openAt(name, flags)
        } catch {
            guard error.errno == .noEntry else { throw error }
        }
        do throws(SystemError) {
            try makeDirectoryAt(name, mode: mode)
        } catch {
            guard error.errno == .alreadyExists else { throw error }
        }
        return try openAt(name, flags)
    }
}
