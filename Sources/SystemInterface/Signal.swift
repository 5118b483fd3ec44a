import Glibc

/// A signal (signal(7)).
public struct Signal: RawRepresentable, Hashable, Sendable {
    /// The kernel's number.
    public let rawValue: Int32

    /// The signal of this number.
    public init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// SIGHUP
    public static let hangUp = Signal(rawValue: SIGHUP)
    /// SIGINT: Ctrl-C
    public static let interrupt = Signal(rawValue: SIGINT)
    /// SIGQUIT: Ctrl-\
    public static let quit = Signal(rawValue: SIGQUIT)
    /// SIGTERM
    public static let terminate = Signal(rawValue: SIGTERM)
    /// SIGUSR1
    public static let user1 = Signal(rawValue: SIGUSR1)
    /// SIGUSR2
    public static let user2 = Signal(rawValue: SIGUSR2)
    /// SIGPIPE
    public static let brokenPipe = Signal(rawValue: SIGPIPE)
    /// SIGCHLD
    public static let child = Signal(rawValue: SIGCHLD)
    /// SIGWINCH
    public static let windowChange = Signal(rawValue: SIGWINCH)
    /// SIGKILL
    public static let kill = Signal(rawValue: SIGKILL)

    /// The exit code by which shells tell of a process that the signal ended.
    public var exitCode: Int32 { 128 + rawValue }
}
