/// The 256 random words that decide where data is cut: who doesn't know them can't tell from the sizes of chunks which
/// data was stored (but see eprint 2025/532 and 2025/558 for what sizes give away nevertheless).
public struct GearTable: Sendable {
    /// The size of the key material: a word of eight bytes for every value of a byte.
    public static let keyMaterialBytes = 256 * 8

    /// One word for every value of a byte.
    let words: [UInt64]

    /// Takes 256 little-endian words from exactly `keyMaterialBytes` bytes that look random.
    public init(keyMaterial: Span<UInt8>) {
        precondition(keyMaterial.count == Self.keyMaterialBytes, "a gear table is made of 2,048 bytes")
        words = (0..<256).map { word in
            (0..<8).reduce(0) { value, byte in value | UInt64(keyMaterial[word * 8 + byte]) << UInt64(8 * byte) }
        }
    }

    /// Takes 256 little-endian words from exactly `keyMaterialBytes` bytes that look random.
    public init(keyMaterial: [UInt8]) {
        self.init(keyMaterial: keyMaterial.span)
    }
}
