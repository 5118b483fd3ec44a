import CFuse
import Glibc

/// The memory that requests are received into, one after the other; libfuse allocates it with the first one.
struct RequestBuffer: ~Copyable {
    private var buffer = fuse_buf()

    deinit {
        free(buffer.mem)
    }

    mutating func withBuffer<Value>(_ body: (inout fuse_buf) -> Value) -> Value {
        body(&buffer)
    }

    /// What the request that was received last begins with; nil for one that is too short, which libfuse refuses.
    var heading: RequestHeading? {
        guard let memory = buffer.mem, buffer.size >= MemoryLayout<fuse_in_header>.size else { return nil }
        return RequestHeading(UnsafeRawBufferPointer(start: memory, count: buffer.size))
    }
}
