import Catalog
import Coding
import Storage
import SystemInterface

extension Repository {
    /// How many faults of the catalog are told.
    private static let catalogFaultsMax = 20

    /// Holds the local catalog below `cacheDirectory`, if there is one, against what the storage says: `index` is what the
    /// segments `segments` list without what was swept, all of which were read. Returns what it says otherwise, in words;
    /// what it lacks because it is behind is no fault, and neither is what it still lists of what was swept.
    public func auditCatalog(
        in cacheDirectory: FilePath, index: [Bytes32: PackTable], segments: Set<Bytes32>
    ) throws(RepositoryError) -> [String] {
        do {
            let directory = self.cacheDirectory(below: cacheDirectory)
            guard try FileSystem.exists(directory) else { return [] }
            let catalog = try Catalog.open(directory: directory, repository: id.bytes)
            // In one: a backup on this machine may add a segment, and its packs, at any moment.
            let (known, listed) = try catalog.segmentsAndPacks()
            let isAhead = !known.isSubset(of: segments)
            var faults: [String] = []
            let swept = try sweptPacks(among: Array(listed))
            for pack in listed.subtracting(swept).sorted() where faults.count < Self.catalogFaultsMax {
                if let fault = try Self.fault(of: pack, in: catalog, index[pack], isAhead: isAhead) {
                    faults.append(fault)
                }
            }
            if known.isSuperset(of: segments) {
                let missing = Set(index.keys).subtracting(listed).sorted()
                faults += missing.map { "it does not list pack \($0), which a segment that it knows lists" }
            }
            try faults += snapshotFaults(of: catalog)
            return Array(faults.prefix(Self.catalogFaultsMax))
        } catch let error as RepositoryError {
            throw error
        } catch let error as StorageError {
            // It says nothing about the catalog.
            throw RepositoryError(error)
        } catch let error as CatalogError where error.code == .busy || error.code == .outOfMemory {
            // Nobody knows what it holds.
            throw RepositoryError(error)
        } catch {
            // It is made anew when it is opened next.
            return ["it cannot be read: \(error)"]
        }
    }

    private static func fault(
        of pack: Bytes32, in catalog: Catalog, _ table: PackTable?, isAhead: Bool
    ) throws(CatalogError) -> String? {
        guard let table else { return isAhead ? nil : "it lists pack \(pack), and no segment does" }
        guard try catalog.record(ofPack: pack) == table.record else {
            return "what it says of pack \(pack) is not what the index says"
        }
        for bundle in table.record.bundles {
            for chunk in bundle.chunks {
                let isFound = try catalog.locations(of: chunk.id).contains { location in
                    location.pack == pack && location.bundleOffset == bundle.offset
                        && location.chunkBytes == chunk.bytes
                }
                if !isFound { return "it does not find chunk \(chunk.id) in pack \(pack)" }
            }
        }
        return nil
    }

    private func snapshotFaults(of catalog: Catalog) throws -> [String] {
        guard readsMetadata else { return [] }
        let listed = Set(try store.names(in: .snapshots))
        var faults: [String] = []
        for (snapshot, manifest) in try catalog.snapshots() where listed.contains(snapshot) {
            // One that cannot be read is found by whoever checks snapshots.
            guard let stored = try? auditSnapshot(ObjectName(.snapshots, snapshot)) else { continue }
            if (try? SnapshotManifest(decoding: manifest)) != stored.manifest {
                faults.append("what it says of snapshot \(snapshot) is not what the snapshot says")
            }
        }
        return faults.sorted()
    }
}
