import SystemInterface

/// The kernel's side of a mount, as it shows in sysfs.
struct KernelConnection: Sendable {
    /// The minor number of the mount's device, which is the connection's number too; the major one is 0.
    private let minor: UInt64

    /// The connection of what is mounted at `path`, found without asking it anything.
    init?(at path: FilePath) {
        guard let entry = try? MountPoint.entry(at: path), entry.device.major == 0 else { return nil }
        minor = UInt64(entry.device.minor)
    }

    /// Where it is mounted now, which is not `path` if a directory above was renamed; nil where it is not, or only under
    /// a mount that came after it. To be asked only while there is a connection: its number is given to others then.
    func place(expected path: FilePath) -> FilePath? {
        guard let entries = try? MountTable.entries() else { return nil }
        // An unmount takes the uppermost of those at a path.
        let uppermost = Dictionary(entries.map { ($0.mountPoint, $0) }, uniquingKeysWith: { _, last in last })
        if let entry = uppermost[path], isOwn(entry) { return path }
        // Bind mounts of a part are those of whoever made them.
        return entries.first { entry in
            isOwn(entry) && entry.root == "/" && uppermost[entry.mountPoint].map(isOwn) == true
        }?.mountPoint
    }

    /// Whether a mount of PastFS stands at `path` that may be this one and that nobody answers for any more: whosever it is,
    /// it can be taken away.
    func isDead(at path: FilePath) -> Bool {
        guard let entry = try? MountPoint.entry(at: path), isOwn(entry),
            entry.fileSystemType == MountPoint.fileSystemType
        else { return false }
        do throws(SystemError) {
            _ = try FileDescriptor.open(path, [.readOnly, .directory]).directoryEntries()
            return false
        } catch {
            return error.errno == .notConnected
        }
    }

    private func isOwn(_ entry: MountEntry) -> Bool {
        entry.device.major == 0 && UInt64(entry.device.minor) == minor
    }

    /// Tells the kernel how far to read ahead; only root can, and elsewhere the kernel's default remains.
    func setReadAhead(kibibytes: Int) {
        try? FileSystem.write(
            FilePath("/sys/class/bdi/0:\(minor)/read_ahead_kb"), Array("\(kibibytes)\n".utf8))
    }

    /// Ends every request that waits with an error (Documentation/filesystems/fuse.rst of Linux). Where fusectl is not
    /// mounted, they end with the process.
    func abort() {
        try? FileSystem.write(FilePath("/sys/fs/fuse/connections/\(minor)/abort"), Array("1\n".utf8))
    }
}
