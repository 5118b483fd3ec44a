import SystemInterface

/// Where something is mounted, found without touching it: a mount whose process has died answers nothing.
enum MountPoint {
    /// The type that the table of mounts shows for ours.
    static let fileSystemType = "fuse.pastfs"

    /// The absolute path of a mount point, its own last name not looked at.
    static func resolve(_ path: FilePath) throws(SystemError) -> FilePath {
        let absolute = path.isAbsolute ? path : try FileSystem.workingDirectory().appending(path.bytes)
        let normal = absolute.normalized
        guard !normal.lastComponent.isEmpty else { return normal }
        return try FileSystem.realPath(normal.parent).appending(normal.lastComponent)
    }

    /// What is mounted exactly at `path`, the uppermost if there are several.
    static func entry(at path: FilePath) throws(SystemError) -> MountEntry? {
        try MountTable.entries().last { $0.mountPoint == path }
    }

    /// The command that takes a mount away by hand.
    static func unmountCommand(_ path: FilePath) -> String {
        Host.effectiveUserID == 0 ? "umount -l \(path)" : "fusermount3 -uz \(path)"
    }
}
