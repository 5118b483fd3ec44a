import Glibc
import SystemInterface

/// Makes system calls of this process fail, from now to its end (strace(1), "Tampering").
enum FailingSystemCalls {
    private static let tracer: FilePath = "/usr/bin/strace"

    /// Whether strace is there and may trace.
    static var isPossible: Bool {
        Host.effectiveUserID == 0 && (try? FileSystem.exists(tracer)) == true
    }

    /// Injects what strace's option `inject` says, counting each thread's calls; returns when it is in force.
    static func inject(_ expression: String) throws {
        let calls = expression.prefix { $0 != ":" }
        let arguments = [
            "strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=\(calls)", "-e", "inject=\(expression)", "-p",
            "\(getpid())",
        ]
        _ = try ProcessLauncher.spawn(tracer, arguments: arguments.map { Array($0.utf8) })
        while try !isTraced() { sched_yield() }
    }

    /// Whether something traces this thread (proc_pid_status(5)).
    private static func isTraced() throws -> Bool {
        let status = try FileSystem.read("/proc/thread-self/status", atMost: 1 << 16)
        let lines = status.split(separator: UInt8(ascii: "\n")).map { FilePath(Array($0)).description }
        return lines.contains { $0.hasPrefix("TracerPid:") && !$0.hasSuffix("\\t0") }
    }
}
