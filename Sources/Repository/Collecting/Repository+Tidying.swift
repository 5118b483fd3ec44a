import Catalog
import Coding
import Storage
import SystemInterface

/// Rewriting the index: housekeeping, since nobody believes what a segment says of swept packs.
extension Repository {
    /// Replaces the segments that list a swept pack by new ones that do not, and returns the names of those that are to be
    /// deleted: what replaces them is durable.
    ///
    /// A segment that cannot be read is left alone. What one that stays says in the same words is not stored again: else a
    /// segment that nobody can delete would be replaced by one more each time.
    package func replaceSegments(entropy: any EntropySource) throws(RepositoryError) -> [ObjectName] {
        var replaced: [ObjectName] = []
        var staying: [PackRecord] = []
        // Digests of the process: two records that share one by chance cost the reading of a footer.
        var said: Set<Int> = []
        let listed: [Bytes32]
        do {
            listed = try store.names(in: .index)
        } catch {
            throw RepositoryError(error)
        }
        for segment in listed {
            let name = ObjectName(.index, segment)
            do {
                let packs = try readSegment(name)
                let swept = try sweptPacks(among: packs.map(\.id))
                guard !swept.isEmpty else {
                    said.formUnion(packs.map(\.hashValue))
                    continue
                }
                replaced.append(name)
                staying += packs.filter { !swept.contains($0.id) }
            } catch {
                guard error.isDamage else { throw error }
                warn("\(error); it is left as it is")
            }
        }
        try storeIndexSegments(staying.filter { !said.contains($0.hashValue) }, entropy: entropy)
        return replaced
    }

    private func readSegment(_ name: ObjectName) throws(RepositoryError) -> [PackRecord] {
        let bytes = try Self.readNamed(name, bytesMax: Limits.indexSegmentBytesMax, store)
        return try IndexSegment.decode(bytes, name: name, repository: id, indexKey: indexHash)
    }

    /// Those of `packs` that a sweep plan names.
    package func sweptPacks(among packs: [Bytes32]) throws(RepositoryError) -> Set<Bytes32> {
        try asking { (catalog) throws(CatalogError) in try catalog.sweptPacks(among: packs) }
    }
}
