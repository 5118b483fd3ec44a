import Coding
import Cryptography

/// Seals what the files cache holds, and opens it.
///
/// The keys are derived from the metadata identifier key, which every writer has (HKDF, RFC 5869), so that they open
/// nothing of the repository itself. A page is stored as `length (4, the lowest byte first) ‖ box of a zstd frame`, and a
/// noted snapshot as `box of (snapshot (32) ‖ manifest)`; both boxes are `SealedBox`es. The associated data binds the
/// repository and what the bytes stand for, so that none passes for another.
struct FilesCacheSeal: Sendable {
    private static let lengthBytes = 4

    private let repository: RepositoryID
    private let master: KeyedHash
    private let names: KeyedHash

    /// The keys of one repository; `key` is its metadata identifier key.
    init(repository: RepositoryID, key: SecretBytes) throws(RepositoryError) {
        self.repository = repository
        do {
            let info = Array("PastFS v1 files cache".utf8)
            let derived = try key.withBytes { (bytes) throws(CryptographyError) in
                try KeyDerivation.hkdf(secret: bytes, salt: repository.bytes.span, info: info.span, count: 64)
            }
            (master, names) = derived.withBytes { bytes in
                (
                    KeyedHash(key: SecretBytes(Array(copying: bytes.extracting(0..<32)))),
                    KeyedHash(key: SecretBytes(Array(copying: bytes.extracting(32..<64))))
                )
            }
        } catch {
            throw RepositoryError(.internalFailure, "cannot derive the keys of the files cache: \(error)")
        }
    }

    /// What the catalog calls a set.
    func name(of set: FilesCacheSet) -> Bytes32 {
        names.authenticate(set.label.span)
    }

    /// The sealed form of a page.
    func seal(
        _ page: Span<UInt8>, _ id: ChunkID, _ kind: ChunkKind, salt: [UInt8], coder: inout BundleCoder
    ) throws(RepositoryError) -> [UInt8] {
        let frame = try coder.compress(Array(copying: page))
        var writer = ByteWriter(capacity: Self.lengthBytes + frame.count + SealedBox.overheadBytes)
        writer.uint32(UInt32(page.count))
        var sealed = writer.bytes
        try SealedBox.seal(
            frame.span, master: master, context: .cachedPage, salt: salt,
            associatedData: associatedData(id, kind, bytes: page.count), appendingTo: &sealed)
        return sealed
    }

    /// The page `id` out of its sealed form. Throws `.damaged` for what was not sealed as this very page.
    func open(
        _ sealed: [UInt8], _ id: ChunkID, _ kind: ChunkKind, coder: inout BundleCoder
    ) throws(RepositoryError) -> [UInt8] {
        let object = "the files cache"
        var reader = ByteReader(sealed)
        guard let count = (try? reader.uint32()).map(Int.init), count <= Limits.filesCachePageBytesMax else {
            throw RepositoryError(.damaged, object: object, "page \(id) has no length")
        }
        let frame = try SealedBox.open(
            sealed.span.extracting(Self.lengthBytes..<sealed.count), master: master, context: .cachedPage,
            associatedData: associatedData(id, kind, bytes: count), object: object, "page \(id)")
        return try coder.decompress(frame.span, exactly: count)
    }

    /// The sealed form of what the set `name` is compared with.
    func seal(_ snapshot: Snapshot, of name: Bytes32, salt: [UInt8]) throws(RepositoryError) -> [UInt8] {
        // What could not be saved is of no use to the next run, and may be long.
        var manifest = snapshot.manifest
        manifest.problems = []
        let message = snapshot.id.bytes.bytes + (try manifest.encode())
        var sealed: [UInt8] = []
        try SealedBox.seal(
            message.span, master: master, context: .cachedSnapshot, salt: salt, associatedData: associatedData(name),
            appendingTo: &sealed)
        return sealed
    }

    /// The snapshot that was sealed for the set `name`.
    func open(_ sealed: [UInt8], of name: Bytes32) throws(RepositoryError) -> Snapshot {
        let object = "the files cache"
        let message = try SealedBox.open(
            sealed.span, master: master, context: .cachedSnapshot, associatedData: associatedData(name),
            object: object, "a snapshot")
        guard message.count > Bytes32.count, let id = Bytes32(message.span.extracting(0..<Bytes32.count)),
            let manifest = try? SnapshotManifest(decoding: Array(message[Bytes32.count...]))
        else { throw RepositoryError(.damaged, object: object, "a snapshot is not what was stored") }
        return Snapshot(id: SnapshotID(id), manifest: manifest)
    }

    private func associatedData(_ id: ChunkID, _ kind: ChunkKind, bytes: Int) -> [UInt8] {
        var writer = ByteWriter(capacity: RepositoryID.count + Bytes32.count + 5)
        writer.append(repository.bytes)
        writer.uint8(kind.rawValue)
        writer.bytes32(id.bytes)
        writer.uint32(UInt32(bytes))
        return writer.bytes
    }

    private func associatedData(_ set: Bytes32) -> [UInt8] {
        repository.bytes + set.bytes
    }
}
