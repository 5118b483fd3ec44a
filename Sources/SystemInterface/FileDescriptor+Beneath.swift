import CLinux
import Glibc

/// What a path may lead through on the way to what is opened (openat2(2), RESOLVE_*).
public struct PathResolution: OptionSet, Sendable {
    /// The flags as the kernel takes them.
    public let rawValue: UInt64

    /// Flags of the kernel's numbers.
    public init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// RESOLVE_BENEATH: a path that leads out of the directory is EXDEV
    public static let beneath = PathResolution(rawValue: UInt64(RESOLVE_BENEATH))
    /// RESOLVE_NO_SYMLINKS: a symbolic link anywhere in the path is ELOOP
    public static let noLinks = PathResolution(rawValue: UInt64(RESOLVE_NO_SYMLINKS))
    /// RESOLVE_NO_XDEV: a path that leads into another mount, a bind mount too, is EXDEV
    public static let oneMount = PathResolution(rawValue: UInt64(RESOLVE_NO_XDEV))
}

extension FileDescriptor {
    /// Opens what lies below this directory, by one name or several, and through no symbolic link (openat2(2)).
    ///
    /// - Parameter mode: what a created file gets, less the process's umask.
    public func openBeneath(
        _ path: [UInt8], _ flags: OpenFlags = .readOnly, mode: UInt32 = 0,
        resolution: PathResolution = [.beneath, .noLinks]
    ) throws(SystemError) -> FileDescriptor {
        let number = try systemCall("openat2", name: path) { pointer in
            // Unlike openat(2) it refuses a mode where nothing is created.
            pastfs_openat2(
                rawValue, pointer, flags.rawValue | O_CLOEXEC, flags.contains(.create) ? mode : 0, resolution.rawValue)
        }
        return FileDescriptor(owning: number)
    }

    /// Sets owner and group of what a descriptor stands for that was opened with `OpenFlags.pathOnly`, nil leaving one
    /// alone (fchownat(2), AT_EMPTY_PATH). The kernel clears set-ID bits.
    public func setOwnerOfPlace(userID: UInt32?, groupID: UInt32?) throws(SystemError) {
        try systemCall("fchownat") {
            "".withCString {
                fchownat(rawValue, $0, userID ?? .max, groupID ?? .max, Int32(PASTFS_AT_EMPTY_PATH))
            }
        }
    }

    /// Sets the permission bits of what a descriptor stands for that was opened with `OpenFlags.pathOnly`; it must be no
    /// symbolic link, which has none (chmod(2), through /proc/self/fd).
    public func setPermissionsOfPlace(_ permissions: UInt16) throws(SystemError) {
        let path = Array("/proc/self/fd/\(rawValue)".utf8)
        try systemCall("fchmodat", name: path) { fchmodat(AT_FDCWD, $0, mode_t(permissions), 0) }
    }

    /// Sets the times of what a descriptor stands for that was opened with `OpenFlags.pathOnly` (utimensat(2),
    /// AT_EMPTY_PATH, from Linux 5.8 on).
    public func setTimesOfPlace(accessed: Timestamp?, modified: Timestamp?) throws(SystemError) {
        try setTimesAt([], accessed: accessed, modified: modified, flags: Int32(PASTFS_AT_EMPTY_PATH))
    }

    /// Writes the file's data out and takes it from the page cache, as far as the kernel does: what is read next comes from
    /// where the file lies (sync_file_range(2), posix_fadvise(2)). Neither makes it durable.
    public func dropFromCache() throws(SystemError) {
        do throws(SystemError) {
            try systemCall("sync_file_range") { pastfs_write_out(rawValue) }
        } catch {
            // File systems that lie nowhere but in memory have nothing to write out.
            guard error.errno == .invalidArgument || error.errno == .noSystemCall else { throw error }
        }
        posix_fadvise(rawValue, 0, 0, POSIX_FADV_DONTNEED)
    }
}
