import CLinux
import Glibc

/// The three descriptors that a process is born with (stdin(3)); used, and never closed.
public enum StandardStream: Int32, Sendable {
    /// What comes in.
    case input = 0
    /// Results.
    case output = 1
    /// Messages.
    case error = 2

    /// Makes each of the three that the process was born without one that can neither be read nor written (EBADF).
    ///
    /// A closed one would be the number of the next file that is opened: what is meant to be a result or a message would be
    /// written into that, and its content taken for input. To be called before anything else is opened.
    public static func occupyClosed() throws(SystemError) {
        // Each gets its own number, since those below are taken by then.
        for stream in [input, output, error] where fcntl(stream.rawValue, F_GETFD) == -1 {
            // Not /dev/null, which by way of /dev/stdin is an empty file. The programs that we start need this as much as
            // we do: no O_CLOEXEC.
            try systemCall("open") { pastfs_openat(AT_FDCWD, "/", Int32(PASTFS_O_PATH), 0) }
        }
    }

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
