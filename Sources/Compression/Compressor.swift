import CZstd

/// Compresses data to Zstandard frames (RFC 8878), one after the other.
///
/// The same data gives the same frame, whatever was compressed before, with the same version of libzstd. One thread at
/// a time.
public struct Compressor: ~Copyable, Sendable {
    // An OpaquePointer is not Sendable; this one belongs to the struct alone, which can't be copied.
    nonisolated(unsafe) private let context: OpaquePointer

    /// A compressor of one of `CompressionLimits.levels`; `.invalidLevel` for any other.
    public init(level: Int) throws(CompressionError) {
        guard CompressionLimits.levels ~= level else {
            throw CompressionError(.invalidLevel, "there is no compression level \(level)")
        }
        guard let context = ZSTD_createCCtx() else {
            throw CompressionError(.libraryFailure, "there is no memory for a compressor")
        }
        for (parameter, value) in [(ZSTD_c_compressionLevel, Int32(level))] + Self.tuning(level) {
            let outcome = ZSTD_CCtx_setParameter(context, parameter, value)
            guard ZSTD_isError(outcome) == 0 else {
                ZSTD_freeCCtx(context)
                throw CompressionError(
                    .libraryFailure,
                    "could not set the compression level: \(String(cString: ZSTD_getErrorName(outcome)))")
            }
        }
        self.context = context
    }

    deinit {
        ZSTD_freeCCtx(context)
    }

    /// What is better for data of about a megabyte than the level's own parameters (zstd_manual.html, "Advanced compression
    /// API").
    ///
    /// Level 2 with a table twice as large, and with matches from five bytes on, takes as long as before and makes most data
    /// as small as level 3 does in a third more time.
    private static func tuning(_ level: Int) -> [(ZSTD_cParameter, Int32)] {
        guard level == 2 else { return [] }
        return [(ZSTD_c_hashLog, Int32(17)), (ZSTD_c_minMatch, Int32(5))]
    }

    /// Appends one frame that holds `data` to `output`, which an error leaves as it was.
    ///
    /// The frame says how much it holds. It has no checksum: who stores it authenticates it. At most
    /// `CompressionLimits.contentBytesMax` bytes of data, or `.tooLarge`.
    public mutating func compress(
        _ data: Span<UInt8>, into output: inout [UInt8]
    ) throws(CompressionError) {
        guard data.count <= CompressionLimits.contentBytesMax else {
            throw CompressionError(
                .tooLarge,
                "could not compress \(data.count) bytes: the limit is \(CompressionLimits.contentBytesMax)")
        }
        let capacity = ZSTD_compressBound(data.count)
        try output.append(addingCapacity: capacity) { output throws(CompressionError) in
            let outcome = data.withUnsafeBytes { data in
                output.withUnsafeMutableBufferPointer { output, initializedCount in
                    let outcome = ZSTD_compress2(
                        context, output.baseAddress, output.count, data.baseAddress, data.count)
                    if ZSTD_isError(outcome) == 0 { initializedCount = outcome }
                    return outcome
                }
            }
            guard ZSTD_isError(outcome) == 0 else {
                throw CompressionError(
                    .libraryFailure,
                    "could not compress \(data.count) bytes: \(String(cString: ZSTD_getErrorName(outcome)))")
            }
        }
    }
}
