import Glibc

/// The process itself.
enum Process {
    /// Ends it, whatever its threads are doing.
    static func end(_ status: Int32) -> Never {
        Glibc._exit(status)
    }
}
