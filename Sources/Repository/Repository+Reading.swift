import Catalog
import Coding
import Storage

extension Repository {
    /// How many opened session keys are kept.
    private static let sessionKeysMax = 4_096

    /// Where the chunk `id` lies. Where the index does not say, the footers of the packs that it does not list are read.
    func locations(of id: ChunkID) throws(RepositoryError) -> [ChunkLocation] {
        let locations = try listedLocations(of: id)
        guard locations.isEmpty else { return locations }
        try readUnlistedFooters()
        return try listedLocations(of: id)
    }

    /// Whether the index lists the chunk `id`.
    func contains(_ id: ChunkID) throws(RepositoryError) -> Bool {
        try asking { (catalog) throws(CatalogError) in try catalog.contains(id.bytes) }
    }

    /// Where the index says that the chunk `id` lies.
    func listedLocations(of id: ChunkID) throws(RepositoryError) -> [ChunkLocation] {
        try asking { (catalog) throws(CatalogError) in try catalog.locations(of: id.bytes) }
    }

    /// Reads, opens and decompresses the bundle at `location`.
    func loadBundle(at location: ChunkLocation) throws(RepositoryError) -> DecodedBundle {
        let name = ObjectName(.packs, location.pack)
        guard let family = PackKind(rawValue: location.kind) else {
            throw RepositoryError(.damaged, object: name.path, "no pack has kind \(location.kind)")
        }
        let session = try sessionKey(location.session, family: family, object: name.path)
        let stored: [UInt8]
        do {
            let end = location.bundleOffset + UInt64(location.storedBytes)
            stored = try store.read(name, range: location.bundleOffset..<end)
        } catch {
            throw RepositoryError(error)
        }
        return try openBundle(stored, at: location, family: family, session: session, object: name.path)
    }

    /// Opens and decompresses a bundle of the pack `name`, which was read as `stored`; `session` is its sealed key.
    func openBundle(
        _ stored: [UInt8], _ bundle: BundleRecord, of name: ObjectName, _ family: PackKind, session: [UInt8]
    ) throws(RepositoryError) -> DecodedBundle {
        guard let pack = name.id else { throw RepositoryError(.damaged, object: name.path, "no pack has this name") }
        // No chunk of it is meant more than the others.
        let location = ChunkLocation(
            pack: pack, kind: family.rawValue, session: session, bundleOffset: bundle.offset,
            storedBytes: bundle.storedBytes, plaintextBytes: bundle.plaintextBytes, position: 0, chunkBytes: 0)
        let key = try sessionKey(session, family: family, object: name.path)
        return try openBundle(stored, at: location, family: family, session: key, object: name.path)
    }

    func openBundle(
        _ stored: [UInt8], at location: ChunkLocation, family: PackKind, session: SessionKey, object: String
    ) throws(RepositoryError) -> DecodedBundle {
        try coders.withCoder { (coder) throws(RepositoryError) in
            try SealedBundle.open(
                stored, at: location, family: family, session: session, repository: id, object: object, coder: &coder)
        }
    }

    func sessionKey(_ sealed: [UInt8], family: PackKind, object: String) throws(RepositoryError) -> SessionKey {
        if let key = state.withLock({ $0.sessionKeys[sealed] }) { return key }
        let key = try SessionKey(opening: sealed, family: family, keyring: keyring, repository: id, object: object)
        state.withLock { state in
            if state.sessionKeys.count >= Self.sessionKeysMax { state.sessionKeys.removeAll() }
            state.sessionKeys[sealed] = key
        }
        return key
    }

    /// Lists in the catalog what the footers of unlisted packs say, unless that was done since anything was taken out of it.
    ///
    /// This is what a lost or damaged index segment costs. They stand in the catalog as segments named by their packs,
    /// until the next run, which knows nothing of them, finds them unlisted. Who needs them meanwhile waits; a failure
    /// of the storage is met again by the next who does.
    func readUnlistedFooters() throws(RepositoryError) {
        try footersReadInto.withLock { (done) throws(RepositoryError) in
            let target = catalog
            let removals = try asking { (catalog) throws(CatalogError) in try catalog.removalCount() }
            guard done?.catalog !== target || done?.removals != removals else { return }
            for pack in try unlistedPacks() { try readFooter(of: pack) }
            done = FootersRead(catalog: target, removals: removals)
        }
    }

    /// The packs that the catalog has and no segment lists.
    var packsReadFromFooters: Set<Bytes32> { state.withLock { $0.packsReadFromFooters } }

    private func unlistedPacks() throws(RepositoryError) -> [Bytes32] {
        let listed = try listedPacks()
        do {
            return try store.names(in: .packs).filter { !listed.contains($0) }
        } catch {
            throw RepositoryError(error)
        }
    }

    /// The packs that the index lists.
    public func listedPacks() throws(RepositoryError) -> Set<Bytes32> {
        Set(try asking { (catalog) throws(CatalogError) in try catalog.packIDs() }.keys)
    }

    /// What the footer of a pack says; nil, with a warning, if that cannot be read.
    func storedFooter(of pack: Bytes32) throws(RepositoryError) -> PackRecord? {
        do {
            return try PackFooter.read(pack, from: store, repository: id, indexKey: indexHash)
        } catch {
            // One pack that is of a newer version, or looks so by a flipped bit, keeps nobody from reading the others.
            guard error.isFinding else { throw error }
            warn("\(error)")
            return nil
        }
    }

    private func readFooter(of pack: Bytes32) throws(RepositoryError) {
        guard let record = try storedFooter(of: pack) else { return }
        try listForNow(record)
    }

    /// Lists in the catalog what something else than a segment says of a pack; the next run knows nothing of it.
    func listForNow(_ record: PackRecord) throws(RepositoryError) {
        try asking { (catalog) throws(CatalogError) in try catalog.add(segment: record.id, packs: [record]) }
        state.withLock { _ = $0.packsReadFromFooters.insert(record.id) }
    }
}
