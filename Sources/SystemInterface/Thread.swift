import CLinux
import Glibc
import Synchronization

/// A thread of the operating system, with a name and a stack of a known size (pthreads(7)).
public final class Thread: Sendable {
    /// What a thread of the pipeline needs, with room for the C libraries that it calls.
    public static let standardStackBytes = 1 << 20

    /// The thread for as long as nobody has joined it.
    private let handle: Mutex<pthread_t?>

    private init(_ handle: pthread_t) {
        self.handle = Mutex(handle)
    }

    deinit {
        // Without this the thread's stack would stay behind when it ends.
        if let thread = handle.withLock({ $0 }) { pthread_detach(thread) }
    }

    /// Starts a thread that runs `body` once.
    ///
    /// `name` shows in ps(1) and debuggers, cut to 15 bytes. Throws when the system has no room for another thread.
    public static func spawn(
        name: String, stackBytes: Int = standardStackBytes, _ body: @escaping @Sendable () -> Void
    ) throws(SystemError) -> Thread {
        var attributes = pthread_attr_t()
        try check("pthread_attr_init", pthread_attr_init(&attributes))
        defer { pthread_attr_destroy(&attributes) }
        try check("pthread_attr_setstacksize", pthread_attr_setstacksize(&attributes, stackBytes))
        let start = Unmanaged.passRetained(Start(name, body))
        var thread = pthread_t()
        let code = pthread_create(&thread, &attributes, Start.run, start.toOpaque())
        guard code == 0 else {
            start.release()
            throw SystemError(call: "pthread_create", errno: Errno(rawValue: code))
        }
        return Thread(thread)
    }

    /// Waits until the thread has ended. A second call returns at once; a thread that joins itself traps.
    public func join() {
        let thread = handle.withLock { handle in
            defer { handle = nil }
            return handle
        }
        guard let thread else { return }
        let code = pthread_join(thread, nil)
        precondition(code == 0, "pthread_join: \(Errno(rawValue: code))")
    }

    /// Names the calling thread (PR_SET_NAME of prctl(2), 15 bytes); the first thread's name is the one of the process.
    public static func setCurrentName(_ name: String) {
        _ = pastfs_set_thread_name(name)
    }

    /// Lets the calling thread do nothing for so many seconds (clock_nanosleep(2)), whatever signals come.
    public static func pause(seconds: Double) {
        let bounded = min(max(0, seconds), 1e9)
        var time = timespec(tv_sec: Int(bounded), tv_nsec: Int((bounded - bounded.rounded(.down)) * 1e9))
        var rest = timespec()
        while clock_nanosleep(CLOCK_MONOTONIC, 0, &time, &rest) == EINTR { time = rest }
    }

    /// The calling thread's number, as the kernel and ps(1) show it (gettid(2)).
    public static var currentID: Int32 { pastfs_thread_id() }

    /// Gives the calling thread an empty table of descriptors of its own (close_range(2) with CLOSE_RANGE_UNSHARE).
    ///
    /// What it opens from now on no other thread can use, nor the other way round; and what the others close, or leave
    /// behind when they are killed, is closed, though this one may be waiting for something. It has no standard error.
    public static func leaveDescriptors() throws(SystemError) {
        _ = try systemCall("close_range") { pastfs_leave_descriptors() }
    }

    /// Pthreads answer with the error instead of setting errno.
    private static func check(_ call: String, _ code: Int32) throws(SystemError) {
        if code != 0 { throw SystemError(call: call, errno: Errno(rawValue: code)) }
    }

    /// What the new thread is handed.
    private final class Start: Sendable {
        private let name: String
        private let body: @Sendable () -> Void

        init(_ name: String, _ body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }

        static let run: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { argument in
            guard let argument else { return nil }
            let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
            _ = pastfs_set_thread_name(start.name)
            start.body()
            return nil
        }
    }
}
