import CZstd

/// Decompresses Zstandard frames (RFC 8878) that may be hostile. One thread at a time.
public struct Decompressor: ~Copyable, Sendable {
    // An OpaquePointer is not Sendable; this one belongs to the struct alone, which can't be copied.
    nonisolated(unsafe) private let context: OpaquePointer

    /// A decompressor; `.libraryFailure` when there is no memory for one.
    public init() throws(CompressionError) {
        guard let context = ZSTD_createDCtx() else {
            throw CompressionError(.libraryFailure, "there is no memory for a decompressor")
        }
        self.context = context
    }

    deinit {
        ZSTD_freeDCtx(context)
    }

    /// The content of `frame`, exactly `count` bytes.
    ///
    /// `count` comes from a trusted place and must agree with what the frame says and with what it holds. Anything else
    /// is `.corrupt`: another size, bytes behind the frame, a second frame, a skippable one, a dictionary, a window over
    /// `CompressionLimits.windowBytesMax`. A `count` below zero or over `CompressionLimits.contentBytesMax` is
    /// `.tooLarge`. Nothing is allocated before all sizes are known to agree, and never more than `count`.
    public mutating func decompress(
        _ frame: Span<UInt8>, exactly count: Int
    ) throws(CompressionError) -> [UInt8] {
        guard 0...CompressionLimits.contentBytesMax ~= count else {
            throw CompressionError(
                .tooLarge, "could not decompress to \(count) bytes: the limit is \(CompressionLimits.contentBytesMax)")
        }
        let header = try FrameHeader(frame)
        guard header.contentBytes == UInt64(count) else {
            throw FrameHeader.corrupt("it claims to hold \(header.contentBytes) bytes, not \(count)")
        }
        let frameBytes = frame.withUnsafeBytes { ZSTD_findFrameCompressedSize($0.baseAddress, $0.count) }
        guard ZSTD_isError(frameBytes) == 0 else { throw Self.failure(frameBytes) }
        guard frameBytes == frame.count else {
            throw FrameHeader.corrupt("\(frame.count - frameBytes) bytes follow the frame")
        }
        return try [UInt8](capacity: count) { output throws(CompressionError) in
            let outcome = frame.withUnsafeBytes { frame in
                output.withUnsafeMutableBufferPointer { output, initializedCount in
                    let outcome = ZSTD_decompressDCtx(
                        context, output.baseAddress, count, frame.baseAddress, frame.count)
                    if outcome == count { initializedCount = count }
                    return outcome
                }
            }
            guard ZSTD_isError(outcome) == 0 else { throw Self.failure(outcome) }
            guard outcome == count else { throw FrameHeader.corrupt("it holds \(outcome) bytes, not \(count)") }
        }
    }

    private static func failure(_ outcome: Int) -> CompressionError {
        FrameHeader.corrupt(String(cString: ZSTD_getErrorName(outcome)))
    }
}
