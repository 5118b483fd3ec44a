import SystemInterface

extension TargetDirectory {
    /// Removes what interrupted runs have left here under temporary names.
    ///
    /// It is done before this run makes anything here, so that nothing of its own is among it.
    func removeLeftovers() {
        for name in before?.temporary ?? [] where isAbandoned(name) { try? descriptor.unlinkAt(name) }
    }

    /// Whether no run is at work on what has a name of a restore: each holds the files that it makes locked (flock(2)). What
    /// is no file is there for a moment only.
    func isAbandoned(_ name: [UInt8]) -> Bool {
        guard let status = try? status(of: name) else { return false }
        guard status.type == .regular else { return status.type != .directory }
        do throws(SystemError) {
            let file = try descriptor.openBeneath(name, [.readOnly, .noFollow, .nonBlocking])
            // Where the file system has no locks nobody can be asked.
            return (try? file.tryLock(exclusive: true)) ?? true
        } catch {
            // It has its permissions already, which may forbid reading.
            return error.errno == .accessDenied && status.userID == Host.effectiveUserID
        }
    }
}
