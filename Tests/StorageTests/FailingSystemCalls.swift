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
        // A call that nothing needs fails likewise: /proc names the tracer of a thread before that has stopped it.
        let arguments = [
            "strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=getpgid,\(calls)",
            "-e", "inject=getpgid:error=EPERM", "-e", "inject=\(expression)", "-p", "\(getpid())",
        ]
        _ = try ProcessLauncher.spawn(tracer, arguments: arguments.map { Array($0.utf8) })
        while getpgid(0) != -1 { sched_yield() }
    }
}
