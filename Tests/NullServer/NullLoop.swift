import CFuse
import Glibc
import Synchronization
import SystemInterface

/// Takes requests on a few threads, the cheapest way there is: whoever looks for requests answers them, and looks again
/// for a moment before it sleeps. Only for a read that takes long to copy another thread goes on looking.
final class NullLoop: Sendable {
    private static let longReadBytes: UInt32 = 128 << 10
    private static let spinsMax = 100

    // libfuse's session is made for any number of threads, and outlives the loop.
    private nonisolated(unsafe) let session: OpaquePointer
    /// Held by the thread that looks for requests.
    private let lead = Mutex(())

    init(_ session: OpaquePointer) {
        self.session = session
    }

    /// Answers until the mount is gone; 0, or a negative errno(3).
    func run(threads: Int) -> Int32 {
        guard pastfs_fuse_set_nonblocking(fuse_session_fd(session)) == 0 else { return -errno }
        let others = (1..<threads).compactMap { _ in try? Thread.spawn(name: "null") { _ = self.serve() } }
        let code = serve()
        for thread in others { thread.join() }
        return code
    }

    private func serve() -> Int32 {
        var buffer = fuse_buf()
        defer { free(buffer.mem) }
        while true {
            let length = lead.withLock { _ in answerShort(&buffer) }
            guard length > 0 else { return length }
            fuse_session_process_buf(session, &buffer)
        }
    }

    /// Answers requests up to one that takes long, which is left in `buffer`; its length, or what `receive` gives in the
    /// end.
    private func answerShort(_ buffer: inout fuse_buf) -> Int32 {
        while true {
            let length = receive(&buffer)
            if length <= 0 || Self.isLong(buffer) { return length }
            fuse_session_process_buf(session, &buffer)
        }
    }

    private func receive(_ buffer: inout fuse_buf) -> Int32 {
        var spins = 0
        while true {
            let length = fuse_session_receive_buf(session, &buffer)
            switch length {
            case -EINTR: continue
            case -EAGAIN where spins < Self.spinsMax:
                spins += 1
                sched_yield()
            case -EAGAIN:
                var descriptor = pollfd(fd: fuse_session_fd(session), events: Int16(POLLIN), revents: 0)
                poll(&descriptor, 1, -1)
            default: return length
            }
        }
    }

    private static func isLong(_ buffer: fuse_buf) -> Bool {
        let headerBytes = MemoryLayout<fuse_in_header>.size
        guard let memory = buffer.mem, buffer.size >= headerBytes + MemoryLayout<fuse_read_in>.size else {
            return false
        }
        let header = memory.loadUnaligned(as: fuse_in_header.self)
        guard header.opcode == FUSE_READ.rawValue else { return false }
        return memory.loadUnaligned(fromByteOffset: headerBytes, as: fuse_read_in.self).size >= longReadBytes
    }
}
