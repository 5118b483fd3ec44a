import Repository
import SystemInterface

/// Draws files at random: each for itself, by a number that the seed and its path give.
struct SampleDraw {
    private let options: RestoreTestOptions
    private var nearestLot = UInt64.max

    /// How many files were met.
    private(set) var fileCount: UInt64 = 0
    /// Of the files that were not drawn the one that came nearest to it.
    private(set) var nearest: (TreeEntry, FilePath)?

    init(_ options: RestoreTestOptions) {
        self.options = options
    }

    /// Whether the file is drawn.
    mutating func takes(_ entry: TreeEntry, _ path: FilePath) -> Bool {
        fileCount += 1
        let lot = Self.lot(of: path.bytes, seed: options.seed)
        // Of 2^64 lots so many millionths are drawn.
        if lot / (UInt64.max / 1_000_000) < UInt64(options.millionths) { return true }
        if lot < nearestLot { (nearestLot, nearest) = (lot, (entry, path)) }
        return false
    }

    /// FNV-1a (Fowler, Noll, Vo; 64 bits) of the path, and the mixing function of SplitMix64 (Steele, Lea, Flood, OOPSLA
    /// 2014) of that and the seed.
    private static func lot(of path: [UInt8], seed: UInt64) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in path { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        var mixed = hash &+ seed &* 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
