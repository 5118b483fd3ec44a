import CLinux
import Glibc

extension FileDescriptor {
    /// The step in which files of unknown size are read.
    private static let readStepBytes = 64 * 1024

    /// Reads what is there, at most `buffer` full, and moves on (read(2)); 0 at the end of the file.
    public func read(into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
        try systemCall("read") { Glibc.read(rawValue, buffer.baseAddress, buffer.count) }
    }

    /// Reads at `offset`, at most `buffer` full (pread(2)); 0 at or behind the end of the file.
    public func pread(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(SystemError) -> Int {
        guard let offset = off_t(exactly: offset) else { throw SystemError(call: "pread", errno: .invalidArgument) }
        return try systemCall("pread") { Glibc.pread(rawValue, buffer.baseAddress, buffer.count, offset) }
    }

    /// Fills `buffer` from the position on; fewer bytes than that only where the file ends.
    public func readFully(into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
        var filled = 0
        while filled < buffer.count {
            let count = try read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
            if count == 0 { break }
            filled += count
        }
        return filled
    }

    /// Fills `buffer` from `offset` on; fewer bytes than that only where the file ends.
    public func preadFully(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(SystemError) -> Int {
        var filled = 0
        while filled < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
            let count = try pread(into: rest, at: offset + UInt64(filled))
            if count == 0 { break }
            filled += count
        }
        return filled
    }

    /// The next `count` bytes; fewer only where the file ends.
    public func read(_ count: Int) throws(SystemError) -> [UInt8] {
        try Self.collect(count) { buffer throws(SystemError) in try readFully(into: buffer) }
    }

    /// The `count` bytes at `offset`; fewer only where the file ends.
    public func pread(_ count: Int, at offset: UInt64) throws(SystemError) -> [UInt8] {
        try Self.collect(count) { buffer throws(SystemError) in try preadFully(into: buffer, at: offset) }
    }

    /// What one read(2) gives: at most `count` bytes, none at the end of the file.
    func read(atMost count: Int) throws(SystemError) -> [UInt8] {
        try Self.collect(count) { buffer throws(SystemError) in try read(into: buffer) }
    }

    /// All that is left to read, which must not exceed `limit` bytes: more is EFBIG, and at most one step over the limit
    /// is read before that is known.
    public func readAll(atMost limit: Int) throws(SystemError) -> [UInt8] {
        var contents: [UInt8] = []
        while true {
            let part = try read(min(Self.readStepBytes, limit - contents.count + 1))
            if part.isEmpty { return contents }
            contents += part
            guard contents.count <= limit else { throw SystemError(call: "read", errno: .fileTooLarge) }
        }
    }

    /// An array of what `fill` puts into room for `count` bytes.
    private static func collect(
        _ count: Int, _ fill: (UnsafeMutableRawBufferPointer) throws(SystemError) -> Int
    ) throws(SystemError) -> [UInt8] {
        var failure: SystemError?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            do throws(SystemError) {
                // The allocator may give more room than was asked for.
                let room = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<count])
                filled = try fill(room)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }

    /// Where `seek` counts from (lseek(2)).
    public enum SeekOrigin: Sendable {
        /// SEEK_SET
        case start
        /// SEEK_CUR
        case current
        /// SEEK_END
        case end
        /// SEEK_DATA: the next data at or behind the offset; ENXIO when only a hole follows
        case data
        /// SEEK_HOLE: the next hole at or behind the offset, of which the end of the file is one; ENXIO behind the end
        case hole

        fileprivate var number: Int32 {
            switch self {
            case .start: SEEK_SET
            case .current: SEEK_CUR
            case .end: SEEK_END
            case .data: Int32(PASTFS_SEEK_DATA)
            case .hole: Int32(PASTFS_SEEK_HOLE)
            }
        }
    }

    /// Has the kernel read this file's first bytes into its page cache, without waiting for them (readahead(2)).
    public func readAhead(count: Int) throws(SystemError) {
        let number = rawValue
        _ = try systemCall("readahead") { pastfs_readahead(number, 0, count) }
    }

    /// Moves the position (lseek(2)), and tells where it is.
    @discardableResult
    public func seek(to offset: Int64, from origin: SeekOrigin = .start) throws(SystemError) -> UInt64 {
        UInt64(try systemCall("lseek") { lseek(rawValue, off_t(offset), origin.number) })
    }

    /// Where data next stands at or behind `offset`, or nil when none follows. The position moves there.
    ///
    /// A file system that knows nothing of holes answers `offset` itself up to the end of the file.
    public func nextData(from offset: UInt64) throws(SystemError) -> UInt64? {
        try nextOffset(from: offset, .data)
    }

    /// Where a hole next begins at or behind `offset`, the end of the file being one; nil behind the end. The position
    /// moves there.
    public func nextHole(from offset: UInt64) throws(SystemError) -> UInt64? {
        try nextOffset(from: offset, .hole)
    }

    private func nextOffset(from offset: UInt64, _ origin: SeekOrigin) throws(SystemError) -> UInt64? {
        guard let offset = Int64(exactly: offset) else { return nil }
        do throws(SystemError) {
            return try seek(to: offset, from: origin)
        } catch {
            if error.errno == .noSuchAddress { return nil }
            throw error
        }
    }
}
