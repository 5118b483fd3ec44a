/// 128 bits that stand for a world: two worlds with the same ones are taken for the same.
///
/// The step is a multiplication to 128 bits whose halves are combined, as in wyhash
/// (https://github.com/wangyi-fudan/wyhash, public domain). With ten million worlds the chance that any two collide is
/// below 10^-24.
struct Fingerprint: Equatable {
    var high: UInt64 = 0x2d35_8dcc_aa6c_78a5
    var low: UInt64 = 0x8bb8_4b93_962e_acc9

    init(_ world: World) {
        withUnsafeBytes(of: world) { bytes in
            var offset = 0
            while offset + 8 <= bytes.count {
                mix(bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
                offset += 8
            }
            var rest: UInt64 = 0
            while offset < bytes.count {
                rest = rest << 8 | UInt64(bytes[offset])
                offset += 1
            }
            mix(rest)
            mix(0x4b33_a62e_d433_d4a3)
        }
    }

    private mutating func mix(_ word: UInt64) {
        let left = (low ^ word).multipliedFullWidth(by: 0xa076_1d64_78bd_642f)
        let right = (high &+ word).multipliedFullWidth(by: 0xe703_7ed1_a0b4_28db)
        low = left.high ^ left.low ^ high
        high = right.high ^ right.low ^ (low << 1 | low >> 63)
    }
}
