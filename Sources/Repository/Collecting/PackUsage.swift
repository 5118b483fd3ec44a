import Catalog
import Coding
import Storage

/// What of a pack the snapshots of a mark need.
package struct PackUsage: Hashable, Sendable {
    /// The pack.
    package let id: Bytes32
    /// Its bundles' bytes, as stored.
    package let storedBytes: UInt64
    /// The bytes of the bundles that hold a chunk that is needed.
    package let neededBytes: UInt64
    /// How many of its chunks are needed.
    package let neededChunks: Int
}

extension Repository {
    /// The packs that the index lists and nobody has swept.
    package func indexedPacks() throws(RepositoryError) -> Set<Bytes32> { try listedPacks() }

    /// What of a pack that the index lists is needed.
    package func usage(of pack: Bytes32, by mark: borrowing LivenessMark) throws(RepositoryError) -> PackUsage? {
        guard let record = try packRecord(pack) else { return nil }
        var storedBytes: UInt64 = 0
        var neededBytes: UInt64 = 0
        var neededChunks = 0
        for bundle in record.bundles {
            storedBytes += UInt64(bundle.storedBytes)
            var count = 0
            for chunk in bundle.chunks where try mark.contains(chunk.id) { count += 1 }
            if count > 0 { neededBytes += UInt64(bundle.storedBytes) }
            neededChunks += count
        }
        return PackUsage(id: pack, storedBytes: storedBytes, neededBytes: neededBytes, neededChunks: neededChunks)
    }

    /// A chunk of the pack that is needed and lies in no other pack that `keeps`, or nil: the pack may go.
    package func chunkOnly(
        in pack: Bytes32, by mark: borrowing LivenessMark,
        keeps: (Bytes32) throws(RepositoryError) -> Bool
    ) throws(RepositoryError) -> Bytes32? {
        guard let record = try packRecord(pack) else { return nil }
        for bundle in record.bundles {
            for chunk in bundle.chunks where try mark.contains(chunk.id) {
                var isElsewhere = false
                for place in try listedLocations(of: ChunkID(chunk.id))
                where !isElsewhere && place.pack != pack && place.kind == record.kind {
                    isElsewhere = try keeps(place.pack)
                }
                guard isElsewhere else { return chunk.id }
            }
        }
        return nil
    }

    func packRecord(_ pack: Bytes32) throws(RepositoryError) -> PackRecord? {
        try asking { (catalog) throws(CatalogError) in try catalog.record(ofPack: pack) }
    }
}
