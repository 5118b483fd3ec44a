/// Takes an input apart from its beginning; what is asked for behind its end is zeros.
struct FuzzInput {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) {
        rest = bytes[...]
    }

    var isEmpty: Bool { rest.isEmpty }

    /// All that is left.
    var remaining: [UInt8] { Array(rest) }

    mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

    /// A number below `limit`, which is at most 256.
    mutating func choice(_ limit: Int) -> Int { Int(byte()) % limit }

    /// Two bytes, the lowest first.
    mutating func short() -> Int { Int(byte()) | Int(byte()) << 8 }

    /// Eight bytes, the lowest first.
    mutating func word() -> UInt64 {
        (0..<8).reduce(0) { $0 | UInt64(byte()) << UInt64(8 * $1) }
    }

    /// A number that limits are near to, or any other.
    mutating func number() -> UInt64 {
        let kind = byte()
        switch kind {
        case 0..<64: return UInt64(kind)
        case 64..<128: return 1 << UInt64(kind - 64)
        case 128..<192: return (1 << UInt64(kind - 128)) &- 1
        case 192..<224: return UInt64(short())
        default: return word()
        }
    }

    /// The next `count` bytes, or as many as are left.
    mutating func bytes(_ count: Int) -> [UInt8] {
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    /// Bytes behind a byte that counts them.
    mutating func shortBytes() -> [UInt8] {
        let count = Int(byte())
        return bytes(count)
    }
}
