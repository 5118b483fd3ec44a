import CFuse
import Glibc
import SnapshotView

/// The one answer that a request gets.
///
/// Every method consumes the reply, so a request cannot be answered twice; and one that nobody answers is answered with
/// EIO when its reply goes out of scope, so that no program waits for ever.
///
/// An answer that comes after the watchdog's is dropped, and counts as one that the kernel did not take.
struct Reply: ~Copyable {
    private let request: fuse_req_t
    /// The watch that the request is under, which outlives it, and its place there.
    private let watch: Unmanaged<RequestWatch>?
    private let ticket: RequestWatch.Ticket?

    /// The answer of a request that waits for nothing, or has none.
    init(_ request: fuse_req_t) {
        self.request = request
        watch = nil
        ticket = nil
    }

    /// The answer of a request about `node`, which `watch` gives if this does not in time.
    init(_ request: fuse_req_t, node: UInt64, watch: RequestWatch) {
        self.request = request
        self.watch = .passUnretained(watch)
        ticket = watch.begin(request, node: node)
    }

    deinit {
        if claim() { fuse_reply_err(request, ErrorNumber.ioFailure.rawValue) }
    }

    /// Takes the right to answer; false if the watchdog has answered, and the request is gone. Once only.
    private borrowing func claim() -> Bool {
        guard let watch, let ticket else { return true }
        return watch._withUnsafeGuaranteedRef { $0.claim(ticket) }
    }

    /// The request, for libfuse's functions that format parts of an answer; they do not look at it.
    borrowing func withRequest<Value>(_ body: (fuse_req_t) -> Value) -> Value {
        body(request)
    }

    consuming func error(_ number: ErrorNumber) {
        if claim() { fuse_reply_err(request, number.rawValue) }
        discard self
    }

    consuming func error(_ error: ViewError) {
        if claim() { fuse_reply_err(request, ErrorNumber(error).rawValue) }
        discard self
    }

    /// For requests that have no answer.
    consuming func nothing() {
        fuse_reply_none(request)
        discard self
    }

    /// Answers a look-up; false if the kernel did not take the answer, and with it the reference.
    consuming func entry(_ entry: inout fuse_entry_param) -> Bool {
        let isTaken = claim() && fuse_reply_entry(request, &entry) == 0
        discard self
        return isTaken
    }

    /// Answers an open; the kernel keeps what it has cached of the file or directory.
    consuming func opened() {
        var information = fuse_file_info()
        information.keep_cache = 1
        information.cache_readdir = 1
        if claim() { fuse_reply_open(request, &information) }
        discard self
    }

    consuming func attributes(_ status: inout stat, validitySeconds: Double) {
        if claim() { fuse_reply_attr(request, &status, validitySeconds) }
        discard self
    }

    consuming func link(_ target: [UInt8]) {
        // Targets hold no NUL (the format forbids it), so the string ends where they do.
        let text = target.map { CChar(bitPattern: $0) } + [0]
        if claim() { fuse_reply_readlink(request, text) }
        discard self
    }

    /// Answers with bytes; false if the kernel did not take them.
    @discardableResult
    consuming func bytes(_ buffer: UnsafeRawBufferPointer) -> Bool {
        let start = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
        let isTaken = claim() && fuse_reply_buf(request, start, buffer.count) == 0
        discard self
        return isTaken
    }

    consuming func vectors(_ vectors: [iovec]) {
        if claim() { fuse_reply_iov(request, vectors, Int32(vectors.count)) }
        discard self
    }

    consuming func statistics(_ statistics: inout statvfs) {
        if claim() { fuse_reply_statfs(request, &statistics) }
        discard self
    }

    /// Says how long an extended attribute, or the list of them, is.
    consuming func attributeSize(_ count: Int) {
        if claim() { fuse_reply_xattr(request, count) }
        discard self
    }

    consuming func offset(_ offset: UInt64) {
        if claim() { fuse_reply_lseek(request, off_t(clamping: offset)) }
        discard self
    }
}
