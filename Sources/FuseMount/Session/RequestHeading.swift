import CFuse
import SnapshotView

/// What is known of a request before it is answered (`fuse_in_header` of linux/fuse.h).
struct RequestHeading: Sendable {
    /// What is asked.
    let kind: RequestKind
    /// What it is asked of.
    let node: NodeID
    /// The thread that asks, as the kernel numbers it; 0 for the kernel itself.
    let process: UInt32
    /// Where in a file or directory reading begins; 0 for other requests.
    let offset: UInt64

    /// Reads the heading of a request, which has at least the length of `fuse_in_header`.
    init(_ request: UnsafeRawBufferPointer) {
        let header = request.loadUnaligned(as: fuse_in_header.self)
        kind = RequestKind(operationCode: header.opcode)
        node = NodeID(rawValue: header.nodeid)
        process = header.pid
        // READ, READDIR and READDIRPLUS share their argument.
        let readEnd = MemoryLayout<fuse_in_header>.size + MemoryLayout<fuse_read_in>.size
        if kind.isReading, request.count >= readEnd {
            let argument = request.loadUnaligned(
                fromByteOffset: MemoryLayout<fuse_in_header>.size, as: fuse_read_in.self)
            offset = argument.offset
        } else {
            offset = 0
        }
    }
}
