/// What a file holds, and a number by which two are told apart.
final class FileBytes: Sendable {
    let bytes: [UInt8]
    let digest: UInt64

    static let empty = FileBytes([])

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        digest = Self.digest(bytes)
    }

    /// Eight bytes at a time, mixed as SplitMix64 does.
    private static func digest(_ bytes: [UInt8]) -> UInt64 {
        bytes.withUnsafeBytes { raw in
            var state = UInt64(raw.count)
            var position = 0
            while position + 8 <= raw.count {
                state = mix(state ^ raw.loadUnaligned(fromByteOffset: position, as: UInt64.self))
                position += 8
            }
            while position < raw.count {
                state = mix(state ^ UInt64(raw[position]))
                position += 1
            }
            return state
        }
    }

    /// A step that spreads each bit over all of them.
    static func mix(_ word: UInt64) -> UInt64 {
        var mixed = word &+ 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
