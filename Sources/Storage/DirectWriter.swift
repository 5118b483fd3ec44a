import SystemInterface

/// Writes the bytes of a large object past the page cache (open(2), O_DIRECT).
///
/// A backup reads back nothing of what it stores. Through the page cache its bytes are copied, push out what other
/// programs read, and are written by the kernel while fsync(2) waits: twelve times slower where this was measured. What
/// cannot be written directly goes the usual way: small objects, the last part of a block, and all of it where the file
/// system does not know the flag or wants larger blocks.
struct DirectWriter: ~Copyable {
    private let staging: UnsafeMutableRawBufferPointer
    private var filled = 0
    /// Where the first byte of `staging` belongs in the file.
    private var offset: UInt64 = 0
    private var isDirect = true

    private init() {
        staging = UnsafeMutableRawBufferPointer.allocate(
            byteCount: StorageLimits.directWriteBytes, alignment: StorageLimits.directWriteAlignmentBytes)
    }

    deinit {
        staging.deallocate()
    }

    /// Writes all of `parts`, one after the other, to a file that is empty. After an error an unknown part is written.
    static func write(_ parts: [[UInt8]], to file: borrowing FileDescriptor) throws(SystemError) {
        let total = parts.reduce(0) { $0 + $1.count }
        guard total >= StorageLimits.directWriteObjectBytesMin, (try? file.setDirect(true)) != nil else {
            for part in parts { try file.write(all: part.span) }
            return
        }
        var writer = DirectWriter()
        for part in parts { try writer.append(part, to: file) }
        try writer.finish(file)
    }

    private mutating func append(_ part: [UInt8], to file: borrowing FileDescriptor) throws(SystemError) {
        var position = 0
        while position < part.count {
            let count = min(part.count - position, staging.count - filled)
            part.withUnsafeBytes { bytes in
                staging[filled..<filled + count].copyBytes(from: bytes[position..<position + count])
            }
            filled += count
            position += count
            if filled == staging.count { try flush(filled, to: file) }
        }
    }

    private mutating func finish(_ file: borrowing FileDescriptor) throws(SystemError) {
        let whole = filled - filled % StorageLimits.directWriteAlignmentBytes
        let rest = filled - whole
        if whole > 0 { try flush(whole, to: file) }
        guard rest > 0 else { return }
        staging.copyMemory(from: UnsafeRawBufferPointer(rebasing: staging[whole..<whole + rest]))
        if isDirect { try leaveDirect(file) }
        try flush(rest, to: file)
    }

    /// Writes the first `count` staged bytes where they belong.
    private mutating func flush(_ count: Int, to file: borrowing FileDescriptor) throws(SystemError) {
        do throws(SystemError) {
            try write(count, to: file)
        } catch {
            // A device of larger blocks, or a write that ended within one: the same bytes again, through the cache.
            guard isDirect, error.errno == .invalidArgument else { throw error }
            try leaveDirect(file)
            try write(count, to: file)
        }
        offset += UInt64(count)
        filled = 0
    }

    private func write(_ count: Int, to file: borrowing FileDescriptor) throws(SystemError) {
        let bytes = UnsafeRawBufferPointer(rebasing: staging[..<count]).assumingMemoryBound(to: UInt8.self)
        try file.pwrite(all: Span(_unsafeElements: bytes), at: offset)
    }

    private mutating func leaveDirect(_ file: borrowing FileDescriptor) throws(SystemError) {
        try file.setDirect(false)
        isDirect = false
    }
}
