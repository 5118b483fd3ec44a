import SystemInterface

/// Whether strace(1) is there and may look at the program's calls, and change what comes of them.
enum Tracing {
    static let isPossible = Host.effectiveUserID == 0 && (try? FileSystem.exists("/usr/bin/strace")) == true
}
