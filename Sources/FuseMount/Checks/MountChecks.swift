import SystemInterface

/// What must be true before a mount is tried: found out first, so that nobody types a passphrase in vain.
public enum MountChecks {
    private static let what = "cannot mount"

    /// Checks everything, and gives the mount point as an absolute path without symbolic links.
    ///
    /// - Parameters:
    ///   - avoided: directories that the mount must neither cover nor lie in: the repository's and the cache's.
    public static func check(
        _ mountPoint: FilePath, avoiding avoided: [FilePath], options: MountOptions
    ) throws(MountError) -> FilePath {
        try checkDevice()
        let resolved = try checkMountPoint(mountPoint)
        try checkOverlap(resolved, avoided)
        if options.allowOther { try checkOtherUsers() }
        return resolved
    }

    private static func checkDevice() throws(MountError) {
        let device: FilePath = "/dev/fuse"
        do throws(SystemError) {
            try FileDescriptor.open(device, .readWrite).close()
        } catch {
            let fix: String
            switch error.errno {
            case .noEntry, .noDevice:
                fix = "load the kernel module with `modprobe fuse`; a container must be given \(device)"
            case .accessDenied, .notPermitted: fix = "give this user the right to open it; its usual mode is 0666"
            default: fix = "see that the kernel has FUSE"
            }
            throw MountError(.noDevice, what: what, why: error.description, fix: fix)
        }
        guard Host.effectiveUserID == 0 || MountProgram.path() != nil else {
            throw MountError(
                .noDevice, what: what, why: "fusermount3 is missing, which mounts for users other than root",
                fix: "install the package fuse3")
        }
    }

    private static func checkMountPoint(_ mountPoint: FilePath) throws(MountError) -> FilePath {
        do throws(SystemError) {
            let directory = try FileDescriptor.open(mountPoint, [.readOnly, .directory])
            let isEmpty = try directory.directoryEntries().isEmpty
            try directory.close()
            let resolved = try FileSystem.realPath(mountPoint)
            if try MountPoint.entry(at: resolved)?.fileSystemType == MountPoint.fileSystemType {
                throw SystemError(call: "mount", path: mountPoint, errno: .busy)
            }
            guard isEmpty else { throw SystemError(call: "readdir", path: mountPoint, errno: .notEmpty) }
            return resolved
        } catch {
            throw explained(error, mountPoint)
        }
    }

    private static func explained(_ error: SystemError, _ mountPoint: FilePath) -> MountError {
        let what = "\(what) at \(mountPoint)"
        func unusable(_ why: String, _ fix: String?) -> MountError {
            MountError(.mountPointUnusable, what: what, why: why, fix: fix)
        }
        switch error.errno {
        case .notConnected:
            return MountError(
                .staleMount, what: what, why: "a mount whose process has died is still there",
                fix: "take it away with `\(MountPoint.unmountCommand(mountPoint))`")
        case .noEntry: return unusable("there is no such directory", "make it with `mkdir -p \(mountPoint)`")
        case .notDirectory: return unusable("it is not a directory", nil)
        case .notEmpty: return unusable("the directory is not empty", "mount at an empty directory")
        case .busy:
            return unusable(
                "PastFS is mounted there already", "unmount it with `pastfs umount \(mountPoint)` if that is not wanted"
            )
        default: return unusable(error.description, nil)
        }
    }

    /// A mount over its own repository waits for itself, for ever.
    private static func checkOverlap(_ mountPoint: FilePath, _ avoided: [FilePath]) throws(MountError) {
        for path in avoided {
            let other = (try? FileSystem.realPath(path)) ?? path.normalized
            guard mountPoint.isInside(other) || other.isInside(mountPoint) else { continue }
            let relation = mountPoint.isInside(other) ? "it lies inside of" : "it would cover"
            throw MountError(
                .overlap, what: "\(what) at \(mountPoint)", why: "\(relation) \(other), which the mount itself needs",
                fix: "mount at a directory outside of it")
        }
    }

    private static func checkOtherUsers() throws(MountError) {
        guard Host.effectiveUserID != 0 else { return }
        let path: FilePath = "/etc/fuse.conf"
        let text = (try? FileSystem.read(path, atMost: 1 << 20)) ?? []
        let isAllowed = text.split(separator: UInt8(ascii: "\n")).contains { line in
            line.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }.starts(with: "user_allow_other".utf8)
        }
        guard isAllowed else {
            throw MountError(
                .notPermitted, what: "\(what) with -o allow_other", why: "\(path) does not let users do that",
                fix: "have the administrator add the line `user_allow_other` to \(path)")
        }
    }
}
