import Compression
import Synchronization

/// A compressor and a decompressor that are used again and again by one thread at a time.
struct BundleCoder: ~Copyable, Sendable {
    private var compressor: Compressor
    private var decompressor: Decompressor

    /// Contexts for zstd at `level`.
    init(level: Int) throws(RepositoryError) {
        do throws(CompressionError) {
            let compressor = try Compressor(level: level)
            let decompressor = try Decompressor()
            self.compressor = compressor
            self.decompressor = decompressor
        } catch {
            throw RepositoryError(.internalFailure, "cannot start the compressor: \(error)")
        }
    }

    mutating func compress(_ data: [UInt8]) throws(RepositoryError) -> [UInt8] {
        var frame: [UInt8] = []
        do {
            try compressor.compress(data.span, into: &frame)
        } catch {
            throw RepositoryError(.internalFailure, "cannot compress: \(error)")
        }
        return frame
    }

    mutating func decompress(_ frame: Span<UInt8>, exactly count: Int) throws(RepositoryError) -> [UInt8] {
        do {
            return try decompressor.decompress(frame, exactly: count)
        } catch {
            throw RepositoryError(.damaged, "\(error)")
        }
    }
}

/// Coders that threads borrow; there are never more than threads that used one at the same time.
final class BundleCoderPool: Sendable {
    private final class Box: Sendable {
        let coder: Mutex<BundleCoder>
        init(_ coder: consuming BundleCoder) {
            self.coder = Mutex(coder)
        }
    }

    private let idle = Mutex<[Box]>([])
    private let level: Int

    init(level: Int) {
        self.level = level
    }

    func withCoder<Value>(
        _ body: (inout BundleCoder) throws(RepositoryError) -> Value
    ) throws(RepositoryError) -> Value {
        let box: Box
        if let waiting = idle.withLock({ $0.popLast() }) {
            box = waiting
        } else {
            box = Box(try BundleCoder(level: level))
        }
        defer { idle.withLock { $0.append(box) } }
        return try box.coder.withLock { (coder) throws(RepositoryError) in try body(&coder) }
    }
}
