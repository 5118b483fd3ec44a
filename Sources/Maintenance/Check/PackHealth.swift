import Coding
import Repository

/// Which packs and bundles can be relied on, as far as they were looked at.
struct PackHealth: Sendable {
    /// A bundle's place.
    struct Bundle: Hashable, Sendable {
        let pack: Bytes32
        let offset: UInt64
    }

    /// Packs that the index lists.
    var listed: Set<Bytes32> = []
    /// Packs none of whose bundles can be read, with the finding.
    var lostPacks: [Bytes32: DamageRegister.Number] = [:]
    /// Bundles that cannot be read, with the finding.
    var lostBundles: [Bundle: DamageRegister.Number] = [:]

    /// The finding that makes the chunk at `place` unreadable, or nil.
    func fault(at place: ChunkPlace) -> DamageRegister.Number? {
        lostPacks[place.pack] ?? lostBundles[Bundle(pack: place.pack, offset: place.bundleOffset)]
    }
}
