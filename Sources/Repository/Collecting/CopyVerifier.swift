import Catalog
import Coding

/// Finds out whether a pack may be dropped because another has a copy of what is needed of it.
///
/// The copy has to open, and its bytes have to give their names: a bad sector, or a writer that seals other bytes under the
/// name of somebody's chunk, must not become the only place of it. A keyring that cannot open a bundle, or holds no
/// identifier keys, has to believe it. For one thread at a time.
package final class CopyVerifier {
    private struct Bundle: Hashable {
        let pack: Bytes32
        let offset: UInt64
    }

    private let repository: Repository
    /// The names of the chunks of a bundle that is sound, in their order; none for one that is not.
    private var verified: [Bundle: [ChunkID]] = [:]
    private var verifiedCount = 0
    private var trusted: Set<Bytes32> = []
    /// Packs whose footers say what a segment says, with a hash of that.
    private var footers: [Bytes32: Int] = [:]

    /// A verifier that knows nothing yet.
    package init(_ repository: Repository) {
        self.repository = repository
    }

    /// Takes packs for sound that this run has made itself.
    ///
    /// A bundle that was moved as it is may lie all the same. So only what was moved too, whose copy stays, and what had
    /// another sound copy before may be judged with these.
    package func trust(_ packs: [Bytes32]) { trusted.formUnion(packs) }

    /// Notes what the footer of a pack says. Packs do not change: it need not be read again.
    func note(footer: PackRecord) { footers[footer.id] = footer.hashValue }

    /// Whether `record` is what the footer of the pack was found to say.
    func isFooter(_ record: PackRecord) -> Bool { footers[record.id] == record.hashValue }

    /// Whether the bundle at `place` is what it says, and holds `chunk` where the index says. Reads it once, with
    /// everything that is in it.
    func isSound(_ place: ChunkLocation, holding chunk: ChunkID) throws(RepositoryError) -> Bool {
        guard !trusted.contains(place.pack), let kind = PackKind(rawValue: place.kind), repository.opens(kind) else {
            return true
        }
        let bundle = Bundle(pack: place.pack, offset: place.bundleOffset)
        let names: [ChunkID]
        if let known = verified[bundle] {
            names = known
        } else {
            names = try soundChunks(at: place)
            if verifiedCount >= Limits.verifiedChunksMax { (verified, verifiedCount) = ([:], 0) }
            verified[bundle] = names
            verifiedCount += max(1, names.count)
        }
        return names.indices.contains(place.position) && names[place.position] == chunk
    }

    private func soundChunks(at place: ChunkLocation) throws(RepositoryError) -> [ChunkID] {
        do throws(RepositoryError) {
            let bundle = try repository.loadBundle(at: place)
            guard let name = ChunkVerifier(keyring: repository.keyring).misnamed(in: bundle) else {
                return bundle.items.map(\.id)
            }
            repository.warn(
                "packs/\(place.pack): a chunk in it is not what its name \(name) says; its copies are kept")
        } catch {
            guard error.isDamage else { throw error }
            repository.warn("\(error); copies of what it holds are kept")
        }
        return []
    }
}
