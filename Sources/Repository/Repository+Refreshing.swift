import Catalog
import Coding
import Storage

extension Repository {
    /// Brings the catalog up to date with the storage: two listings, and a read for every new segment and snapshot.
    ///
    /// A damaged segment is named in `warnings`, and the footers of its packs take its place when they are needed. A
    /// damaged snapshot is named by `damagedSnapshots()`.
    public func refresh() throws(RepositoryError) {
        let catalog = catalog
        do {
            do {
                try refresh(catalog)
            } catch let error as CatalogError where error.code == .damaged {
                try replaceCatalog(catalog, because: error)
                try refresh(self.catalog)
            }
        } catch {
            throw Self.wrapped(error)
        }
    }

    private func refresh(_ catalog: Catalog) throws {
        // Snapshots are listed before the index, as they are written after it: what is listed is then complete.
        let listed = Set(try store.list(.snapshots).compactMap(\.name.id))
        try update(indexIn: catalog)
        try refreshSnapshots(listed, in: catalog)
    }

    /// Brings what `catalog` has of the index up to date.
    func refreshIndex(in catalog: Catalog) throws(RepositoryError) {
        do {
            try update(indexIn: catalog)
        } catch {
            throw Self.wrapped(error)
        }
    }

    private func update(indexIn catalog: Catalog) throws {
        let listed = Set(try store.list(.index).compactMap(\.name.id))
        let known = try catalog.segments()
        let recovered = state.withLock { $0.packsReadFromFooters }
        for segment in known where !listed.contains(segment) && !recovered.contains(segment) {
            try catalog.remove(segment: segment)
        }
        for segment in listed.sorted() where !known.contains(segment) {
            let name = ObjectName(.index, segment)
            do {
                let bytes = try Self.readNamed(name, bytesMax: Limits.indexSegmentBytesMax, store)
                let packs = try IndexSegment.decode(bytes, name: name, repository: id, indexKey: indexHash)
                try catalog.add(segment: segment, packs: packs)
            } catch let error as RepositoryError {
                guard error.isDamage else { throw error }
                warn("\(error); the footers of packs are read instead")
            }
        }
    }

    private func refreshSnapshots(_ listed: Set<Bytes32>, in catalog: Catalog) throws {
        let known = try catalog.snapshots()
        for snapshot in known.keys where !listed.contains(snapshot) {
            try catalog.remove(snapshot: snapshot)
            forget(SnapshotID(snapshot))
        }
        state.withLock { state in
            state.damagedSnapshots = state.damagedSnapshots.filter { listed.contains($0.key.bytes) }
        }
        for bytes in listed.sorted() {
            let snapshot = SnapshotID(bytes)
            // Bytes that are wrong stay wrong; what could not be read may be readable now.
            let isSettled = state.withLock { state in
                state.snapshots[snapshot] != nil || state.damagedSnapshots[snapshot]?.code == .damaged
            }
            guard !isSettled else { continue }
            do {
                try load(snapshot, cached: known[bytes], in: catalog)
                state.withLock { $0.damagedSnapshots[snapshot] = nil }
            } catch let error as RepositoryError {
                guard error.isDamage else { throw error }
                state.withLock { $0.damagedSnapshots[snapshot] = error }
            }
        }
    }

    private func load(_ snapshot: SnapshotID, cached: [UInt8]?, in catalog: Catalog) throws {
        let name = ObjectName(.snapshots, snapshot.bytes)
        if let cached, let manifest = try? SnapshotManifest(decoding: cached) {
            remember(Snapshot(id: snapshot, manifest: manifest))
            return
        }
        let object = try Self.readNamed(name, bytesMax: Limits.snapshotBytesMax, store)
        let bytes = try SnapshotObject.open(object, name: name, keyring: keyring, repository: id)
        do {
            remember(Snapshot(id: snapshot, manifest: try SnapshotManifest(decoding: bytes)))
        } catch {
            throw RepositoryError(.damaged, object: name.path, "its manifest is damaged \(error)")
        }
        try catalog.add(snapshot: snapshot.bytes, manifest: bytes)
    }

    private static func wrapped(_ error: any Error) -> RepositoryError {
        switch error {
        case let error as StorageError: RepositoryError(error)
        case let error as CatalogError: RepositoryError(error)
        case let error as RepositoryError: error
        default: RepositoryError(.internalFailure, "\(error)")
        }
    }

    func remember(_ snapshot: Snapshot) {
        state.withLock { $0.snapshots[snapshot.id] = snapshot }
    }

    private func forget(_ snapshot: SnapshotID) {
        state.withLock { $0.snapshots[snapshot] = nil }
    }

    /// The readable snapshots, oldest first: by the time that they began, then by identifier.
    public func snapshots() -> [Snapshot] {
        state.withLock { Array($0.snapshots.values) }.sorted {
            ($0.manifest.started, $0.id) < ($1.manifest.started, $1.id)
        }
    }

    /// The snapshots that are listed and cannot be read, with the reason.
    public func damagedSnapshots() -> [(id: SnapshotID, reason: RepositoryError)] {
        state.withLock { $0.damagedSnapshots }.map { (id: $0.key, reason: $0.value) }.sorted { $0.id < $1.id }
    }
}
