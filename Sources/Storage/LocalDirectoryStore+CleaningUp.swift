import SystemInterface

extension LocalDirectoryStore {
    /// Removes the files that interrupted processes left in `tmp`, and tells how many.
    ///
    /// A file that a running process of this or another machine is writing is locked and stays; so does everything where
    /// locks don't work. Safe at any time: a writer that loses its file nevertheless fails, and never publishes a part.
    public func removeLeftovers() throws(StorageError) -> Int {
        do throws(SystemError) {
            let folder = try openFolder([Layout.temporaryFolder])
            var removed = 0
            for entry in try folder.directoryEntries() where try Self.remove(entry, from: folder) {
                removed += 1
            }
            return removed
        } catch {
            guard error.errno == .noEntry else { throw StorageError(error, .cleanUp, nil) }
            return 0
        }
    }

    /// Removes one entry unless it is in use, or no file.
    private static func remove(
        _ entry: DirectoryEntry, from folder: borrowing FileDescriptor
    ) throws(SystemError) -> Bool {
        guard
            let file = try? folder.openAt(entry.name, [.readOnly, .noFollow, .nonBlocking]),
            (try? file.status().type) == .regular,
            (try? file.tryLock(exclusive: true)) == true
        else { return false }
        // Closed, and so unlocked, only after the name is gone: a writer that comes in between takes another name.
        defer { try? file.unlock() }
        do throws(SystemError) {
            try folder.unlinkAt(entry.name)
            return true
        } catch {
            guard error.errno == .noEntry else { throw error }
            return false
        }
    }
}
