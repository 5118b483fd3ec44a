import Catalog
import Coding
import Cryptography
import Storage
import SystemInterface

extension Repository {
    /// A session that writes one snapshot.
    ///
    /// The pages of its trees are kept in `filesCache`, if there is one. Throws `.keyNotHeld` for a keyring that may not
    /// write.
    public func makeWriteSession(
        _ options: WriteSessionOptions, entropy: any EntropySource, filesCache: FilesCache? = nil
    ) throws(RepositoryError) -> WriteSession {
        try WriteSession(repository: self, options: options, entropy: entropy, filesCache: filesCache)
    }

    /// What runs on this machine keep for each other; nil where that would be in memory only.
    ///
    /// One that is `isReadOnly` is read and never changed. Throws `.keyNotHeld` for a keyring that may not write.
    public func makeFilesCache(
        entropy: any EntropySource, isReadOnly: Bool = false
    ) throws(RepositoryError) -> FilesCache? {
        try makeFilesCache(entropy: entropy, isReadOnly: isReadOnly, limits: FilesCacheLimits())
    }

    /// The same with other limits, for tests.
    package func makeFilesCache(
        entropy: any EntropySource, isReadOnly: Bool = false, limits: FilesCacheLimits
    ) throws(RepositoryError) -> FilesCache? {
        guard let key = keyring.metadataIDKey else {
            throw RepositoryError(.keyNotHeld, "this key slot cannot write: it has no identifier keys")
        }
        guard !catalog.isInMemory else { return nil }
        return FilesCache(
            repository: self, seal: try FilesCacheSeal(repository: id, key: key), entropy: entropy,
            isReadOnly: isReadOnly, limits: limits)
    }

    /// Stores index segments that list `packs`, which are durable, as few as the limits allow, and then tells the
    /// catalog; returns how many. None has more than `chunksMax` chunks, unless one pack has.
    ///
    /// A pack may be there several times. What is said of it in the same words is listed once, and what is not in segments of
    /// its own: a segment lists a pack once, and nobody knows here who is right.
    @discardableResult
    package func storeIndexSegments(
        _ packs: [PackRecord], chunksMax: Int = Limits.indexSegmentChunksTarget, entropy: any EntropySource
    ) throws(RepositoryError) -> Int {
        var count = 0
        for round in Self.rounds(of: packs) { count += try storeRound(round, chunksMax: chunksMax, entropy) }
        return count
    }

    /// All that is said of packs, and in each round each pack once.
    private static func rounds(of packs: [PackRecord]) -> [[PackRecord]] {
        var rounds: [[PackRecord]] = []
        var said: [Bytes32: [PackRecord]] = [:]
        for pack in packs {
            let before = said[pack.id] ?? []
            guard !before.contains(pack) else { continue }
            said[pack.id] = before + [pack]
            if before.count == rounds.count { rounds.append([]) }
            rounds[before.count].append(pack)
        }
        return rounds
    }

    private func storeRound(
        _ packs: [PackRecord], chunksMax: Int, _ entropy: any EntropySource
    ) throws(RepositoryError) -> Int {
        var count = 0
        var batch: [PackRecord] = []
        var chunks = 0
        for pack in packs.sorted(by: { $0.id < $1.id }) {
            let added = pack.bundles.reduce(0) { $0 + $1.chunks.count }
            let isFull = chunks + added > chunksMax || batch.count >= Limits.indexSegmentPacksMax
            if isFull, !batch.isEmpty {
                try storeIndexSegment(batch, salt: entropy.bytes(SealedBox.saltBytes))
                count += 1
                (batch, chunks) = ([], 0)
            }
            batch.append(pack)
            chunks += added
        }
        guard !batch.isEmpty else { return count }
        try storeIndexSegment(batch, salt: entropy.bytes(SealedBox.saltBytes))
        return count + 1
    }

    /// Stores an index segment that lists `packs`, which are durable, and then tells the catalog.
    package func storeIndexSegment(_ packs: [PackRecord], salt: [UInt8]) throws(RepositoryError) {
        let bytes = try IndexSegment.encode(packs, repository: id, indexKey: indexHash, salt: salt)
        let segment = SHA256.hash(bytes.span)
        let name = ObjectName(.index, segment)
        // It may take the place of others, which are deleted: a reader must not refuse what is left of them.
        let read = try? IndexSegment.decode(bytes, name: name, repository: id, indexKey: indexHash)
        guard read == packs.sorted(by: { $0.id < $1.id }) else {
            throw RepositoryError(.internalFailure, "an index segment that was made cannot be read, and is not stored")
        }
        try create(name, [bytes])
        // The segment is durable: a catalog that turns out to be damaged now is made up for and costs no run.
        try asking { (catalog) throws(CatalogError) in try catalog.add(segment: segment, packs: packs) }
    }

    /// Creates an object that is named by the SHA-256 of its bytes.
    ///
    /// Where the name is taken, these very bytes are there: an attempt whose reply got lost made them.
    func create(_ name: ObjectName, _ parts: [[UInt8]]) throws(RepositoryError) {
        do {
            try store.create(name, parts)
        } catch {
            guard error.code == .alreadyExists else { throw RepositoryError(error) }
        }
    }

    /// The packs that the index lists and that cannot be relied on, with a warning for each. A run that relied on their
    /// chunks would make snapshots that cannot be read.
    func missingPacks() throws(RepositoryError) -> Set<Bytes32> {
        let packs = try unreliablePacks()
        let healed = "what it held and is still at hand is stored anew"
        for pack in packs.missing.sorted() {
            warn("\(ObjectName(.packs, pack).path): it is missing, empty or cut off; \(healed)")
        }
        for pack in packs.damaged.subtracting(packs.missing).sorted() {
            warn("\(ObjectName(.packs, pack).path): a check found it damaged; \(healed)")
        }
        return packs.damaged.union(packs.missing)
    }

    /// The packs that the index lists and the storage does not have, or fewer bytes of them than their bundles need; and
    /// those that a check on this machine found damaged.
    package func unreliablePacks() throws(RepositoryError) -> (missing: Set<Bytes32>, damaged: Set<Bytes32>) {
        var missing = try asking { (catalog) throws(CatalogError) in try catalog.packSizes() }
        let damaged = packsFoundDamaged().intersection(missing.keys)
        do {
            for entry in try store.list(.packs) {
                guard let id = entry.name.id, let bundleBytes = missing[id] else { continue }
                if entry.bytes >= UInt64(ObjectHeader.count) + bundleBytes { missing[id] = nil }
            }
        } catch {
            throw RepositoryError(error)
        }
        return (Set(missing.keys), damaged)
    }

    /// What checks on this machine have found damaged, whether or not the catalog beside the list can be used.
    private func packsFoundDamaged() -> Set<Bytes32> {
        guard let directory = cacheDirectory else { return [] }
        do {
            return try DamagedPackList(directory: directory).readIfPresent()
        } catch {
            warn("it is not known which packs checks on this machine have found damaged: \(error)")
            return []
        }
    }

    /// Commits the snapshot that `manifest` describes, which ends `run`.
    func store(
        _ manifest: SnapshotManifest, by run: ClaimedSession, session: SessionKey, salt: [UInt8]
    ) throws(RepositoryError) -> Snapshot {
        let bytes = try SnapshotObject.encode(
            manifest, session: session, keyring: keyring, repository: id, salt: salt)
        let snapshot = Snapshot(id: SnapshotID(hashing: bytes), manifest: manifest)
        try run.commit(snapshot.id, bytes)
        remember(snapshot)
        // Who cannot read it back leaves nothing of it in clear.
        guard readsMetadata else { return snapshot }
        // The snapshot is there, whatever becomes of the catalog, which the next refresh mends.
        if let encoded = try? manifest.encode() { try? catalog.add(snapshot: snapshot.id.bytes, manifest: encoded) }
        return snapshot
    }
}
