import Catalog
import Coding
import Storage

/// What of a pack the snapshots of a mark need.
package struct PackUsage: Hashable, Sendable {
    /// The pack.
    package let id: Bytes32
    /// Its bundles' bytes, as stored.
    package let storedBytes: UInt64
    /// What `Repacking` would keep of them: the bundles that hold a chunk that is needed, and of those that it would divide
    /// a part, by the lengths of chunks.
    package let neededBytes: UInt64
    /// How many of these bytes are for chunks that are not needed: a guess, by the lengths of chunks.
    package let hiddenBytes: UInt64
}

/// Whether a pack may go.
package enum PackVerdict: Hashable, Sendable {
    /// Nothing that is needed is in it alone.
    case unneeded
    /// This chunk is needed, and nowhere else.
    case needed(Bytes32)
    /// Nobody can tell at this moment.
    case unclear
}

extension Repository {
    /// The packs that the index lists and nobody has swept.
    package func indexedPacks() throws(RepositoryError) -> Set<Bytes32> { try listedPacks() }

    /// What of a pack that the index lists is needed.
    package func usage(of pack: Bytes32, by mark: borrowing LivenessMark) throws(RepositoryError) -> PackUsage? {
        guard let record = try recordToCopy(of: pack, by: mark), let kind = PackKind(rawValue: record.kind) else {
            return nil
        }
        var storedBytes: UInt64 = 0
        var neededBytes: UInt64 = 0
        var hiddenBytes: UInt64 = 0
        for bundle in record.bundles {
            let bytes = UInt64(bundle.storedBytes)
            storedBytes += bytes
            let usage = try BundleUsage(bundle, mark)
            guard usage.isNeeded else { continue }
            let share = UInt64(Double(bytes) * usage.neededShare)
            if usage.isWorthDividing, opens(kind) {
                neededBytes += share
            } else {
                neededBytes += bytes
                hiddenBytes += bytes - min(bytes, share)
            }
        }
        return PackUsage(id: pack, storedBytes: storedBytes, neededBytes: neededBytes, hiddenBytes: hiddenBytes)
    }

    /// What is in a pack, to copy what is needed of it; nil where that would not let the pack go.
    ///
    /// Where segments contradict one another the pack itself says what it holds, and one that is said to hold more that is
    /// needed stays.
    private func recordToCopy(
        of pack: Bytes32, by mark: borrowing LivenessMark
    ) throws(RepositoryError) -> PackRecord? {
        let listed = try asking { (catalog) throws(CatalogError) in try catalog.records(ofPack: pack) }
        guard listed.count > 1 else { return listed.first }
        guard let footer = try storedFooter(of: pack) else { return nil }
        let held = Set(footer.bundles.lazy.flatMap { $0.chunks.lazy.map(\.id) })
        for bundle in listed.lazy.flatMap(\.bundles) {
            for chunk in bundle.chunks where !held.contains(chunk.id) {
                guard try !mark.contains(chunk.id) else { return nil }
            }
        }
        return footer
    }

    /// How many of the bytes of a pack's bundles are for chunks that are listed in another pack that `keeps`, too: a guess, by
    /// the lengths of chunks. None where segments contradict one another.
    package func bytesElsewhere(of pack: Bytes32, keeps: (Bytes32) -> Bool) throws(RepositoryError) -> Double {
        let listed = try asking { (catalog) throws(CatalogError) in try catalog.records(ofPack: pack) }
        guard listed.count == 1, let record = listed.first else { return 0 }
        var bytes = 0.0
        for bundle in record.bundles {
            var (all, elsewhere) = (0.0, 0.0)
            for chunk in bundle.chunks {
                all += Double(chunk.bytes)
                let places = try listedLocations(of: ChunkID(chunk.id))
                let isElsewhere = places.contains { $0.pack != pack && $0.kind == record.kind && keeps($0.pack) }
                if isElsewhere { elsewhere += Double(chunk.bytes) }
            }
            if all > 0 { bytes += Double(bundle.storedBytes) * elsewhere / all }
        }
        return bytes
    }

    /// Whether the pack may go: what of it is needed has a sound copy in another pack that `keeps`.
    ///
    /// What is in it say all segments that list it, of which one may lie or be out of date, and its own footer. Where nobody
    /// can read that, the index does if it still has all that the mark was made by: other processes on this machine share
    /// the catalog, and bring it up to date.
    package func verdict(
        on pack: Bytes32, by mark: borrowing LivenessMark, _ copies: CopyVerifier,
        keeps: (Bytes32) throws(RepositoryError) -> Bool
    ) throws(RepositoryError) -> PackVerdict {
        let listed = try asking { (catalog) throws(CatalogError) in try catalog.records(ofPack: pack) }
        for record in listed {
            if let chunk = try chunkOnly(in: record, by: mark, copies, keeps: keeps) { return .needed(chunk) }
        }
        guard !listed.contains(where: copies.isFooter) else { return .unneeded }
        let footer: PackRecord
        do {
            footer = try PackFooter.read(pack, from: store, repository: id, indexKey: indexHash)
        } catch {
            guard error.isFinding else { throw error }
            // It is gone already.
            guard error.code != .storage(.notFound) else { return .unneeded }
            warn("\(error)")
            // What cannot be had now, or by this version, may be whole, and the only place of what nothing else lists.
            guard !listed.isEmpty || error.code == .damaged else { return .unclear }
            return try mark.isStillTrue() ? .unneeded : .unclear
        }
        guard !listed.contains(footer) else {
            copies.note(footer: footer)
            return .unneeded
        }
        return try chunkOnly(in: footer, by: mark, copies, keeps: keeps).map { .needed($0) } ?? .unneeded
    }

    /// A chunk of those in `record` that is needed and has no sound copy in another pack that `keeps`.
    private func chunkOnly(
        in record: PackRecord, by mark: borrowing LivenessMark, _ copies: CopyVerifier,
        keeps: (Bytes32) throws(RepositoryError) -> Bool
    ) throws(RepositoryError) -> Bytes32? {
        for bundle in record.bundles {
            for chunk in bundle.chunks where try mark.contains(chunk.id) {
                var isElsewhere = false
                for place in try listedLocations(of: ChunkID(chunk.id)) where !isElsewhere {
                    guard place.pack != record.id, place.kind == record.kind, place.chunkBytes == chunk.bytes,
                        try keeps(place.pack)
                    else { continue }
                    isElsewhere = try copies.isSound(place, holding: ChunkID(chunk.id))
                }
                guard isElsewhere else { return chunk.id }
            }
        }
        return nil
    }

    /// Whether this keyring opens the bundles of such packs.
    func opens(_ kind: PackKind) -> Bool {
        (kind == .content ? keyring.contentPrivateKey : keyring.metadataPrivateKey) != nil
    }
}
