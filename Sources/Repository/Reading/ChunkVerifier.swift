import Catalog
import Cryptography

/// Computes the names of decoded chunks anew: a holder of a writer's key can seal bytes under any name, and only this
/// tells.
///
/// A pack of metadata does not say which kind of chunk each is, so a name is right if it is that of any kind of the
/// family.
struct ChunkVerifier: Sendable {
    private let contentHash: KeyedHash?
    private let metadataHash: KeyedHash?

    /// Verifies with the identifier keys that `keyring` holds.
    init(keyring: Keyring) {
        contentHash = keyring.contentIDKey.map { KeyedHash(key: $0) }
        metadataHash = keyring.metadataIDKey.map { KeyedHash(key: $0) }
    }

    /// Throws `.damaged` if a chunk of `bundle` is not what its name says, and `.keyNotHeld` where that cannot be told.
    func verify(_ bundle: DecodedBundle, at location: ChunkLocation, object: String) throws(RepositoryError) {
        guard contentHash != nil, metadataHash != nil else {
            throw RepositoryError(.keyNotHeld, "this key slot cannot verify: it has no identifier keys")
        }
        guard let name = misnamed(in: bundle) else { return }
        let place = "the bundle at offset \(location.bundleOffset)"
        throw RepositoryError(
            .damaged, object: object, "\(place) holds a chunk that is not what its name \(name) says")
    }

    /// The name of the first chunk of `bundle` whose bytes do not give it, or nil. Without the family's key all pass.
    ///
    /// Hashes the whole bundle, at 1 to 2 GB/s: about as much work as decoding it.
    func misnamed(in bundle: DecodedBundle) -> ChunkID? {
        guard let hash = bundle.family == .content ? contentHash : metadataHash else { return nil }
        let plaintext = bundle.plaintext
        return bundle.items.first { item in
            let bytes = plaintext.span.extracting(item.range)
            return !ChunkKind.allCases.contains { kind in
                kind.family == bundle.family && ChunkID(hash.authenticate(prefix: kind.rawValue, bytes)) == item.id
            }
        }?.id
    }
}
