import Coding

/// The bytes of a chunk, as they lie in its decoded bundle: handing them on copies nothing.
public struct ChunkBytes: Sendable {
    /// The bundle that the chunk lies in.
    public let bundle: [UInt8]
    /// The chunk's place in `bundle`.
    public let range: Range<Int>

    init(bundle: [UInt8], range: Range<Int>) {
        self.bundle = bundle
        self.range = range
    }

    /// Bytes that are in no bundle.
    public init(_ bytes: [UInt8]) {
        self.init(bundle: bytes, range: 0..<bytes.count)
    }

    /// How many bytes it has.
    public var count: Int { range.count }

    /// Its first byte.
    public var first: UInt8? { range.isEmpty ? nil : bundle[range.lowerBound] }

    /// A reader of the chunk.
    public func reader() -> ByteReader { ByteReader(bundle, range: range) }

    /// A copy of the bytes.
    public func copy() -> [UInt8] { Array(bundle[range]) }

    /// Lends the bytes to `body`.
    public func withUnsafeBytes<Value, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try bundle.withUnsafeBufferPointer { (all) throws(Failure) in
            try body(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: all[range])))
        }
    }

    /// Copies the bytes behind `offset` to `target`, which must not be longer than what follows `offset`.
    public func copy(from offset: Int, into target: UnsafeMutableRawBufferPointer) {
        precondition(offset >= 0 && offset + target.count <= count)
        withUnsafeBytes { bytes in
            target.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + target.count]))
        }
    }
}
