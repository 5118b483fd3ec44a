import Catalog
import Coding
import Storage

extension Repository {
    /// Brings the catalog up to date with the storage: three listings, a fourth where there are tombstones, and a read for
    /// every new segment and snapshot and for every snapshot whose tombstones or holds have changed. Where the listings are
    /// what they were, that is all.
    ///
    /// Snapshots are left alone by a keyring that cannot read them. A damaged segment is named in `warnings`, and the
    /// footers of its packs take its place when they are needed. A damaged snapshot is named by `damagedSnapshots()`.
    public func refresh() throws(RepositoryError) {
        try withUsableCatalog { try refresh($0) }
    }

    private func refresh(_ catalog: Catalog) throws {
        // Snapshots are listed before the index, as they are written after it: what is listed is then complete.
        let listed = try listedSnapshots()
        try refreshStandings(of: listed)
        try update(indexIn: catalog)
        guard state.withLock({ $0.settledSnapshots }) != listed else { return }
        let isSettled = try refreshSnapshots(Set(listed), in: catalog)
        state.withLock { $0.settledSnapshots = isSettled ? listed : nil }
    }

    /// Brings the index up to date for a writer that has claimed its session, and returns the packs in quarantine.
    func refreshForWriting() throws(RepositoryError) -> Set<Bytes32> {
        try withUsableCatalog { try refreshForWriting($0) }
    }

    private func refreshForWriting(_ catalog: Catalog) throws -> Set<Bytes32> {
        let quarantined = try quarantinedPacks()
        // That may have had to put another catalog in the place of this one.
        try update(indexIn: self.catalog)
        return quarantined
    }

    /// Brings the index up to date, and nothing else.
    func refreshIndex() throws(RepositoryError) {
        try withUsableCatalog { try update(indexIn: $0) }
    }

    /// Brings what `catalog` has of the index up to date.
    func refreshIndex(in catalog: Catalog) throws(RepositoryError) {
        do {
            try update(indexIn: catalog)
        } catch {
            throw Self.wrapped(error)
        }
    }

    /// Brings the index up to date if a collection has decided on deletions that the catalog does not know of; nothing where
    /// none has, so that a pack that is lost costs whoever misses it a question and no listing.
    func catchUpWithCollections() throws(RepositoryError) {
        let known = try asking { (catalog) throws(CatalogError) in try catalog.sweptGenerations() }
        guard try decidedGenerations() > known else { return }
        try refreshIndex()
    }

    /// Does something with the catalog. Where that turns out to be damaged, or cannot be written, another takes its place,
    /// and it is done once more.
    private func withUsableCatalog<Answer>(_ work: (Catalog) throws -> Answer) throws(RepositoryError) -> Answer {
        let catalog = catalog
        do {
            do {
                return try work(catalog)
            } catch let error as CatalogError where error.callsForAnother {
                try replaceCatalog(catalog, because: error)
                return try work(self.catalog)
            }
        } catch {
            throw Self.wrapped(error)
        }
    }

    private func update(indexIn catalog: Catalog) throws {
        let settled = state.withLock { $0.settledSegments }
        try refreshGenerations(tolerating: catalog)
        // Asked before the listing: what another process adds between the two must not look as if it were removed.
        let stored = settled == nil ? try catalog.segments() : nil
        let listed = try store.names(in: .index)
        guard settled != listed else { return }
        let known = stored ?? Set(settled ?? [])
        let present = Set(listed)
        let recovered = state.withLock { $0.packsReadFromFooters }
        var hasUnread = false
        for segment in known where !present.contains(segment) && !recovered.contains(segment) {
            try catalog.remove(segment: segment)
        }
        for segment in listed where !known.contains(segment) {
            let name = ObjectName(.index, segment)
            do {
                let bytes = try Self.readNamed(name, bytesMax: Limits.indexSegmentBytesMax, store)
                let packs = try IndexSegment.decode(bytes, name: name, repository: id, indexKey: indexHash)
                try catalog.add(segment: segment, packs: packs)
            } catch let error as RepositoryError {
                guard error.isDamage else { throw error }
                // What the storage did not give may be whole, and is asked for again.
                if case .storage = error.code { hasUnread = true }
                warn("\(error); the footers of packs are read instead")
            }
        }
        state.withLock { state in
            state.settledSegments = hasUnread ? nil : listed
            state.hasUnreadSegments = hasUnread
        }
    }

    /// Takes what was swept out of `catalog`. Whoever only reads goes on with what it has where that cannot be read; whoever
    /// relies on what the index says does with a catalog that knows of no fewer sweeps than when that began.
    private func refreshGenerations(tolerating catalog: Catalog) throws {
        do {
            try refreshGenerations(in: catalog)
        } catch let error as RepositoryError {
            // A flipped bit may look like a newer version: that is no reason to open nothing.
            guard error.isDamage || error.code == .unsupportedVersion else { throw error }
            guard try catalog.sweptGenerations() >= state.withLock({ $0.sweepsReliedOn }) else { throw error }
            warn("\(error); packs that were deleted may be looked for in vain")
        }
    }

    /// Loads what is new and drops what is gone; false if something could not be read and may be readable later.
    private func refreshSnapshots(_ listed: Set<Bytes32>, in catalog: Catalog) throws -> Bool {
        let known = try catalog.snapshots()
        for snapshot in known.keys where !listed.contains(snapshot) {
            try catalog.remove(snapshot: snapshot)
        }
        state.withLock { state in
            // Another process may have taken them out of the catalog before.
            let forgotten = state.snapshots.keys.filter { !listed.contains($0.bytes) }
            for snapshot in forgotten { state.snapshots[snapshot] = nil }
            state.damagedSnapshots = state.damagedSnapshots.filter { listed.contains($0.key.bytes) }
        }
        guard readsMetadata else { return true }
        var isSettled = true
        for bytes in listed {
            let snapshot = SnapshotID(bytes)
            // Bytes that are wrong stay wrong; what could not be read may be readable now.
            let isKnown = state.withLock { state in
                state.snapshots[snapshot] != nil || state.damagedSnapshots[snapshot]?.code == .damaged
            }
            guard !isKnown else { continue }
            do {
                try load(snapshot, cached: known[bytes], in: catalog)
                state.withLock { $0.damagedSnapshots[snapshot] = nil }
            } catch let error as RepositoryError {
                guard error.isDamage else { throw error }
                // A collector has removed it since it was listed.
                if error.code == .storage(.notFound), case .swept? = try? standing(of: snapshot) { continue }
                state.withLock { $0.damagedSnapshots[snapshot] = error }
                if error.code != .damaged { isSettled = false }
            }
        }
        return isSettled
    }

    /// The snapshots that the storage lists, and those that are known to be there besides, ascending.
    private func listedSnapshots() throws -> [Bytes32] {
        let listed = try store.names(in: .snapshots)
        let unlisted = state.withLock { state in
            state.listedSnapshots = Set(listed)
            return Array(state.unlisted.keys)
        }
        guard !unlisted.isEmpty else { return listed }
        var all = Set(listed)
        for snapshot in unlisted where !all.contains(snapshot.bytes) {
            if case .swept? = try? standing(of: snapshot) {
                state.withLock { $0.unlisted[snapshot] = nil }
            } else {
                all.insert(snapshot.bytes)
            }
        }
        return all.sorted()
    }

    private func load(_ snapshot: SnapshotID, cached: [UInt8]?, in catalog: Catalog) throws {
        let name = ObjectName(.snapshots, snapshot.bytes)
        if let cached, let manifest = try? SnapshotManifest(decoding: cached) {
            remember(Snapshot(id: snapshot, manifest: manifest))
            return
        }
        // One that was committed and not published is read from where its writer has left it.
        let pending = state.withLock { $0.unlisted[snapshot] } ?? nil
        let object = try pending ?? snapshotBytes(name, snapshot)
        let bytes = try SnapshotObject.open(object, name: name, keyring: keyring, repository: id)
        do {
            remember(Snapshot(id: snapshot, manifest: try SnapshotManifest(decoding: bytes)))
        } catch {
            throw RepositoryError(.damaged, object: name.path, "its manifest is damaged \(error)")
        }
        try catalog.add(snapshot: snapshot.bytes, manifest: bytes)
    }

    /// The bytes of a snapshot that is listed; from its session, with a warning, where its own object is damaged.
    private func snapshotBytes(_ name: ObjectName, _ snapshot: SnapshotID) throws(RepositoryError) -> [UInt8] {
        do {
            return try Self.readNamed(name, bytesMax: Limits.snapshotBytesMax, store)
        } catch {
            guard error.isDamage, error.code != .storage(.notFound), let kept = try manifestKept(of: snapshot) else {
                throw error
            }
            warn("\(error); it is read from its session, and `pastfs repair snapshots` puts it back")
            return kept
        }
    }

    static func wrapped(_ error: any Error) -> RepositoryError {
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

    /// The readable snapshots that nobody has forgotten, oldest first: by the time that they began, then by identifier.
    public func snapshots() -> [Snapshot] {
        state.withLock { state in
            guard !state.standings.isEmpty else { return Array(state.snapshots.values) }
            return state.snapshots.values.filter { state.standings[$0.id]?.isShown ?? true }
        }.sorted {
            ($0.manifest.started, $0.id) < ($1.manifest.started, $1.id)
        }
    }

    /// The snapshots that are listed and cannot be read, with the reason.
    public func damagedSnapshots() -> [(id: SnapshotID, reason: RepositoryError)] {
        state.withLock { $0.damagedSnapshots }.map { (id: $0.key, reason: $0.value) }.sorted { $0.id < $1.id }
    }
}
