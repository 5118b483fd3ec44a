import CFuse
import Glibc
import SnapshotView

/// The one answer that a request gets.
///
/// Every method consumes the reply, so a request cannot be answered twice; and one that nobody answers is answered with
/// EIO when its reply goes out of scope, so that no program waits for ever.
struct Reply: ~Copyable {
    private let request: fuse_req_t

    init(_ request: fuse_req_t) {
        self.request = request
    }

    deinit {
        fuse_reply_err(request, ErrorNumber.ioFailure.rawValue)
    }

    /// The request, for libfuse's functions that format parts of an answer.
    borrowing func withRequest<Value>(_ body: (fuse_req_t) -> Value) -> Value {
        body(request)
    }

    consuming func error(_ number: ErrorNumber) {
        fuse_reply_err(request, number.rawValue)
        discard self
    }

    consuming func error(_ error: ViewError) {
        fuse_reply_err(request, ErrorNumber(error).rawValue)
        discard self
    }

    /// For requests that have no answer.
    consuming func nothing() {
        fuse_reply_none(request)
        discard self
    }

    /// Answers a look-up; false if the kernel did not take the answer, and with it the reference.
    consuming func entry(_ entry: inout fuse_entry_param) -> Bool {
        let code = fuse_reply_entry(request, &entry)
        discard self
        return code == 0
    }

    consuming func attributes(_ status: inout stat, validitySeconds: Double) {
        fuse_reply_attr(request, &status, validitySeconds)
        discard self
    }

    consuming func link(_ target: [UInt8]) {
        // Targets hold no NUL (the format forbids it), so the string ends where they do.
        let text = target.map { CChar(bitPattern: $0) } + [0]
        fuse_reply_readlink(request, text)
        discard self
    }

    /// Answers with bytes; false if the kernel did not take them.
    @discardableResult
    consuming func bytes(_ buffer: UnsafeRawBufferPointer) -> Bool {
        let start = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
        let code = fuse_reply_buf(request, start, buffer.count)
        discard self
        return code == 0
    }

    consuming func vectors(_ vectors: [iovec]) {
        fuse_reply_iov(request, vectors, Int32(vectors.count))
        discard self
    }

    consuming func statistics(_ statistics: inout statvfs) {
        fuse_reply_statfs(request, &statistics)
        discard self
    }

    /// Says how long an extended attribute, or the list of them, is.
    consuming func attributeSize(_ count: Int) {
        fuse_reply_xattr(request, count)
        discard self
    }

    consuming func offset(_ offset: UInt64) {
        fuse_reply_lseek(request, off_t(clamping: offset))
        discard self
    }
}
