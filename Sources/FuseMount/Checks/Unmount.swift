import CFuse
import Glibc
import SystemInterface

/// Takes mounts of PastFS away, and no others.
public enum Unmount {
    /// Unmounts what is mounted at `path`: with umount2(2) as root, with fusermount3 otherwise.
    ///
    /// Throws `.notMounted` when nothing is, or something else than PastFS, and `.busy` when it is in use.
    public static func unmount(_ path: FilePath) throws(MountError) {
        let mountPoint = try find(path)
        try take(mountPoint, lazily: false)
    }

    /// Takes a mount out of the tree of directories even if it is in use.
    static func detach(_ mountPoint: FilePath) throws(MountError) {
        try take(mountPoint, lazily: true)
    }

    private static func find(_ path: FilePath) throws(MountError) -> FilePath {
        let what = "cannot unmount \(path)"
        let found: (mountPoint: FilePath, entry: MountEntry?)
        do throws(SystemError) {
            var mountPoint = try MountPoint.resolve(path)
            var entry = try MountPoint.entry(at: mountPoint)
            // Only where nothing is mounted at the name itself: a mount that answers nothing must not be touched.
            if entry == nil, let target = try? FileSystem.target(ofLink: mountPoint) {
                mountPoint = target
                entry = try MountPoint.entry(at: target)
            }
            found = (mountPoint, entry)
        } catch {
            throw MountError(.notMounted, what: what, why: error.description)
        }
        guard let entry = found.entry else {
            throw MountError(.notMounted, what: what, why: "nothing is mounted there")
        }
        guard entry.fileSystemType == MountPoint.fileSystemType else {
            throw MountError(
                .notMounted, what: what, why: "what is mounted there is \(entry.fileSystemType), not PastFS",
                fix: "use umount(8) if you mean that")
        }
        return found.mountPoint
    }

    private static func take(_ mountPoint: FilePath, lazily: Bool) throws(MountError) {
        guard Host.effectiveUserID == 0 else { return try assisted(mountPoint, lazily) }
        let code = mountPoint.withCString { path in
            pastfs_unmount(path, lazily ? 1 : 0) == 0 ? 0 : errno
        }
        guard code != 0 else { return }
        throw failure(mountPoint, isBusy: code == EBUSY, why: Errno(rawValue: code).description)
    }

    /// Unmounts as a user who may not: fusermount3 is set-user-ID, and looks whether the mount is the user's own.
    private static func assisted(_ mountPoint: FilePath, _ lazily: Bool) throws(MountError) {
        let arguments = ["fusermount3", "-u"] + (lazily ? ["-z"] : []) + ["--"]
        guard let program = MountProgram.path() else {
            throw failure(mountPoint, isBusy: false, why: "fusermount3 is missing; it comes with the package fuse3")
        }
        let status: Int32
        do throws(SystemError) {
            status = try ProcessLauncher.wait(
                try ProcessLauncher.spawn(
                    program, arguments: arguments.map { Array($0.utf8) } + [mountPoint.bytes]))
        } catch {
            throw failure(mountPoint, isBusy: false, why: error.description)
        }
        guard status != 0 else { return }
        // It says why on standard error; only what is left tells us.
        throw failure(mountPoint, isBusy: false, why: "fusermount3 failed with status \(status); its message is above")
    }

    private static func failure(_ mountPoint: FilePath, isBusy: Bool, why: String) -> MountError {
        guard isBusy else {
            return MountError(.mountFailed, what: "cannot unmount \(mountPoint)", why: why)
        }
        if let directory = try? FileDescriptor.open(mountPoint, .pathOnly), (try? directory.status()) == nil {
            return MountError(
                .busy, what: "cannot unmount \(mountPoint)", why: "its process has died, and programs have files open",
                fix: "take it away with `\(MountPoint.unmountCommand(mountPoint))`")
        }
        return MountError(
            .busy, what: "cannot unmount \(mountPoint)", why: "it is in use",
            fix: "`fuser -vm \(mountPoint)` shows by whom")
    }
}
