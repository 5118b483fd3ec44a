/// What the header of a Zstandard frame says (RFC 8878, section 3.1.1.1).
///
/// Read here and not by libzstd, whose simple functions skip frames that hold no data, decode several in a row, and
/// leave the window unchecked.
struct FrameHeader {
    /// The size of the content.
    let contentBytes: UInt64

    /// Reads the header of `frame`, and throws `.corrupt` unless it is one that `Compressor` might have written.
    init(_ frame: Span<UInt8>) throws(CompressionError) {
        var position = 0
        // Skippable frames and frames of old versions have other numbers.
        guard try Self.number(frame, at: &position, byteCount: 4) == Self.magicNumber else {
            throw Self.corrupt("it is no Zstandard frame")
        }
        let descriptor = try Self.number(frame, at: &position, byteCount: 1)
        let isSingleSegment = descriptor & 0x20 != 0
        guard descriptor & 0x08 == 0 else { throw Self.corrupt("a reserved bit is set") }
        guard descriptor & 0x03 == 0 else { throw Self.corrupt("it needs a dictionary") }
        if !isSingleSegment {
            let window = Self.windowBytes(try Self.number(frame, at: &position, byteCount: 1))
            guard window <= UInt64(CompressionLimits.windowBytesMax) else {
                throw Self.corrupt("its window of \(window) bytes is over \(CompressionLimits.windowBytesMax)")
            }
        }
        switch descriptor >> 6 {
        case 0 where !isSingleSegment: throw Self.corrupt("it does not say how much it holds")
        case 0: contentBytes = try Self.number(frame, at: &position, byteCount: 1)
        case 1: contentBytes = try Self.number(frame, at: &position, byteCount: 2) + 256
        case 2: contentBytes = try Self.number(frame, at: &position, byteCount: 4)
        default: contentBytes = try Self.number(frame, at: &position, byteCount: 8)
        }
    }

    /// An error about a frame.
    static func corrupt(_ reason: String) -> CompressionError {
        CompressionError(.corrupt, "could not decompress data: \(reason)")
    }

    /// The number that every frame begins with, lowest byte first (RFC 8878, section 3.1.1).
    private static let magicNumber: UInt64 = 0xFD2F_B528

    /// What a window descriptor means: a power of two from 1 KiB to 2 TiB, and some eighths of it (section 3.1.1.1.2).
    private static func windowBytes(_ descriptor: UInt64) -> UInt64 {
        let base: UInt64 = 1 << (10 + (descriptor >> 3))
        return base + base / 8 * (descriptor & 7)
    }

    private static func number(
        _ frame: Span<UInt8>, at position: inout Int, byteCount: Int
    ) throws(CompressionError) -> UInt64 {
        guard frame.count - position >= byteCount else { throw corrupt("it ends within its header") }
        var value: UInt64 = 0
        for index in 0..<byteCount {
            value |= UInt64(frame[position + index]) << UInt64(8 * index)
        }
        position += byteCount
        return value
    }
}
