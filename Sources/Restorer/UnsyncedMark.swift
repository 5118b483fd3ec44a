import SystemInterface

/// A file in a destination that says that what was restored there may not be on the disk.
///
/// It holds the boot and the mount under which it was made: as long as these are the same, what was written is there, on
/// the disk or in the page cache. One that is empty, or tells of others, says that nothing is known. Whoever made it holds
/// it locked for as long as he is at work.
final class UnsyncedMark: Sendable {
    private static let bytesMax = 256

    let name: [UInt8]
    private let file: FileDescriptor

    /// Makes one in `directory` that is on the disk before anything that is made later; it is empty unless `isTrusted`.
    init(in directory: TargetDirectory, isTrusted: Bool, entropy: some EntropySource) throws(SystemError) {
        name = TemporaryName.makeUnsynced(entropy)
        let flags: OpenFlags = [.writeOnly, .create, .exclusive, .noFollow]
        file = try directory.descriptor.openBeneath(name, flags, mode: 0o600)
        do throws(SystemError) {
            // Where the file system has no locks nobody else asks for them either.
            _ = try? file.tryLock(exclusive: true)
            if isTrusted, let circumstances = Self.circumstances(of: directory) { try file.write(all: circumstances) }
            try file.sync()
            try directory.syncNames()
        } catch {
            try? directory.descriptor.unlinkAt(name)
            throw error
        }
    }

    /// Has it say that nothing is known: something was lost on the way to the disk.
    func distrust() {
        try? file.truncate(to: 0)
        try? file.sync()
    }

    /// Whether a mark of an earlier run was made under this boot and mount, so that nothing has been lost.
    static func isCurrent(_ name: [UInt8], in directory: TargetDirectory) -> Bool {
        guard let circumstances = circumstances(of: directory),
            let file = try? directory.descriptor.openBeneath(name, [.readOnly, .noFollow, .nonBlocking]),
            let status = try? file.status(), status.type == .regular, status.userID == Host.effectiveUserID
        else { return false }
        return (try? file.readAll(atMost: bytesMax)) == circumstances
    }

    private static func circumstances(of directory: TargetDirectory) -> [UInt8]? {
        guard let boot = Host.bootID(), let mount = try? directory.descriptor.mountID() else { return nil }
        return Array("boot \(boot) mount \(mount)\n".utf8)
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
