/// The order of byte strings: as unsigned numbers from the first difference on, a prefix first.
public enum ByteOrder {
    /// Below zero if `left` comes first, zero if both are equal. Complexity: O(the shorter length), eight bytes a step.
    @inlinable
    public static func compare(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
        let shared = min(left.count, right.count)
        var offset = 0
        while offset + 8 <= shared {
            let first = UInt64(bigEndian: left.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            let second = UInt64(bigEndian: right.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            if first != second { return first < second ? -1 : 1 }
            offset += 8
        }
        while offset < shared {
            if left[offset] != right[offset] { return left[offset] < right[offset] ? -1 : 1 }
            offset += 1
        }
        return left.count - right.count
    }
}
