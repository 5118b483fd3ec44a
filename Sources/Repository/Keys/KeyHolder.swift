import Catalog
import Coding
import Cryptography
import Storage
import SystemInterface

/// What somebody can do who holds all keys of a repository and keeps to none of its rules: for tests.
///
/// Whatever bytes are given are sealed, signed and stored under the names that they must have, so that readers meet them
/// behind every authentication. One session a family serves for all that is sealed.
package struct KeyHolder: Sendable {
    private let repository: Repository
    private let content: SessionKey
    private let metadata: SessionKey
    /// A salt that serves for everything: nothing here is secret, and equal bytes are to have equal names.
    private let salt: [UInt8]

    /// The holder of the keys of `repository`; all random bytes come from `entropy`.
    package init(_ repository: Repository, entropy: any EntropySource) throws(RepositoryError) {
        self.repository = repository
        let (id, keyring) = (repository.id, repository.keyring)
        content = try SessionKey(family: .content, keyring: keyring, repository: id, bytes: entropy.bytes)
        metadata = try SessionKey(family: .metadata, keyring: keyring, repository: id, bytes: entropy.bytes)
        salt = entropy.bytes(SealedBox.saltBytes)
    }

    /// The chunks that the bundles of the pack `pack` hold, in their order.
    package func chunks(ofPack pack: Bytes32) throws(RepositoryError) -> (
        family: PackKind, chunks: [(id: ChunkID, bytes: [UInt8])]
    ) {
        let record = try PackFooter.read(
            pack, from: repository.store, repository: repository.id, indexKey: repository.indexHash)
        guard let family = PackKind(rawValue: record.kind) else {
            throw RepositoryError(.damaged, "pack \(pack) has no kind")
        }
        var chunks: [(id: ChunkID, bytes: [UInt8])] = []
        for bundle in record.bundles {
            let location = ChunkLocation(
                pack: pack, kind: record.kind, session: record.sessions[bundle.session], bundleOffset: bundle.offset,
                storedBytes: bundle.storedBytes, plaintextBytes: bundle.plaintextBytes, position: 0, chunkBytes: 0)
            let decoded = try repository.loadBundle(at: location)
            chunks += decoded.items.map { ($0.id, Array(decoded.plaintext[$0.range])) }
        }
        return (family, chunks)
    }

    /// The plaintext of a bundle of `chunks`.
    package static func plaintext(_ chunks: [(id: ChunkID, bytes: [UInt8])]) -> [UInt8] {
        let records = chunks.map { ChunkRecord(id: $0.id.bytes, bytes: UInt32($0.bytes.count)) }
        return chunks.reduce(into: BundlePlaintext.encodeList(records)) { $0 += $1.bytes }
    }

    /// `plaintext` as a frame of zstd.
    package func frame(_ plaintext: [UInt8]) throws(RepositoryError) -> [UInt8] {
        try repository.coders.withCoder { (coder) throws(RepositoryError) in try coder.compress(plaintext) }
    }

    /// A sealed bundle of `frame`, said to decompress to so many bytes.
    package func bundle(
        frame: [UInt8], plaintextBytes: Int, _ family: PackKind
    ) throws(RepositoryError) -> [UInt8] {
        try SealedBundle.seal(
            frame, plaintextBytes: plaintextBytes, session: session(family), family: family, repository: repository.id,
            salt: salt)
    }

    /// The table of contents of a pack of one bundle.
    package func table(
        _ chunks: [(id: ChunkID, bytes: [UInt8])], storedBytes: Int, plaintextBytes: Int, _ family: PackKind
    ) -> [UInt8] {
        let bundle = BundleRecord(
            offset: UInt64(ObjectHeader.count), storedBytes: UInt32(storedBytes),
            plaintextBytes: UInt32(plaintextBytes), session: 0,
            chunks: chunks.map { ChunkRecord(id: $0.id.bytes, bytes: UInt32($0.bytes.count)) })
        var writer = ByteWriter()
        PackRecord(id: .zero, kind: family.rawValue, sessions: [session(family).sealed], bundles: [bundle])
            .encode(to: &writer)
        return writer.bytes
    }

    /// A pack of a sealed bundle whose footer says `table`.
    package func pack(_ bundle: [UInt8], table: [UInt8], _ family: PackKind) throws(RepositoryError) -> [UInt8] {
        let header = ObjectHeader.encode(.pack, packKind: family, repository: repository.id)
        return header + bundle
            + (try PackFooter.seal(table, header: header, indexKey: repository.indexHash, salt: salt))
    }

    /// The table of an index segment that lists packs, each by its name, its family and its own table.
    package static func segmentTable(_ packs: [(id: Bytes32, family: PackKind, table: [UInt8])]) -> [UInt8] {
        var writer = ByteWriter()
        writer.varint(UInt64(packs.count))
        for pack in packs.sorted(by: { $0.id < $1.id }) {
            writer.bytes32(pack.id)
            writer.uint8(pack.family.rawValue)
            writer.append(pack.table)
        }
        return writer.bytes
    }

    /// An index segment that says `table`.
    package func segment(_ table: [UInt8]) throws(RepositoryError) -> [UInt8] {
        try IndexSegment.seal(table, repository: repository.id, indexKey: repository.indexHash, salt: salt)
    }

    /// A snapshot whose manifest is `manifest`, signed.
    package func snapshot(_ manifest: [UInt8]) throws(RepositoryError) -> [UInt8] {
        try SnapshotObject.seal(
            manifest, session: metadata, keyring: repository.keyring, repository: repository.id, salt: salt)
    }

    /// A tombstone, a hold or the end of one, that says `record` and is signed.
    package func retention(_ record: [UInt8], as name: ObjectName) throws(RepositoryError) -> [UInt8] {
        try SignedRecord.retention.seal(
            record, as: name, keyring: repository.keyring, repository: repository.id, salt: salt)
    }

    /// The bytes of the file below `stateDirectory` in which a client keeps what it has seen, that says `record`.
    package func recollection(_ record: [UInt8], stateDirectory: FilePath) throws(RepositoryError) -> [UInt8] {
        try RecollectionFile(stateDirectory: stateDirectory, repository: repository).seal(record, salt: salt)
    }

    /// The record of what was seen.
    package static func record(_ recollection: Recollection) -> [UInt8] { recollection.encode() }

    /// What belongs in `sessions/` or `quarantine/` as `name`, says `record` and is signed.
    package func sessionRecord(_ record: [UInt8], as name: ObjectName) throws(RepositoryError) -> [UInt8] {
        try SignedRecord.session.seal(
            record, as: name, keyring: repository.keyring, repository: repository.id, salt: salt)
    }

    /// The records of a session: that it was claimed, and that it has committed `snapshot`.
    package static func session(committed snapshot: SnapshotID) -> (claim: [UInt8], outcome: [UInt8]) {
        let nonce = [UInt8](repeating: 7, count: SessionClaim.nonceBytes)
        return (
            SessionClaim(nonce: nonce, generation: 0, identity: RunIdentity()).encode(),
            SessionOutcome.committed(snapshot).encode()
        )
    }

    /// The records of a generation: its plan, its sweep, and its end.
    package static func generation(
        _ plan: QuarantinePlan, _ sweep: SweepPlan
    ) -> (plan: [UInt8], sweep: [UInt8], end: [UInt8]) {
        var writer = ByteWriter()
        RunIdentity().encode(to: &writer)
        return (plan.encode(), sweep.encode(), writer.bytes)
    }

    /// The bytes of a record as `kind` of `docs/format.md` says it, with `until` for a hold that has an end.
    package static func record(_ kind: UInt8, _ attribution: Attribution, hasEnd: Bool) -> [UInt8] {
        guard let kind = RetentionRecord.Kind(rawValue: kind) else { return [] }
        return RetentionRecord(kind, attribution, until: hasEnd ? attribution.time : nil).encode()
    }

    /// The keyring's bytes, which a key slot seals.
    package func keyring() -> [UInt8] {
        repository.keyring.encode().withBytes { Array(copying: $0) }
    }

    /// Reads a keyring's bytes and gives what they say again.
    package static func keyring(decoding bytes: [UInt8]) throws(CodingError) -> [UInt8] {
        try Keyring(decoding: bytes).encode().withBytes { Array(copying: $0) }
    }

    /// Reads what stands in clear in a key slot, and derives nothing: whoever may write one decides what that costs.
    package static func readSlot(_ bytes: [UInt8]) throws(RepositoryError) {
        _ = try JSONDocument.decode(KeySlotHeading.self, from: bytes, object: "keys")
        _ = try PassphraseSlot.Parts(bytes, object: "keys")
    }

    private func session(_ family: PackKind) -> SessionKey {
        family == .content ? content : metadata
    }
}
