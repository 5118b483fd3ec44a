import CLinux
import Glibc
import Synchronization

/// Hands signals to ordinary code, on a thread of its own.
///
/// The handler proper writes the signal's number into a pipe, the classic way (D. J. Bernstein's "self-pipe trick"): it
/// works whatever threads there are and whatever they block, where a mask for sigwait(3) would have to be set before
/// the first of them, and would be inherited by every child.
public enum Signals {
    /// What runs for each signal, and the pipe once there is one.
    private struct State: ~Copyable, Sendable {
        var handlers: [Signal: @Sendable (Signal) -> Void] = [:]
        var pipe: FileDescriptor.Pipe?
    }

    private static let state = Mutex(State())

    /// Another signal, that asks for a line of progress, say, must not show the rest of a password.
    private static let requestsToEnd: Set<Signal> = [.hangUp, .interrupt, .quit, .terminate]

    /// Runs `handler`, on one thread for all signals and one at a time, whenever one of `signals` arrives.
    ///
    /// A second call for the same signal replaces the first. Before the handler of a signal that asks the process to end,
    /// echo that `Terminal` has turned off is turned on again: the handler may end the process.
    public static func handle(
        _ signals: Set<Signal>, _ handler: @escaping @Sendable (Signal) -> Void
    ) throws(SystemError) {
        let descriptor = try start(signals, handler)
        for signal in signals {
            try systemCall("sigaction") { pastfs_handle_signal(signal.rawValue, descriptor) }
        }
    }

    /// Gives `signals` back their default actions (SIG_DFL).
    public static func restoreDefault(_ signals: Set<Signal>) throws(SystemError) {
        for signal in signals {
            try systemCall("sigaction") { pastfs_default_signal(signal.rawValue) }
        }
        state.withLock { state in
            for signal in signals { state.handlers[signal] = nil }
        }
    }

    /// Turns a write to a pipe that nobody reads from a deadly signal into EPIPE; children get the default back.
    public static func ignoreBrokenPipe() {
        _ = signal(SIGPIPE, SIG_IGN)
    }

    /// Turns a write beyond the process's limit of file sizes (RLIMIT_FSIZE) from a deadly signal into EFBIG; children get
    /// the default back.
    public static func ignoreFileSizeLimit() {
        _ = signal(SIGXFSZ, SIG_IGN)
    }

    /// Sends a signal to a process (kill(2)).
    public static func send(_ signal: Signal, to processID: Int32) throws(SystemError) {
        try systemCall("kill") { kill(processID, signal.rawValue) }
    }

    /// Notes the handler, and at the first time makes the pipe and its thread; gives the end to write to.
    private static func start(
        _ signals: Set<Signal>, _ handler: @escaping @Sendable (Signal) -> Void
    ) throws(SystemError) -> Int32 {
        try state.withLock { state throws(SystemError) -> Int32 in
            for signal in signals { state.handlers[signal] = handler }
            if state.pipe == nil {
                let pipe = try FileDescriptor.pipe()
                let readEnd = pipe.readEnd.rawValue
                // Full, it must drop a signal instead of stopping the thread that the signal interrupted.
                let writeEnd = pipe.writeEnd.rawValue
                try systemCall("fcntl") { fcntl(writeEnd, F_SETFL, O_WRONLY | O_NONBLOCK) }
                _ = try Thread.spawn(name: "signals") { deliver(from: readEnd) }
                state.pipe = consume pipe
            }
            return state.pipe?.writeEnd.rawValue ?? -1
        }
    }

    private static func deliver(from number: Int32) {
        var byte: UInt8 = 0
        while case .success(1) = retryingInterrupts({ read(number, &byte, 1) }) {
            let signal = Signal(rawValue: Int32(byte))
            if let handler = state.withLock({ $0.handlers[signal] }) {
                if requestsToEnd.contains(signal) { Terminal.restore() }
                handler(signal)
            }
        }
    }
}
