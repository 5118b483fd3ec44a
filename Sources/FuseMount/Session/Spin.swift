import Glibc

/// How long a thread looks for the next request before it sleeps: as long as that finds some.
///
/// Going to sleep and being woken takes longer than most programs need from one request to the next. But looking takes a
/// processor, so each time that nothing came halves it, down to none, and only now and then it is tried anew.
struct Spin {
    private static let retryInterval = 32

    private var limit = MountLimits.spinsMax
    private var left = 0
    private var failures = 0

    /// Before looking for a request.
    mutating func begin() {
        left = limit
        if limit == 0, failures % Self.retryInterval == 0 { left = MountLimits.spinsMax }
    }

    /// Whether to look once more. Lets others run who wait for this processor.
    mutating func again() -> Bool {
        guard left > 0 else {
            failures += 1
            limit /= 2
            return false
        }
        left -= 1
        sched_yield()
        return true
    }

    /// A request came.
    mutating func succeeded() {
        guard left > 0 || limit > 0 else { return }
        limit = min(max(2 * limit, 8), MountLimits.spinsMax)
        failures = 0
    }
}
