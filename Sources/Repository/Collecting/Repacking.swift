import Catalog
import Coding
import Cryptography
import Storage
import SystemInterface

/// Moves what is needed of packs to new ones.
///
/// Sealed bundles are copied as they are: a bundle is bound to its session and not to its pack, and the sealed session key goes
/// along. Whoever can open a bundle of which little is needed puts that into a new one (`BundleDivision`). Nothing is
/// deleted here: the old packs hold nothing then that isn't kept elsewhere, and go through quarantine like any other. A
/// crash leaves a copy.
package struct Repacking {
    private let repository: Repository
    private let entropy: any EntropySource
    private let segmentChunksMax: Int
    private var drafts: [UInt8: MovedBundles] = [:]
    private var divisions: [UInt8: BundleDivision] = [:]
    private var records: [PackRecord] = []

    /// How many bytes of bundles are in the new packs.
    package private(set) var bytesMoved: UInt64 = 0
    /// The packs that were copied from.
    package private(set) var packs: [Bytes32] = []
    /// The packs that were made.
    package private(set) var newPacks: [Bytes32] = []

    /// Nothing is moved yet. The new packs are listed in index segments of up to `segmentChunksMax` chunks.
    package init(
        _ repository: Repository, entropy: any EntropySource, segmentChunksMax: Int = Limits.indexSegmentChunksTarget
    ) {
        self.repository = repository
        self.entropy = entropy
        self.segmentChunksMax = segmentChunksMax
    }

    /// Copies what is needed of `pack`, as its own footer says: what a segment says of it need not be so. A pack that is
    /// damaged is left as it is.
    package mutating func add(_ pack: Bytes32, _ mark: borrowing LivenessMark) throws(RepositoryError) {
        let name = ObjectName(.packs, pack)
        let bytes: [UInt8]
        do {
            bytes = try Repository.readNamed(
                name, bytesMax: Limits.packObjectBytesMax, repository.store)
        } catch {
            guard error.isDamage else { throw error }
            return repository.warn("\(error); it is not rewritten")
        }
        guard let record = try repository.storedFooter(of: pack), let kind = PackKind(rawValue: record.kind) else {
            return
        }
        for bundle in record.bundles {
            let usage = try BundleUsage(bundle, mark)
            guard usage.isNeeded else { continue }
            let end = bundle.offset + UInt64(bundle.storedBytes)
            guard end <= UInt64(bytes.count), record.sessions.indices.contains(bundle.session) else {
                throw RepositoryError(.damaged, object: name.path, "its bundles lie beyond its end")
            }
            let sealed = Array(bytes[Int(bundle.offset)..<Int(end)])
            let session = record.sessions[bundle.session]
            if usage.isWorthDividing, repository.opens(kind),
                let decoded = try decode(sealed, bundle, session, kind, of: name)
            {
                try divide(decoded, mark, kind)
            } else {
                try append(bundle, sealed, session: session, kind)
            }
        }
        packs.append(pack)
    }

    /// Stores what is left, and lists it: only then are the copies of use.
    package mutating func finish() throws(RepositoryError) {
        for kind in [PackKind.content, .metadata] {
            if var division = divisions.removeValue(forKey: kind.rawValue) {
                for bundle in try division.finish(entropy) {
                    try append(bundle.record, bundle.stored, session: division.session, kind)
                }
            }
            if let draft = drafts.removeValue(forKey: kind.rawValue) { try store(draft) }
        }
        try repository.storeIndexSegments(records, chunksMax: segmentChunksMax, entropy: entropy)
        records = []
    }

    /// The bundle, or nil if it does not open or lies: then it is moved as it is, and `check` tells.
    private func decode(
        _ sealed: [UInt8], _ bundle: BundleRecord, _ session: [UInt8], _ kind: PackKind, of name: ObjectName
    ) throws(RepositoryError) -> DecodedBundle? {
        do throws(RepositoryError) {
            let decoded = try repository.openBundle(sealed, bundle, of: name, kind, session: session)
            let isHonest =
                ChunkVerifier(keyring: repository.keyring).misnamed(in: decoded) == nil
                && decoded.items.map(\.id.bytes) == bundle.chunks.map(\.id)
            return isHonest ? decoded : nil
        } catch {
            guard error.isDamage else { throw error }
            repository.warn("\(error); it is moved as it is")
            return nil
        }
    }

    private mutating func divide(
        _ bundle: DecodedBundle, _ mark: borrowing LivenessMark, _ kind: PackKind
    ) throws(RepositoryError) {
        var division: BundleDivision
        if let open = divisions.removeValue(forKey: kind.rawValue) {
            division = open
        } else {
            division = try BundleDivision(kind, repository, entropy)
        }
        for made in try division.add(bundle, mark, entropy) {
            try append(made.record, made.stored, session: division.session, kind)
        }
        divisions[kind.rawValue] = division
    }

    private mutating func append(
        _ bundle: BundleRecord, _ sealed: [UInt8], session: [UInt8], _ kind: PackKind
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
        newPacks.append(pack.record.id)
    }
}
