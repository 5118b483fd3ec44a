import Compression

/// A Zstandard frame put together by hand (RFC 8878, section 3.1.1), right or wrong.
struct Frame {
    var bytes: [UInt8]

    /// A header with these fields; the frame is a single segment unless it has a window descriptor.
    init(magicNumber: UInt32 = 0xFD2F_B528, descriptor: UInt8 = 0xA0, window: UInt8? = nil, contentBytes: UInt32? = 0) {
        bytes = littleEndian(magicNumber, 4) + [descriptor]
        if let window { bytes.append(window) }
        if let contentBytes { bytes += littleEndian(contentBytes, 4) }
    }

    /// A block of `count` times the same byte, four bytes in all (section 3.1.1.2).
    func repeating(_ byte: UInt8, _ count: UInt32, isLast: Bool = true) -> Frame {
        appending(littleEndian(count << 3 | 1 << 1 | (isLast ? 1 : 0), 3) + [byte])
    }

    /// A block of bytes as they are.
    func raw(_ data: [UInt8], isLast: Bool = true) -> Frame {
        appending(littleEndian(UInt32(data.count) << 3 | (isLast ? 1 : 0), 3) + data)
    }

    func appending(_ more: [UInt8]) -> Frame {
        var frame = self
        frame.bytes += more
        return frame
    }
}

/// The lowest `byteCount` bytes of `value`.
func littleEndian(_ value: UInt32, _ byteCount: Int) -> [UInt8] {
    (0..<byteCount).map { UInt8(truncatingIfNeeded: value >> UInt32(8 * $0)) }
}

/// One frame of `data`, from a compressor of its own.
func compressed(_ data: [UInt8], level: Int = 3) throws(CompressionError) -> [UInt8] {
    var compressor = try Compressor(level: level)
    var frame: [UInt8] = []
    try compressor.compress(data.span, into: &frame)
    return frame
}

/// The content of `frame`, from a decompressor of its own.
func decompressed(_ frame: [UInt8], exactly count: Int) throws(CompressionError) -> [UInt8] {
    var decompressor = try Decompressor()
    return try decompressor.decompress(frame.span, exactly: count)
}

/// The code of the error that `body` throws, or nil when it throws none.
func code(of body: () throws(CompressionError) -> Void) -> CompressionError.Code? {
    do {
        try body()
        return nil
    } catch {
        return error.code
    }
}

/// The code of the error that decompressing `frame` ends with, or nil.
func decompressionCode(_ frame: [UInt8], exactly count: Int) -> CompressionError.Code? {
    code { () throws(CompressionError) in _ = try decompressed(frame, exactly: count) }
}
