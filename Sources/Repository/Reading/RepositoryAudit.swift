import Catalog
import Coding
import Cryptography
import Storage

/// The table of contents of one pack, as the index or the pack's own footer gives it.
public struct PackTable: Equatable, Sendable {
    let record: PackRecord

    /// The pack's name.
    public var id: Bytes32 { record.id }
    /// How many bundles it has.
    public var bundleCount: Int { record.bundles.count }
    /// How many chunks it has.
    public var chunkCount: Int { record.bundles.reduce(0) { $0 + $1.chunks.count } }

    /// How many bytes the pack must have: header, bundles, sealed table and trailer.
    public var packBytes: UInt64 {
        var table = ByteWriter(capacity: 64 + record.bundles.count * 48)
        record.encode(to: &table)
        return record.footerOffset + UInt64(table.count + SealedBox.overheadBytes + PackFooter.trailerBytes)
    }
}

/// One place where a chunk lies.
public struct ChunkPlace: Hashable, Sendable {
    /// The pack.
    public let pack: Bytes32
    /// Where its bundle begins in the pack.
    public let bundleOffset: UInt64
    /// How long the chunk is said to be, in bytes.
    public let bytes: UInt64
}

/// Reading for the sake of finding damage: every object from the storage, nothing from the catalog, each failure told.
extension Repository {
    /// Holds the `format` object against what the keys were made for.
    public func auditFormat() throws(RepositoryError) {
        let bytes = try readStored(.format)
        guard SHA256.hash(bytes.span) == keyring.formatDigest else {
            throw RepositoryError(.damaged, object: ObjectName.format.path, "it is not what the keys were made for")
        }
    }

    /// Holds a key slot against its name and its form; says whether it is one of this repository.
    public func auditKeySlot(_ name: ObjectName) throws(RepositoryError) -> Bool {
        let bytes = try Self.readNamed(name, bytesMax: Limits.keySlotBytesMax, store)
        let heading = try JSONDocument.decode(KeySlotHeading.self, from: bytes, object: name.path)
        guard heading.kind == PassphraseSlot.kind else {
            throw RepositoryError(.damaged, object: name.path, "no slot has kind \"\(heading.kind)\"")
        }
        return heading.repository == id.description
    }

    /// Reads the index segment `name` from the storage.
    public func auditIndexSegment(_ name: ObjectName) throws(RepositoryError) -> [PackTable] {
        try auditIndexSegment(name, holding: readStored(name))
    }

    /// What the index segment `name` lists if these are its bytes, which were read before.
    package func auditIndexSegment(
        _ name: ObjectName, holding bytes: [UInt8]
    ) throws(RepositoryError) -> [PackTable] {
        try Self.requireNamed(bytes, name, bytesMax: Limits.indexSegmentBytesMax)
        let packs = try IndexSegment.decode(bytes, name: name, repository: id, indexKey: indexHash)
        // A segment may list what was swept since; nobody believes in that.
        let swept = try sweptPacks(among: packs.map(\.id))
        return packs.filter { !swept.contains($0.id) }.map(PackTable.init)
    }

    /// Reads the footer of the pack `id`.
    public func auditFooter(ofPack pack: Bytes32) throws(RepositoryError) -> PackTable {
        PackTable(record: try PackFooter.read(pack, from: store, repository: id, indexKey: indexHash))
    }

    /// Reads the snapshot `name` from the storage; one that was committed and not published, as its session has it.
    public func auditSnapshot(_ name: ObjectName) throws(RepositoryError) -> Snapshot {
        let pending = name.id.flatMap { id in state.withLock { $0.unlisted[SnapshotID(id)] } } ?? nil
        if let pending, try !contains(name) { return try openSnapshot(pending, name) }
        return try publishedSnapshot(name)
    }

    /// Reads the snapshot `name` from its own object alone: whoever publishes what its writer has not learns by
    /// `.storage(.notFound)` that it is not there.
    package func publishedSnapshot(_ name: ObjectName) throws(RepositoryError) -> Snapshot {
        try openSnapshot(Self.readNamed(name, bytesMax: Limits.snapshotBytesMax, store), name)
    }

    /// Reads the snapshot `name` as its session has it, or nil if none has.
    package func keptSnapshot(_ name: ObjectName) throws(RepositoryError) -> Snapshot? {
        guard let id = name.id, let bytes = try manifestKept(of: SnapshotID(id)) else { return nil }
        return try openSnapshot(bytes, name)
    }

    /// The snapshot `name` if these are the bytes of its object, which were read before.
    package func auditSnapshot(_ name: ObjectName, holding bytes: [UInt8]) throws(RepositoryError) -> Snapshot {
        try Self.requireNamed(bytes, name, bytesMax: Limits.snapshotBytesMax)
        return try openSnapshot(bytes, name)
    }

    private func openSnapshot(_ object: [UInt8], _ name: ObjectName) throws(RepositoryError) -> Snapshot {
        guard let id = name.id else { throw RepositoryError(.damaged, object: name.path, "no snapshot has this name") }
        let bytes = try SnapshotObject.open(object, name: name, keyring: keyring, repository: self.id)
        do {
            return Snapshot(id: SnapshotID(id), manifest: try SnapshotManifest(decoding: bytes))
        } catch {
            throw RepositoryError(.damaged, object: name.path, "its manifest is damaged \(error)")
        }
    }

    /// Where the index says that the chunk `id` of `kind` lies; a place in a pack of the wrong family is none.
    public func auditPlaces(of id: ChunkID, _ kind: ChunkKind) throws(RepositoryError) -> [ChunkPlace] {
        try locations(of: id).filter { $0.kind == kind.family.rawValue }.map {
            ChunkPlace(pack: $0.pack, bundleOffset: $0.bundleOffset, bytes: UInt64($0.chunkBytes))
        }
    }

    /// The same repository, opened with the same keys over another store: tests damage copies of one repository.
    package func reopened(over store: any ObjectStore) throws(RepositoryError) -> Repository {
        let catalog: Catalog
        do {
            catalog = try Catalog.inMemory(repository: id.bytes)
        } catch {
            throw RepositoryError(error)
        }
        let repository = Repository(
            id: id, store: store, chunkerParameters: chunkerParameters, keyring: keyring, catalog: catalog,
            cacheDirectory: nil)
        try repository.refresh()
        return repository
    }

    private func readStored(_ name: ObjectName) throws(RepositoryError) -> [UInt8] {
        do {
            return try store.read(name)
        } catch {
            throw RepositoryError(error)
        }
    }
}
