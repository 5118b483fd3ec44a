import Coding
import Storage

/// Which packs a check reads whole.
public enum PackSelection: Hashable, Sendable {
    /// None: the structure is checked, which is everything but the content of files.
    case none
    /// All.
    case all
    /// These, as far as they are there.
    case packs(Set<Bytes32>)
    /// One of `of` parts, by number from 1. A pack's name decides which part it is in, so that all parts are all packs.
    case part(Int, of: Int)
    /// So many millionths of the bytes of all packs, at least one pack, drawn at random with a seed.
    case share(millionths: Int, seed: UInt64)

    /// How many parts there may be.
    public static let partsRange = 1...1_000_000
    /// How many millionths a share may be.
    public static let millionthsRange = 1...1_000_000

    /// The chosen ones of `packs`: for equal packs the same, in whichever order they come.
    public func chosen(from packs: [ObjectEntry]) -> Set<Bytes32> {
        switch self {
        case .none: return []
        case .all: return Set(packs.compactMap(\.name.id))
        case .packs(let chosen): return chosen.intersection(packs.compactMap(\.name.id))
        case .part(let number, let count):
            return Set(packs.compactMap(\.name.id).filter { Int($0.prefix64 % UInt64(count)) == number - 1 })
        case .share(let millionths, let seed):
            return Self.drawn(from: packs, millionths: millionths, seed: seed)
        }
    }

    private static func drawn(from packs: [ObjectEntry], millionths: Int, seed: UInt64) -> Set<Bytes32> {
        let total = packs.reduce(0.0) { $0 + Double($1.bytes) }
        let wanted = total * Double(millionths) / 1e6
        let lots = packs.compactMap { entry in
            entry.name.id.map { (lot: lot(of: $0, seed: seed), id: $0, bytes: entry.bytes) }
        }
        var chosen: Set<Bytes32> = []
        var bytes = 0.0
        for item in lots.sorted(by: { ($0.lot, $0.id) < ($1.lot, $1.id) }) where chosen.isEmpty || bytes < wanted {
            chosen.insert(item.id)
            bytes += Double(item.bytes)
        }
        return chosen
    }

    /// A number that looks random, from a pack's name and the seed: the mixing function of SplitMix64 (Steele, Lea, Flood,
    /// OOPSLA 2014).
    private static func lot(of pack: Bytes32, seed: UInt64) -> UInt64 {
        var mixed = pack.prefix64 &+ seed &* 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
