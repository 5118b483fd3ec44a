import Catalog
import Coding
import SystemInterface

/// Makes new bundles of what is needed of others, under session keys of its own, in the order in which it comes.
struct BundleDivision {
    /// A bundle that is made; where it lies is not known yet.
    struct Made {
        let record: BundleRecord
        let stored: [UInt8]
    }

    private let repository: Repository
    private let key: SessionKey
    private var open: OpenBundle

    init(_ kind: PackKind, _ repository: Repository, _ entropy: any EntropySource) throws(RepositoryError) {
        self.repository = repository
        open = OpenBundle(family: kind)
        key = try SessionKey(
            family: kind, keyring: repository.keyring, repository: repository.id, bytes: entropy.bytes)
    }

    /// The sealed session key that the bundles need.
    var session: [UInt8] { key.sealed }

    /// Takes in what is needed of `bundle`, and returns the bundles that are full now.
    mutating func add(
        _ bundle: DecodedBundle, _ mark: borrowing LivenessMark, _ entropy: any EntropySource
    ) throws(RepositoryError) -> [Made] {
        var made: [Made] = []
        for item in bundle.items where try mark.contains(item.id.bytes) {
            if open.isTooFull(for: item.range.count) { made += try finish(entropy) }
            let plaintext = bundle.plaintext
            open.append(item.id, plaintext.span.extracting(item.range))
        }
        return made
    }

    /// What is left, as a last bundle.
    mutating func finish(_ entropy: any EntropySource) throws(RepositoryError) -> [Made] {
        guard !open.isEmpty else { return [] }
        let bundle = open
        open = OpenBundle(family: bundle.family)
        let sealed = try repository.coders.withCoder { (coder) throws(RepositoryError) in
            try SealedBundle.seal(
                bundle.chunks, payload: bundle.payload, session: key, family: bundle.family, repository: repository.id,
                salt: entropy.bytes(SealedBox.saltBytes), coder: &coder)
        }
        let record = BundleRecord(
            offset: 0, storedBytes: UInt32(sealed.stored.count), plaintextBytes: UInt32(sealed.plaintextBytes),
            session: 0, chunks: bundle.chunks)
        return [Made(record: record, stored: sealed.stored)]
    }
}
