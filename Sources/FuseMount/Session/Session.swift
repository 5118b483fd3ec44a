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

    /// Answers requests on several threads until the mount is gone or `exit` was called. Returns 0, or what libfuse
    /// gives for a failure.
    borrowing func loop(threads: Int, cloningDescriptor: Bool) -> Int32 {
        pastfs_fuse_loop(handle, UInt32(threads), cloningDescriptor ? 1 : 0)
    }

    /// Asks the loop to end with the next request.
    borrowing func exit() {
        fuse_session_exit(handle)
    }

    /// Takes the mount away if the kernel has not yet done so. Not while the loop runs: it closes the descriptor.
    borrowing func unmount() {
        fuse_session_unmount(handle)
    }
}
