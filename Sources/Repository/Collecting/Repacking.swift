import Catalog
import Coding
import Cryptography
import Storage
import SystemInterface

/// Moves what is needed of packs to new ones: sealed bundles are copied as they are, and nothing is opened.
///
/// A bundle is bound to its session and not to its pack; the sealed session key goes along. Nothing is deleted here: the old
/// packs hold nothing then that isn't kept elsewhere, and go through quarantine like any other. A crash leaves a copy.
package struct Repacking {
    private let repository: Repository
    private let entropy: any EntropySource
    private var drafts: [UInt8: MovedBundles] = [:]
    private var records: [PackRecord] = []

    /// How many bytes of bundles were copied.
    package private(set) var bytesMoved: UInt64 = 0
    /// The packs that were copied from.
    package private(set) var packs: [Bytes32] = []

    package init(_ repository: Repository, entropy: any EntropySource) {
        self.repository = repository
        self.entropy = entropy
    }

    /// Copies the bundles of `pack` that hold a chunk that is needed. A pack that is damaged is left as it is.
    package mutating func add(_ pack: Bytes32, _ mark: borrowing LivenessMark) throws(RepositoryError) {
        guard let record = try repository.packRecord(pack), let kind = PackKind(rawValue: record.kind) else { return }
        let name = ObjectName(.packs, pack)
        let bytes: [UInt8]
        do {
            bytes = try Repository.readNamed(
                name, bytesMax: Limits.packBytesMax + Limits.footerBytesMax, repository.store)
        } catch {
            guard error.isDamage else { throw error }
            return repository.warn("\(error); it is not rewritten")
        }
        for bundle in record.bundles {
            var isNeeded = false
            for chunk in bundle.chunks where !isNeeded { isNeeded = try mark.contains(chunk.id) }
            guard isNeeded else { continue }
            let end = bundle.offset + UInt64(bundle.storedBytes)
            guard end <= UInt64(bytes.count), record.sessions.indices.contains(bundle.session) else {
                throw RepositoryError(.damaged, object: name.path, "the index and the pack differ")
            }
            try append(
                Array(bytes[Int(bundle.offset)..<Int(end)]), bundle, record.sessions[bundle.session], kind)
        }
        packs.append(pack)
    }

    /// Stores what is left, and lists it: only then are the copies of use.
    package mutating func finish() throws(RepositoryError) {
        for kind in drafts.keys.sorted() {
            if let draft = drafts.removeValue(forKey: kind) { try store(draft) }
        }
        guard !records.isEmpty else { return }
        try repository.storeIndexSegment(records, salt: entropy.bytes(SealedBox.saltBytes))
        records = []
    }

    private mutating func append(
        _ sealed: [UInt8], _ bundle: BundleRecord, _ session: [UInt8], _ kind: PackKind
    ) throws(RepositoryError) {
        var draft =
            drafts.removeValue(forKey: kind.rawValue)
            ?? MovedBundles(kind: kind, repository: repository.id)
        draft.append(bundle, sealed, session: session)
        bytesMoved += UInt64(sealed.count)
        guard draft.isFull else {
            drafts[kind.rawValue] = draft
            return
        }
        try store(draft)
    }

    private mutating func store(_ draft: MovedBundles) throws(RepositoryError) {
        let pack = try draft.finish(indexKey: repository.indexHash, salt: entropy.bytes(SealedBox.saltBytes))
        try repository.create(ObjectName(.packs, pack.record.id), pack.parts)
        records.append(pack.record)
    }
}
