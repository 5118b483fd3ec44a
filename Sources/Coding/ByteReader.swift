/// Reads PastFS's binary encodings from a buffer whose every byte may be hostile.
///
/// Fixed-width numbers are little-endian. Numbers of variable width are LEB128 (DWARF 5, section 7.6), accepted only
/// in their shortest form, so that decoding and encoding give the same bytes. Every method throws a `CodingError` with
/// an offset instead of reading past the end, and never allocates more than what remains in the buffer.
public struct ByteReader: Sendable {
    @usableFromInline let bytes: [UInt8]
    @usableFromInline let end: Int

    /// Where the next byte is read, from the start of the buffer.
    @inlinable
    public var position: Int { place }
    @usableFromInline var place: Int

    /// A reader of the whole of `bytes`.
    @inlinable
    public init(_ bytes: [UInt8]) {
        self.init(bytes, range: 0..<bytes.count)
    }

    /// A reader of `range` of `bytes`, which must lie within it; offsets in errors count from the start of `bytes`.
    @inlinable
    public init(_ bytes: [UInt8], range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
        self.bytes = bytes
        self.place = range.lowerBound
        self.end = range.upperBound
    }

    /// How many bytes are left.
    @inlinable
    public var remaining: Int { end - position }

    /// Throws unless everything has been read.
    @inlinable
    public func expectEnd() throws(CodingError) {
        guard position == end else { throw fault("\(remaining) bytes too many") }
    }

    /// An error at the reader's position.
    public func fault(_ reason: String) -> CodingError {
        CodingError(reason, offset: position)
    }

    /// The next byte.
    @inlinable
    public mutating func uint8() throws(CodingError) -> UInt8 {
        guard place < end else { throw fault("the data ends early") }
        defer { place += 1 }
        return bytes[place]
    }

    /// The next two bytes as a number.
    @inlinable
    public mutating func uint16() throws(CodingError) -> UInt16 {
        let start = try range(2).lowerBound
        return UInt16(bytes[start]) | UInt16(bytes[start + 1]) << 8
    }

    /// The next four bytes as a number.
    public mutating func uint32() throws(CodingError) -> UInt32 {
        UInt32(truncatingIfNeeded: try littleEndian(byteCount: 4))
    }

    /// The next eight bytes as a number.
    public mutating func uint64() throws(CodingError) -> UInt64 {
        try littleEndian(byteCount: 8)
    }

    /// A number of one to ten bytes in its shortest form.
    @inlinable
    public mutating func varint() throws(CodingError) -> UInt64 {
        let start = position
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let byte = try uint8()
            let part = UInt64(byte & 0x7F)
            guard shift < 63 || part <= 1 else { throw CodingError("a number is over 64 bits", offset: start) }
            value |= part << shift
            if byte & 0x80 == 0 {
                guard byte != 0 || shift == 0 else {
                    throw CodingError("a number is not in its shortest form", offset: start)
                }
                return value
            }
            shift += 7
            guard shift <= 63 else { throw CodingError("a number is over 64 bits", offset: start) }
        }
    }

    /// A varint that must not exceed `limit`; `name` says what it counts.
    @inlinable
    public mutating func varint(atMost limit: UInt64, _ name: StaticString) throws(CodingError) -> UInt64 {
        let start = position
        let value = try varint()
        guard value <= limit else { throw CodingError("\(name) \(value) is over the limit of \(limit)", offset: start) }
        return value
    }

    /// A count of items that take at least `minimumBytes` each: refused when what remains cannot hold them.
    @inlinable
    public mutating func count(minimumBytes: Int, _ name: StaticString) throws(CodingError) -> Int {
        let start = position
        let value = try varint()
        guard value <= UInt64(remaining / max(1, minimumBytes)) else {
            throw CodingError("\(name) \(value) is more than the data can hold", offset: start)
        }
        return Int(value)
    }

    /// A signed number in zigzag form: 0, -1, 1, -2, … as 0, 1, 2, 3, …
    @inlinable
    public mutating func signedVarint() throws(CodingError) -> Int64 {
        let value = try varint()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    /// The next `count` bytes.
    public mutating func bytes(_ count: Int) throws(CodingError) -> [UInt8] {
        Array(bytes[try range(count)])
    }

    /// The place of the next `count` bytes, which are skipped.
    @inlinable
    public mutating func range(_ count: Int) throws(CodingError) -> Range<Int> {
        guard count >= 0, count <= remaining else { throw fault("the data ends early") }
        defer { place += count }
        return place..<place + count
    }

    /// The next 32 bytes.
    @inlinable
    public mutating func bytes32() throws(CodingError) -> Bytes32 {
        let start = position
        let place = try range(Bytes32.count)
        guard let value = Bytes32(bytes.span.extracting(place)) else {
            throw CodingError("the data ends early", offset: start)
        }
        return value
    }

    /// Bytes behind their count, which must not exceed `limit`; `name` says what they are.
    public mutating func sizedBytes(atMost limit: Int, _ name: StaticString) throws(CodingError) -> [UInt8] {
        let start = position
        let count = try varint()
        guard count <= UInt64(limit) else {
            throw CodingError("\(name) of \(count) bytes is over the limit of \(limit)", offset: start)
        }
        return try bytes(Int(count))
    }

    /// The place of bytes that stand behind their count, which must not exceed `limit`; they are skipped.
    @inlinable
    public mutating func sizedRange(atMost limit: Int, _ name: StaticString) throws(CodingError) -> Range<Int> {
        let start = position
        let count = try varint()
        guard count <= UInt64(limit) else {
            throw CodingError("\(name) of \(count) bytes is over the limit of \(limit)", offset: start)
        }
        return try range(Int(count))
    }

    /// UTF-8 text behind its count of bytes, which must not exceed `limit`; `name` says what it is.
    public mutating func text(atMost limit: Int, _ name: StaticString) throws(CodingError) -> String {
        let start = position
        let utf8 = try sizedBytes(atMost: limit, name)
        guard let text = String(validating: utf8, as: UTF8.self) else {
            throw CodingError("\(name) is not UTF-8", offset: start)
        }
        return text
    }

    private mutating func littleEndian(byteCount: Int) throws(CodingError) -> UInt64 {
        var value: UInt64 = 0
        for (index, place) in try range(byteCount).enumerated() {
            value |= UInt64(bytes[place]) << UInt64(8 * index)
        }
        return value
    }
}

/// Places that were read before. Each must lie in the buffer.
extension ByteReader {
    /// Goes on reading at `position`.
    public mutating func move(to position: Int) {
        precondition(position >= 0 && position <= end)
        place = position
    }

    /// A copy of the bytes at a place.
    public func copy(_ place: Range<Int>) -> [UInt8] { Array(bytes[place]) }

    /// Lends the bytes at a place to `body`.
    @inlinable
    public func lend<Value>(_ place: Range<Int>, to body: (UnsafeRawBufferPointer) -> Value) -> Value {
        bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[place])) }
    }

    /// Whether a byte occurs at a place.
    @inlinable
    public func contains(_ byte: UInt8, in place: Range<Int>) -> Bool {
        lend(place) { $0.contains(byte) }
    }

    /// Whether the bytes at `left` come before those at `right`, in byte order.
    @inlinable
    public func precedes(_ left: Range<Int>, _ right: Range<Int>) -> Bool {
        bytes.withUnsafeBytes { bytes in
            ByteOrder.compare(
                UnsafeRawBufferPointer(rebasing: bytes[left]), UnsafeRawBufferPointer(rebasing: bytes[right])) < 0
        }
    }
}
