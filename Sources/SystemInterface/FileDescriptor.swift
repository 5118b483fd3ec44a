import CLinux
import Glibc

/// An open file, directory, pipe or device, closed when its owner lets go of it.
///
/// Its calls are thread-safe as the kernel's are: those with an offset of their own may run at once, those that move the
/// file's position may not.
public struct FileDescriptor: ~Copyable, Sendable {
    /// The kernel's number, valid for as long as the value lives.
    public let rawValue: Int32

    /// Takes over a descriptor that nothing else will close.
    public init(owning rawValue: Int32) {
        self.rawValue = rawValue
    }

    deinit {
        // AT_FDCWD is below zero, and not ours to close. Errors of the last writes are seen by `sync` and `close`.
        if rawValue >= 0 { _ = Glibc.close(rawValue) }
    }

    /// Stands for the process's working directory (AT_FDCWD): the calls whose names end in At take paths of any kind.
    public static var workingDirectory: FileDescriptor { FileDescriptor(owning: AT_FDCWD) }

    /// Opens `path` (open(2)); `mode` is what a created file gets, less the process's umask.
    public static func open(
        _ path: FilePath, _ flags: OpenFlags = .readOnly, mode: UInt32 = 0
    ) throws(SystemError) -> FileDescriptor {
        try workingDirectory.openAt(path.bytes, flags, mode: mode)
    }

    /// Opens `name` in this directory (openat(2)); `mode` is what a created file gets, less the process's umask.
    public func openAt(
        _ name: [UInt8], _ flags: OpenFlags = .readOnly, mode: UInt32 = 0
    ) throws(SystemError) -> FileDescriptor {
        let number = try systemCall("openat", name: name) { pointer in
            pastfs_openat(rawValue, pointer, flags.rawValue | O_CLOEXEC, mode)
        }
        return FileDescriptor(owning: number)
    }

    /// A pipe (pipe(2)): what is written to one end is read from the other.
    public static func pipe() throws(SystemError) -> Pipe {
        var ends: (Int32, Int32) = (-1, -1)
        try systemCall("pipe2") {
            withUnsafeMutablePointer(to: &ends) { pointer in
                pointer.withMemoryRebound(to: Int32.self, capacity: 2) { pastfs_pipe2($0, O_CLOEXEC) }
            }
        }
        return Pipe(readEnd: FileDescriptor(owning: ends.0), writeEnd: FileDescriptor(owning: ends.1))
    }

    /// Both ends of a pipe; frozen, so that each end can be consumed by itself.
    @frozen
    public struct Pipe: ~Copyable, Sendable {
        /// Where to read.
        public let readEnd: FileDescriptor
        /// Where to write.
        public let writeEnd: FileDescriptor
    }

    /// Closes the descriptor, and tells what `deinit` cannot (close(2)); it is closed even when this throws.
    public consuming func close() throws(SystemError) {
        let number = rawValue
        discard self
        guard number >= 0 else { return }
        // Linux frees the number before it can be interrupted: EINTR is no failure, and a retry could close another's.
        if Glibc.close(number) == -1 {
            let reason = Errno.current
            if reason != .interrupted { throw SystemError(call: "close", errno: reason) }
        }
    }

    /// A second descriptor of the same open file, with which it shares its position (fcntl(2), F_DUPFD_CLOEXEC).
    public func duplicate() throws(SystemError) -> FileDescriptor {
        FileDescriptor(owning: try systemCall("fcntl") { fcntl(rawValue, F_DUPFD_CLOEXEC, 0) })
    }

    /// Gives up ownership: the caller closes the number that it gets.
    public consuming func release() -> Int32 {
        let number = rawValue
        discard self
        return number
    }
}
