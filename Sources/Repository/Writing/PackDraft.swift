import Catalog
import Coding
import Cryptography
import Storage

/// A pack that is being filled in memory.
struct PackDraft {
    private let kind: PackKind
    private let session: [UInt8]
    private let header: [UInt8]
    private var stored: [[UInt8]] = []
    private var bundles: [BundleRecord] = []
    private(set) var bytes = ObjectHeader.count

    init(kind: PackKind, session: SessionKey, repository: RepositoryID) {
        self.kind = kind
        self.session = session.sealed
        header = ObjectHeader.encode(.pack, packKind: kind, repository: repository)
    }

    var isFull: Bool { bytes >= Limits.packBytesTarget || bundles.count >= Limits.packBundlesMax }

    mutating func append(_ sealed: [UInt8], plaintextBytes: Int, chunks: [ChunkRecord]) {
        bundles.append(
            BundleRecord(
                offset: UInt64(bytes), storedBytes: UInt32(sealed.count), plaintextBytes: UInt32(plaintextBytes),
                session: 0, chunks: chunks))
        stored.append(sealed)
        bytes += sealed.count
    }

    /// The pack's name, its bytes in pieces, and its table of contents.
    func finish(
        indexKey: KeyedHash, salt: [UInt8]
    ) throws(RepositoryError) -> (name: ObjectName, parts: [[UInt8]], record: PackRecord) {
        let table = PackRecord(id: .zero, kind: kind.rawValue, sessions: [session], bundles: bundles)
        let footer = try PackFooter.encode(table, header: header, indexKey: indexKey, salt: salt)
        let parts = [header] + stored + [footer]
        var hasher = SHA256.Hasher()
        for part in parts { hasher.update(part.span) }
        let id = hasher.finalize()
        return (
            ObjectName(.packs, id), parts,
            PackRecord(id: id, kind: kind.rawValue, sessions: [session], bundles: bundles)
        )
    }
}
