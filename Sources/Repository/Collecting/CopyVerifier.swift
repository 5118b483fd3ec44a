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
    private var verdicts: [Bundle: Bool] = [:]
    private var trusted: Set<Bytes32> = []

    /// A verifier that knows nothing yet.
    package init(_ repository: Repository) {
        self.repository = repository
    }

    /// Takes packs for sound that this run has made itself out of what it had verified.
    package func trust(_ packs: [Bytes32]) { trusted.formUnion(packs) }

    /// Whether the bundle at `place` is what it says. Reads it once, with everything that is in it.
    func isSound(_ place: ChunkLocation) throws(RepositoryError) -> Bool {
        guard !trusted.contains(place.pack), let kind = PackKind(rawValue: place.kind), repository.opens(kind) else {
            return true
        }
        let bundle = Bundle(pack: place.pack, offset: place.bundleOffset)
        if let verdict = verdicts[bundle] { return verdict }
        let verdict: Bool
        do throws(RepositoryError) {
            let name = try ChunkVerifier(keyring: repository.keyring).misnamed(in: repository.loadBundle(at: place))
            if let name {
                repository.warn(
                    "packs/\(place.pack): a chunk in it is not what its name \(name) says; its copies are kept")
            }
            verdict = name == nil
        } catch {
            guard error.isDamage else { throw error }
            repository.warn("\(error); copies of what it holds are kept")
            verdict = false
        }
        if verdicts.count >= Limits.verifiedBundlesMax { verdicts.removeAll() }
        verdicts[bundle] = verdict
        return verdict
    }
}
