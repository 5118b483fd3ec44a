import CLinux
import Glibc

extension FileDescriptor {
    /// Writes all of `data` at the position, and moves it (write(2)). After an error an unknown part has been written.
    public func write(all data: Span<UInt8>) throws(SystemError) {
        try Self.write(all: data, to: rawValue)
    }

    /// Writes all of `data` at the position, and moves it (write(2)). After an error an unknown part has been written.
    public func write(all data: [UInt8]) throws(SystemError) {
        try write(all: data.span)
    }

    /// Writes `data` with one write(2), and tells how much of it was written: with O_APPEND nobody's bytes come between.
    public func writeOnce(_ data: Span<UInt8>) throws(SystemError) -> Int {
        try systemCall("write") { data.withUnsafeBytes { Glibc.write(rawValue, $0.baseAddress, $0.count) } }
    }

    /// Writes all of `data` at `offset` (pwrite(2)). After an error an unknown part has been written.
    public func pwrite(all data: Span<UInt8>, at offset: UInt64) throws(SystemError) {
        guard let start = Int64(exactly: offset), !start.addingReportingOverflow(Int64(data.count)).overflow else {
            throw SystemError(call: "pwrite", errno: .fileTooLarge)
        }
        var written = 0
        while written < data.count {
            let rest = data.extracting(written...)
            let place = off_t(start) + off_t(written)
            let count = try systemCall("pwrite") {
                rest.withUnsafeBytes { Glibc.pwrite(rawValue, $0.baseAddress, $0.count, place) }
            }
            written += try Self.progress(count, "pwrite")
        }
    }

    /// Writes all of `data` at `offset` (pwrite(2)). After an error an unknown part has been written.
    public func pwrite(all data: [UInt8], at offset: UInt64) throws(SystemError) {
        try pwrite(all: data.span, at: offset)
    }

    /// Makes the contents and what is needed to find them durable (fsync(2)); of a directory, its names.
    ///
    /// Never call it again on the same file after it has thrown: the kernel may have marked the lost pages clean. EINTR
    /// is thrown and not retried for the same reason.
    public func sync() throws(SystemError) {
        if fsync(rawValue) == -1 { throw SystemError(call: "fsync", errno: .current) }
    }

    /// Makes the contents durable and what is needed to read them, but no times (fdatasync(2)). What `sync` says of errors
    /// holds here too.
    public func syncData() throws(SystemError) {
        if fdatasync(rawValue) == -1 { throw SystemError(call: "fdatasync", errno: .current) }
    }

    /// Makes all durable that the file system has which the open file lies on, whoever wrote it (syncfs(2)).
    ///
    /// From Linux 5.8 on it throws once if anything could not be written since this descriptor was opened, or before that
    /// if nobody has been told yet.
    public func syncFileSystem() throws(SystemError) {
        if pastfs_syncfs(rawValue) == -1 { throw SystemError(call: "syncfs", errno: .current) }
    }

    /// Has what is read and written from now on pass the page cache, or use it again (fcntl(2), O_DIRECT).
    ///
    /// Direct transfers need addresses, offsets and lengths that are multiples of the device's logical block. A file system
    /// that cannot do it answers with EINVAL, here or at the first transfer.
    public func setDirect(_ isDirect: Bool) throws(SystemError) {
        let flags = try systemCall("fcntl") { fcntl(rawValue, F_GETFL) }
        let direct = Int32(PASTFS_O_DIRECT)
        try systemCall("fcntl") { fcntl(rawValue, F_SETFL, isDirect ? flags | direct : flags & ~direct) }
    }

    /// Cuts the file, or lengthens it by a hole, to `size` bytes (ftruncate(2)).
    public func truncate(to size: UInt64) throws(SystemError) {
        guard let size = off_t(exactly: size) else { throw SystemError(call: "ftruncate", errno: .fileTooLarge) }
        try systemCall("ftruncate") { ftruncate(rawValue, size) }
    }

    /// Turns a range into a hole that reads as zeros, the size unchanged (fallocate(2), FALLOC_FL_PUNCH_HOLE).
    public func punchHole(at offset: UInt64, count: UInt64) throws(SystemError) {
        guard let offset = Int64(exactly: offset), let count = Int64(exactly: count) else {
            throw SystemError(call: "fallocate", errno: .fileTooLarge)
        }
        try systemCall("fallocate") {
            pastfs_fallocate(rawValue, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, count)
        }
    }

    /// Tries to lock the open file (flock(2)), for this descriptor and its duplicates; false when another holds it.
    ///
    /// The lock is advisory, and ends when the last duplicate is closed.
    public func tryLock(exclusive: Bool) throws(SystemError) -> Bool {
        do throws(SystemError) {
            try systemCall("flock") { flock(rawValue, (exclusive ? LOCK_EX : LOCK_SH) | LOCK_NB) }
            return true
        } catch {
            if error.errno == .wouldBlock { return false }
            throw error
        }
    }

    /// Gives the lock back (flock(2)).
    public func unlock() throws(SystemError) {
        try systemCall("flock") { flock(rawValue, LOCK_UN) }
    }

    /// Writes all of `data` to a descriptor that the caller keeps open meanwhile.
    static func write(all data: Span<UInt8>, to number: Int32) throws(SystemError) {
        var written = 0
        while written < data.count {
            let rest = data.extracting(written...)
            let count = try systemCall("write") {
                rest.withUnsafeBytes { Glibc.write(number, $0.baseAddress, $0.count) }
            }
            written += try progress(count, "write")
        }
    }

    /// A call that takes nothing of what it was given would be asked for ever: that is an error here.
    private static func progress(_ count: Int, _ call: StaticString) throws(SystemError) -> Int {
        guard count > 0 else { throw SystemError(call: call.description, errno: .ioFailure) }
        return count
    }
}
