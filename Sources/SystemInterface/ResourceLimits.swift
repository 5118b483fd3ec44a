import CLinux
import Glibc

/// What the process may use, and what it has used (getrlimit(2), getrusage(2)).
public enum ResourceLimits {
    /// Raises the number of files that may be open to what the system allows, and gives the number that holds now.
    @discardableResult
    public static func raiseOpenFiles() -> Int {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard getrlimit(resource, &limit) == 0 else { return 0 }
        let before = limit.rlim_cur
        limit.rlim_cur = limit.rlim_max
        let isRaised = setrlimit(resource, &limit) == 0
        return Int(clamping: isRaised ? limit.rlim_max : before)
    }

    /// Forbids memory dumps of the process, which could hold keys (core(5)).
    public static func forbidMemoryDumps() throws(SystemError) {
        var limit = rlimit(rlim_cur: 0, rlim_max: 0)
        try systemCall("setrlimit") { setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit) }
    }

    /// The most memory that the process has ever had in use, in bytes (ru_maxrss).
    public static var peakResidentBytes: UInt64 {
        var usage = rusage()
        guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return 0 }
        return UInt64(usage.ru_maxrss) * 1024
    }
}
