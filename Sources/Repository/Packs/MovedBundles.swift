import Catalog
import Coding
import Cryptography

/// A pack that is made of sealed bundles of other packs, as they are: with the sealed keys that they need, and a footer of
/// its own.
struct MovedBundles {
    private let kind: PackKind
    private let header: [UInt8]
    private var parts: [[UInt8]] = []
    private var sessions: [[UInt8]] = []
    private var bundles: [BundleRecord] = []
    private var bytes = ObjectHeader.count

    init(kind: PackKind, repository: RepositoryID) {
        self.kind = kind
        header = ObjectHeader.encode(.pack, packKind: kind, repository: repository)
    }

    var isEmpty: Bool { bundles.isEmpty }

    /// Whether another bundle is to go to another pack.
    var isFull: Bool {
        bytes >= Limits.packBytesTarget || bundles.count >= Limits.packBundlesMax
            || sessions.count >= Limits.packSessionsMax
    }

    /// Adds a bundle that was read as `stored` and opened; `session` is its sealed key.
    mutating func append(_ bundle: BundleRecord, _ stored: [UInt8], session: [UInt8]) {
        let number = sessions.firstIndex(of: session) ?? sessions.count
        if number == sessions.count { sessions.append(session) }
        bundles.append(
            BundleRecord(
                offset: UInt64(bytes), storedBytes: bundle.storedBytes, plaintextBytes: bundle.plaintextBytes,
                session: number, chunks: bundle.chunks))
        parts.append(stored)
        bytes += stored.count
    }

    /// The pack's bytes in pieces, and its table of contents.
    func finish(indexKey: KeyedHash, salt: [UInt8]) throws(RepositoryError) -> (parts: [[UInt8]], record: PackRecord) {
        let table = PackRecord(id: .zero, kind: kind.rawValue, sessions: sessions, bundles: bundles)
        let footer = try PackFooter.encode(table, header: header, indexKey: indexKey, salt: salt)
        let parts = [header] + parts + [footer]
        var hasher = SHA256.Hasher()
        for part in parts { hasher.update(part.span) }
        let id = hasher.finalize()
        return (parts, PackRecord(id: id, kind: kind.rawValue, sessions: sessions, bundles: bundles))
    }
}
