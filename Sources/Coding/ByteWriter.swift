/// Writes PastFS's binary encodings: the inverse of `ByteReader`, method by method.
public struct ByteWriter: Sendable {
    /// What has been written.
    public private(set) var bytes: [UInt8] = []

    /// An empty writer with room for `capacity` bytes.
    public init(capacity: Int = 0) {
        bytes.reserveCapacity(capacity)
    }

    /// How many bytes have been written.
    public var count: Int { bytes.count }

    /// Appends one byte.
    public mutating func uint8(_ value: UInt8) {
        bytes.append(value)
    }

    /// Appends two bytes, the lowest first.
    public mutating func uint16(_ value: UInt16) {
        littleEndian(UInt64(value), byteCount: 2)
    }

    /// Appends four bytes, the lowest first.
    public mutating func uint32(_ value: UInt32) {
        littleEndian(UInt64(value), byteCount: 4)
    }

    /// Appends eight bytes, the lowest first.
    public mutating func uint64(_ value: UInt64) {
        littleEndian(value, byteCount: 8)
    }

    /// Appends a number as LEB128 in its shortest form, one to ten bytes.
    public mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// Appends a signed number in zigzag form.
    public mutating func signedVarint(_ value: Int64) {
        varint(UInt64(bitPattern: value << 1 ^ value >> 63))
    }

    /// Appends bytes as they are.
    public mutating func append(_ data: some Sequence<UInt8>) {
        bytes.append(contentsOf: data)
    }

    /// Appends 32 bytes.
    public mutating func bytes32(_ value: Bytes32) {
        bytes.append(contentsOf: value.bytes)
    }

    /// Appends bytes behind their count.
    public mutating func sizedBytes(_ data: [UInt8]) {
        varint(UInt64(data.count))
        bytes.append(contentsOf: data)
    }

    /// Appends text as UTF-8 behind its count of bytes.
    public mutating func text(_ text: String) {
        sizedBytes(Array(text.utf8))
    }

    private mutating func littleEndian(_ value: UInt64, byteCount: Int) {
        for index in 0..<byteCount {
            bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index)))
        }
    }
}
