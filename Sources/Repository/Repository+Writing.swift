import Catalog
import Cryptography
import Storage
import SystemInterface

extension Repository {
    /// A session that writes one snapshot.
    ///
    /// Throws `.keyNotHeld` for a keyring that may not write.
    public func makeWriteSession(
        _ options: WriteSessionOptions, entropy: any EntropySource
    ) throws(RepositoryError) -> WriteSession {
        try WriteSession(repository: self, options: options, entropy: entropy)
    }

    /// Stores an index segment that lists `packs`, which are durable, and then tells the catalog.
    func storeIndexSegment(_ packs: [PackRecord], salt: [UInt8]) throws(RepositoryError) {
        let bytes = try IndexSegment.encode(packs, repository: id, indexKey: indexHash, salt: salt)
        let segment = SHA256.hash(bytes.span)
        do {
            try store.create(ObjectName(.index, segment), bytes)
            try catalog.add(segment: segment, packs: packs)
        } catch let error as StorageError {
            throw RepositoryError(error)
        } catch let error as CatalogError {
            throw RepositoryError(error)
        } catch {
            throw RepositoryError(.internalFailure, "\(error)")
        }
    }

    /// Stores the snapshot that `manifest` describes: the last object of a run.
    func store(
        _ manifest: SnapshotManifest, session: SessionKey, salt: [UInt8]
    ) throws(RepositoryError) -> Snapshot {
        let bytes = try SnapshotObject.encode(
            manifest, session: session, keyring: keyring, repository: id, salt: salt)
        let snapshot = Snapshot(id: SnapshotID(SHA256.hash(bytes.span)), manifest: manifest)
        do {
            try store.create(ObjectName(.snapshots, snapshot.id.bytes), bytes)
        } catch {
            throw RepositoryError(error)
        }
        remember(snapshot)
        // The snapshot is there, whatever becomes of the catalog, which the next refresh mends.
        if let encoded = try? manifest.encode() { try? catalog.add(snapshot: snapshot.id.bytes, manifest: encoded) }
        return snapshot
    }
}
