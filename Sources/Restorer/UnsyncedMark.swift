import SystemInterface

/// An empty file in a destination that says that what was restored there may not be on the disk.
///
/// Whoever finds one that a run before has left trusts nothing that is there: neither that the system was not started again,
/// nor that the file system is mounted as it was, says that nothing was lost. A disk that fails, or is full where that shows
/// late, loses what was written without either, and tells it once, to whoever asks first. Whoever made it holds it locked for
/// as long as he is at work.
final class UnsyncedMark: Sendable {
    let name: [UInt8]
    private let file: FileDescriptor

    /// Makes one in `directory` that is on the disk before anything that is made later.
    init(in directory: TargetDirectory, entropy: some EntropySource) throws(SystemError) {
        name = TemporaryName.makeUnsynced(entropy)
        let flags: OpenFlags = [.writeOnly, .create, .exclusive, .noFollow]
        file = try directory.descriptor.openBeneath(name, flags, mode: 0o600)
        do throws(SystemError) {
            // Where the file system has no locks nobody else asks for them either.
            _ = try? file.tryLock(exclusive: true)
            try file.sync()
            try directory.syncNames()
        } catch {
            try? directory.descriptor.unlinkAt(name)
            throw error
        }
    }
}

extension TargetDirectory {
    /// Makes its names and its attributes durable, where the file system does that for directories.
    func syncNames() throws(SystemError) {
        do throws(SystemError) {
            try descriptor.sync()
        } catch {
            guard error.isUnsupported else { throw error }
        }
    }
}
