import Glibc

/// A value behind a lock on which threads can wait for it to change: a mutex and a condition variable in one
/// (pthread_cond_wait(3)).
///
/// Not for the threads of Swift's tasks, which must never block. Not recursive: a body that takes the same lock traps.
public final class ConditionLock<State: ~Copyable>: Sendable {
    // All three are allocated once and freed in deinit; the mutex orders every access to the state.
    nonisolated(unsafe) private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    nonisolated(unsafe) private let condition: UnsafeMutablePointer<pthread_cond_t>
    nonisolated(unsafe) private let state: UnsafeMutablePointer<State>

    /// A lock around `state`.
    public init(_ state: consuming sending State) {
        mutex = .allocate(capacity: 1)
        condition = .allocate(capacity: 1)
        self.state = .allocate(capacity: 1)
        self.state.initialize(to: state)
        var mutexAttributes = pthread_mutexattr_t()
        var conditionAttributes = pthread_condattr_t()
        Self.check(pthread_mutexattr_init(&mutexAttributes))
        Self.check(pthread_mutexattr_settype(&mutexAttributes, Int32(PTHREAD_MUTEX_ERRORCHECK)))
        Self.check(pthread_mutex_init(mutex, &mutexAttributes))
        Self.check(pthread_condattr_init(&conditionAttributes))
        Self.check(pthread_condattr_setclock(&conditionAttributes, CLOCK_MONOTONIC))
        Self.check(pthread_cond_init(condition, &conditionAttributes))
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        state.deinitialize(count: 1)
        state.deallocate()
        condition.deallocate()
        mutex.deallocate()
    }

    /// Runs `body` alone with the state.
    public func withLock<Value, Failure: Error>(
        _ body: (inout State) throws(Failure) -> sending Value
    ) throws(Failure) -> sending Value {
        lock()
        defer { unlock() }
        return try body(&state.pointee)
    }

    /// Runs `body` alone with the state, again after every `broadcast`, until it gives a value.
    @discardableResult
    public func wait<Value>(until body: (inout State) -> sending Value?) -> sending Value {
        lock()
        defer { unlock() }
        while true {
            if let value = body(&state.pointee) { return value }
            Self.check(pthread_cond_wait(condition, mutex))
        }
    }

    /// Like `wait(until:)`, for at most `seconds`; nil when the time is over. The last try is made after that.
    public func wait<Value>(
        seconds: Double, until body: (inout State) -> sending Value?
    ) -> sending Value? {
        var deadline = Self.deadline(after: seconds)
        lock()
        defer { unlock() }
        while true {
            if let value = body(&state.pointee) { return value }
            let code = pthread_cond_timedwait(condition, mutex, &deadline)
            if code == ETIMEDOUT { return body(&state.pointee) }
            Self.check(code)
        }
    }

    /// Wakes every thread that waits, so that it looks at the state again.
    public func broadcast() {
        Self.check(pthread_cond_broadcast(condition))
    }

    /// Wakes one of the threads that wait: for those that all wait for the same, which only one of them can have.
    public func signal() {
        Self.check(pthread_cond_signal(condition))
    }

    private func lock() {
        Self.check(pthread_mutex_lock(mutex))
    }

    private func unlock() {
        Self.check(pthread_mutex_unlock(mutex))
    }

    private static func deadline(after seconds: Double) -> timespec {
        var time = timespec()
        Self.check(clock_gettime(CLOCK_MONOTONIC, &time))
        let bounded = min(max(0, seconds), 1e9)
        let nanoseconds = time.tv_nsec + Int((bounded - bounded.rounded(.down)) * 1e9)
        time.tv_sec += Int(bounded) + nanoseconds / 1_000_000_000
        time.tv_nsec = nanoseconds % 1_000_000_000
        return time
    }

    /// These calls fail on misuse only.
    private static func check(_ code: Int32) {
        precondition(code == 0, "a lock was misused: \(Errno(rawValue: code))")
    }
}
