import CLinux
import Glibc

/// How much of the machine this process asks for beside others.
public enum ProcessPriority {
    /// What nice(1) allows to everyone.
    public static let niceRange = 0...19

    /// Lets others go first at the processor (setpriority(2)); at 19 at the disks too, by the idle class of ioprio_set(2).
    ///
    /// Both are of the calling thread, and threads that it starts have them from it: to be called before the first is
    /// started. A level below that of the process is EACCES or EPERM for anyone but root.
    public static func lower(toNice level: Int) throws(SystemError) {
        try systemCall("setpriority") { setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, Int32(level)) }
        if level == niceRange.upperBound { try systemCall("ioprio_set") { pastfs_set_idle_io_priority() } }
    }

    /// The calling thread's level (getpriority(2)).
    public static var nice: Int { Int(getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0)) }
}
