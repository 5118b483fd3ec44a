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

extension Repository {
    /// The packs that the index lists and nobody has swept.
    package func indexedPacks() throws(RepositoryError) -> Set<Bytes32> { try listedPacks() }

    /// What of a pack that the index lists is needed.
    package func usage(of pack: Bytes32, by mark: borrowing LivenessMark) throws(RepositoryError) -> PackUsage? {
        guard let record = try packRecord(pack), let kind = PackKind(rawValue: record.kind) else { return nil }
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

    /// A chunk of the pack that is needed and has no sound copy in another pack that `keeps`, or nil: the pack may go.
    ///
    /// Of a pack that the catalog does not list at this moment, its own footer says what is in it: another process may have
    /// changed what is listed since the mark was made.
    package func chunkOnly(
        in pack: Bytes32, by mark: borrowing LivenessMark, _ copies: CopyVerifier,
        keeps: (Bytes32) throws(RepositoryError) -> Bool
    ) throws(RepositoryError) -> Bytes32? {
        var listed = try packRecord(pack)
        if listed == nil { listed = try storedFooter(of: pack) }
        guard let record = listed else { return nil }
        for bundle in record.bundles {
            for chunk in bundle.chunks where try mark.contains(chunk.id) {
                var isElsewhere = false
                for place in try listedLocations(of: ChunkID(chunk.id)) where !isElsewhere {
                    guard place.pack != pack, place.kind == record.kind, place.chunkBytes == chunk.bytes,
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

    func packRecord(_ pack: Bytes32) throws(RepositoryError) -> PackRecord? {
        try asking { (catalog) throws(CatalogError) in try catalog.record(ofPack: pack) }
    }
}
