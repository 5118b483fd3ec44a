import SystemInterface

/// The sanitizer of the compiler that the tests and the programs were built with (scripts/sanitize).
public enum Sanitizer: String, Sendable {
    case address, thread

    /// The one of this build, if it has one.
    public static var current: Self? {
        Environment.value("PASTFS_SANITIZER").flatMap { Sanitizer(rawValue: $0) }
    }

    /// Whether programs begin where they can make no file of 512 KiB: that of threads makes one before all else.
    public static var beginsWithoutFiles: Bool { current != .thread }
}
