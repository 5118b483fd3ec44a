import SystemInterface

extension TargetDirectory {
    /// Waits a while for runs whose marks are here and locked: a process that was killed holds its locks until it is gone, and
    /// may be waiting for the disk.
    func awaitKilledRuns() {
        for _ in 0..<RestoreLimits.lockedMarkAttemptsMax {
            guard before?.unsynced.contains(where: mayBeInUse) == true else { return }
            Thread.pause(seconds: RestoreLimits.lockedMarkPause)
        }
    }

    /// Removes what interrupted runs have left here under temporary names.
    ///
    /// It is done before this run makes anything here, so that nothing of its own is among it.
    func removeLeftovers() {
        for name in before?.temporary ?? [] where !mayBeInUse(name) { try? descriptor.unlinkAt(name) }
    }

    /// Whether a run may be at work on what has a name of a restore: each holds the files that it makes locked (flock(2)), and
    /// what cannot be asked may be such a file. What is no file is there for a moment only.
    func mayBeInUse(_ name: [UInt8]) -> Bool {
        let status: FileStatus
        do throws(SystemError) {
            status = try descriptor.statusAt(name)
        } catch {
            return error.errno != .noEntry
        }
        guard status.type == .regular else { return status.type == .directory }
        let file: FileDescriptor
        do throws(SystemError) {
            file = try descriptor.openBeneath(name, [.readOnly, .noFollow, .nonBlocking])
        } catch {
            // It has its permissions already, which may forbid reading.
            return error.errno != .accessDenied || status.userID != Host.effectiveUserID
        }
        do throws(SystemError) {
            // A shared lock: two who only ask are not in each other's way, and NFS, which makes such locks of those that
            // fcntl(2) sets, gives no other for what is open for reading only.
            return try !file.tryLock(exclusive: false)
        } catch {
            // Where the file system has no locks nobody can be asked.
            return !error.isUnsupported && error.errno != .noLocks
        }
    }
}
