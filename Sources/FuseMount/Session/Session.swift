import CFuse
import Glibc
import SystemInterface

/// A session of libfuse: from its creation to its end, whatever happens between.
struct Session: ~Copyable, Sendable {
    // libfuse locks its session itself for all calls that are made here from several threads (exit, exited); the
    // pointer never changes.
    private nonisolated(unsafe) let handle: OpaquePointer

    /// Makes a session whose requests are answered by the operations of `table`, which get `userData`.
    init(
        arguments: [String], table: fuse_lowlevel_ops, userData: UnsafeMutableRawPointer
    ) throws(MountError) {
        var table = table
        var texts: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
        defer {
            for text in texts { free(text) }
        }
        let count = Int32(texts.count)
        let made = texts.withUnsafeMutableBufferPointer { list in
            var list = fuse_args(argc: count, argv: list.baseAddress, allocated: 0)
            return fuse_session_new(&list, &table, MemoryLayout<fuse_lowlevel_ops>.size, userData)
        }
        guard let made else {
            throw MountError(
                .mountFailed, what: "cannot begin a FUSE session", why: "libfuse refused its options or has no memory")
        }
        handle = made
    }

    deinit {
        fuse_session_destroy(handle)
    }

    /// Mounts; requests wait until `loop` runs.
    borrowing func mount(at mountPoint: FilePath) throws(MountError) {
        let code = mountPoint.withCString { fuse_session_mount(handle, $0) }
        guard code == 0 else {
            throw MountError(
                .mountFailed, what: "cannot mount at \(mountPoint)",
                why: "the kernel or fusermount3 refused; its message is above",
                fix: "see that you own the directory and that it is not in use")
        }
    }

    /// Makes `receive` answer at once when no request waits. Once, after `mount`.
    borrowing func prepare() throws(MountError) {
        guard pastfs_fuse_set_nonblocking(fuse_session_fd(handle)) == 0 else {
            throw MountError(.mountFailed, what: "cannot begin a FUSE session", why: "fcntl: errno \(errno)")
        }
    }

    /// Takes the next request from the kernel (`fuse_session_receive_buf`): its length, 0 when the session is over, or
    /// a negative errno(3): -EAGAIN when there is none.
    borrowing func receive(into buffer: inout RequestBuffer) -> Int32 {
        buffer.withBuffer { fuse_session_receive_buf(handle, &$0) }
    }

    /// Has the operations answer a request (`fuse_session_process_buf`).
    borrowing func process(_ buffer: inout RequestBuffer) {
        buffer.withBuffer { fuse_session_process_buf(handle, &$0) }
    }

    /// Waits until there is a request or the mount is gone, for at most `milliseconds`, or for ever if that is -1.
    /// Returns whether there is.
    borrowing func waitForRequest(milliseconds: Int32) -> Bool {
        var descriptor = pollfd(fd: fuse_session_fd(handle), events: Int16(POLLIN), revents: 0)
        return poll(&descriptor, 1, milliseconds) > 0
    }

    /// Whether the kernel still keeps a connection for the mount: not once somebody has taken the mount away, unless files
    /// are open on it, or has broken the connection off.
    borrowing func isConnected() -> Bool {
        var descriptor = pollfd(fd: fuse_session_fd(handle), events: 0, revents: 0)
        // A signal may interrupt it, which says nothing.
        return poll(&descriptor, 1, 0) <= 0
    }

    /// Has the loop end with the next request.
    borrowing func exit() {
        fuse_session_exit(handle)
    }

    /// Takes the mount away if the kernel has not yet done so. Not while the loop runs: it closes the descriptor.
    borrowing func unmount() {
        fuse_session_unmount(handle)
    }
}

/// A session that several threads share.
final class SharedSession: Sendable {
    let session: Session

    init(_ session: consuming Session) {
        self.session = session
    }
}
