import SystemInterface

// What is set aside for a disk that is full: the file `reserve`, whose bytes say nothing. Deleting it makes room for the
// few small objects that forgetting and garbage collection have to create before they can free any.

extension LocalDirectoryStore {
    /// The room on the file system, as the contract says.
    public func bytesAvailable() -> UInt64? {
        try? FileSystemStatistics(at: FilePath("/proc/self/fd/\(root.rawValue)")).availableBytes
    }

    /// Writes the file, or completes it, as the contract says.
    public func makeReserve() throws(StorageError) {
        do throws(SystemError) {
            let file = try root.openAt(
                Array(Layout.reserve.utf8), [.writeOnly, .create, .noFollow, .nonBlocking], mode: Layout.reserveMode)
            let status = try file.status()
            guard status.type == .regular, status.size < StorageLimits.reserveBytes else { return }
            try fill(file, from: status.size)
            try file.sync()
            try root.sync()
        } catch {
            throw StorageError(error, .reserve, nil)
        }
    }

    /// Appends up to the full size, or as much as there is room for. Random bytes: no file system makes less of them.
    private func fill(_ file: borrowing FileDescriptor, from start: UInt64) throws(SystemError) {
        var end = start
        while end < StorageLimits.reserveBytes {
            let count = Int(min(StorageLimits.reservePartBytes, StorageLimits.reserveBytes - end))
            do throws(SystemError) {
                try file.pwrite(all: entropy.bytes(count), at: end)
            } catch {
                guard error.errno == .noSpace || error.errno == .quotaExceeded else { throw error }
                return
            }
            end += UInt64(count)
        }
    }

    /// Deletes the file, as the contract says.
    public func releaseReserve() throws(StorageError) {
        do throws(SystemError) {
            try root.unlinkAt(Array(Layout.reserve.utf8))
            // The room of a file is there only when its end is on the disk.
            try root.sync()
        } catch {
            guard error.errno != .noEntry else { return }
            throw StorageError(error, .reserve, nil)
        }
    }
}
