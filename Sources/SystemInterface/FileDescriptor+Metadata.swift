import CLinux
import Glibc

// Calls that change owner, permissions and times. None follows a symbolic link in the last name.

extension FileDescriptor {
    /// Sets the open file's twelve permission bits (fchmod(2)).
    public func setPermissions(_ permissions: UInt16) throws(SystemError) {
        try systemCall("fchmod") { fchmod(rawValue, mode_t(permissions)) }
    }

    /// Sets the twelve permission bits of `name` (fchmodat(3)); ENOTSUP for a symbolic link, which has none.
    public func setPermissionsAt(_ name: [UInt8], _ permissions: UInt16) throws(SystemError) {
        try systemCall("fchmodat", name: name) {
            fchmodat(rawValue, $0, mode_t(permissions), AT_SYMLINK_NOFOLLOW)
        }
    }

    /// Sets the open file's owner and group, nil leaving one alone (fchown(2)). The kernel clears set-ID bits.
    public func setOwner(userID: UInt32?, groupID: UInt32?) throws(SystemError) {
        try systemCall("fchown") { fchown(rawValue, userID ?? .max, groupID ?? .max) }
    }

    /// Sets owner and group of `name`, nil leaving one alone (fchownat(2)). The kernel clears set-ID bits.
    public func setOwnerAt(_ name: [UInt8], userID: UInt32?, groupID: UInt32?) throws(SystemError) {
        try systemCall("fchownat", name: name) {
            fchownat(rawValue, $0, userID ?? .max, groupID ?? .max, AT_SYMLINK_NOFOLLOW)
        }
    }

    /// Sets the open file's times, nil leaving one alone (futimens(3)).
    public func setTimes(accessed: Timestamp?, modified: Timestamp?) throws(SystemError) {
        var times = (timespec(accessed), timespec(modified))
        try systemCall("futimens") { Self.withPair(&times) { futimens(rawValue, $0) } }
    }

    /// Sets the times of `name`, nil leaving one alone (utimensat(2)).
    public func setTimesAt(_ name: [UInt8], accessed: Timestamp?, modified: Timestamp?) throws(SystemError) {
        try setTimesAt(name, accessed: accessed, modified: modified, flags: AT_SYMLINK_NOFOLLOW)
    }

    func setTimesAt(
        _ name: [UInt8], accessed: Timestamp?, modified: Timestamp?, flags: Int32
    ) throws(SystemError) {
        var times = (timespec(accessed), timespec(modified))
        try systemCall("utimensat", name: name) { pointer in
            Self.withPair(&times) { utimensat(rawValue, pointer, $0, flags) }
        }
    }

    private static func withPair(
        _ times: inout (timespec, timespec), _ body: (UnsafePointer<timespec>) -> Int32
    ) -> Int32 {
        withUnsafePointer(to: &times) { pointer in
            pointer.withMemoryRebound(to: timespec.self, capacity: 2, body)
        }
    }
}

extension timespec {
    fileprivate init(_ time: Timestamp?) {
        self.init(tv_sec: Int(time?.seconds ?? 0), tv_nsec: time.map { Int($0.nanoseconds) } ?? pastfs_utime_omit)
    }
}
