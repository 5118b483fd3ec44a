import Glibc
import SystemInterface

/// A small tmpfs in a directory of its own, unmounted when it goes; needs the right to mount.
public final class MountedMemory: Sendable {
    private let directory: TemporaryDirectory
    /// Where it is mounted.
    public let path: FilePath

    /// Whether the tests may mount.
    public static var isPossible: Bool { Host.effectiveUserID == 0 }

    /// A file system of `size` with `inodes`, as tmpfs(5) takes them.
    public init(size: String, inodes: Int = 1000) throws {
        directory = try TemporaryDirectory()
        path = try directory.makeDirectory("mount")
        try Self.mount(path, flags: 0, options: "size=\(size),nr_inodes=\(inodes),mode=0700")
    }

    deinit {
        _ = path.withCString { umount2($0, Int32(MNT_DETACH)) }
    }

    /// Forbids every change.
    public func makeReadOnly() throws {
        try Self.mount(path, flags: UInt(MS_REMOUNT | MS_RDONLY), options: "")
    }

    private static func mount(_ path: FilePath, flags: UInt, options: String) throws {
        let result = path.withCString { Glibc.mount("tmpfs", $0, "tmpfs", flags, options) }
        guard result == 0 else { throw SystemError(call: "mount", path: path, errno: Errno(rawValue: errno)) }
    }
}
