import CLinux
import Glibc

/// The machine and the process's standing on it.
public enum Host {
    /// The machine's name (gethostname(2)), or "localhost" where it has none or one that is not UTF-8.
    public static var name: String {
        let room = Int(HOST_NAME_MAX) + 1
        var bytes = [UInt8](repeating: 0, count: room)
        let result = bytes.withUnsafeMutableBytes { buffer in
            buffer.baseAddress.map { gethostname($0.assumingMemoryBound(to: CChar.self), room) } ?? -1
        }
        let name = bytes.prefix { $0 != 0 }
        guard result == 0, !name.isEmpty else { return "localhost" }
        return String(validating: name, as: UTF8.self) ?? "localhost"
    }

    /// The user whose rights the process has (geteuid(2)).
    public static var effectiveUserID: UInt32 { geteuid() }

    /// The group whose rights the process has (getegid(2)).
    public static var effectiveGroupID: UInt32 { getegid() }

    /// How many processors the process may run on (sched_getaffinity(2)), at least one.
    public static var processorCount: Int { max(1, Int(pastfs_processor_count())) }

    /// Whether there is a process or thread of this number (kill(2) with no signal), of whomever.
    public static func hasProcess(_ number: Int32) -> Bool {
        number > 0 && (kill(number, 0) == 0 || errno != ESRCH)
    }

    /// The process's number (getpid(2)).
    public static var processID: Int32 { getpid() }

    /// The permission bits that the process takes from what it creates, or nil where /proc does not tell
    /// (proc_pid_status(5)). umask(2) tells only whoever changes it.
    public static func fileModeMask() -> UInt16? {
        let key = Array("Umask:\t".utf8)
        guard let status = try? FileSystem.read("/proc/self/status", atMost: 1 << 16),
            let line = status.split(separator: UInt8(ascii: "\n")).first(where: { $0.starts(with: key) }),
            let digits = String(validating: line.dropFirst(key.count), as: UTF8.self)
        else { return nil }
        return UInt16(digits, radix: 8)
    }
}
