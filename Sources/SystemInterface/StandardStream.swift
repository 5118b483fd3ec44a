import Glibc

/// The three descriptors that a process is born with (stdin(3)); used, and never closed.
public enum StandardStream: Int32, Sendable {
    /// What comes in.
    case input = 0
    /// Results.
    case output = 1
    /// Messages.
    case error = 2

    /// Writes all of `data` (write(2)); EPIPE when nobody reads any more and SIGPIPE is ignored.
    public func write(all data: [UInt8]) throws(SystemError) {
        try FileDescriptor.write(all: data.span, to: rawValue)
    }

    /// Writes all of the text (write(2)).
    public func write(_ text: String) throws(SystemError) {
        try write(all: Array(text.utf8))
    }

    /// Reads what is there, at most `buffer` full (read(2)); 0 at the end.
    public func read(into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
        try systemCall("read") { Glibc.read(rawValue, buffer.baseAddress, buffer.count) }
    }

    /// A descriptor of its own for the same open file (fcntl(2), F_DUPFD_CLOEXEC).
    public func duplicate() throws(SystemError) -> FileDescriptor {
        FileDescriptor(owning: try systemCall("fcntl") { fcntl(rawValue, F_DUPFD_CLOEXEC, 0) })
    }
}
