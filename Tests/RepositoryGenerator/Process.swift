import Glibc

/// The process itself.
enum Process {
    /// Ends it.
    static func end(_ status: Int32) -> Never {
        Glibc.exit(status)
    }
}
