import Catalog
import Coding
import Storage
import SystemInterface

/// What the catalog of this machine says, for repairs, which are opened without it: it may be the last that knows something.
/// It proves nothing: what it says is held against what is stored.
extension Repository {
    /// What the local catalog below `cacheDirectory`, if there is one, lists of `packs`.
    package func localTables(
        of packs: Set<Bytes32>, below cacheDirectory: FilePath?
    ) throws(RepositoryError) -> [PackTable] {
        guard !packs.isEmpty else { return [] }
        let tables = try askingLocal(below: cacheDirectory) { (catalog) throws(CatalogError) -> [PackTable]? in
            var tables: [PackTable] = []
            for pack in packs.sorted() {
                if let record = try catalog.record(ofPack: pack) { tables.append(PackTable(record: record)) }
            }
            return tables
        }
        return tables ?? []
    }

    /// Has this run, and no other, take `table` for what the index says of a pack that no segment lists.
    package func believe(_ table: PackTable) throws(RepositoryError) {
        try listForNow(table.record)
    }

    /// Whether all bundles that `table` lists are in its pack and hold what they must: reads the whole pack.
    ///
    /// Has this run believe it, as `believe` does. A keyring that cannot open them proves nothing.
    package func isProven(_ table: PackTable) throws(RepositoryError) -> Bool {
        try believe(table)
        do throws(RepositoryError) {
            return try auditPack(table.id).soundBundles == table.record
        } catch {
            guard error.isFinding || error.code == .keyNotHeld else { throw error }
            return false
        }
    }

    /// The encoded manifest by which the local catalog below `cacheDirectory` shows a snapshot, or nil if it does not.
    package func localManifest(
        of snapshot: SnapshotID, below cacheDirectory: FilePath?
    ) throws(RepositoryError) -> [UInt8]? {
        try askingLocal(below: cacheDirectory) { (catalog) throws(CatalogError) -> [UInt8]? in
            guard let manifest = try catalog.snapshots()[snapshot.bytes],
                (try? SnapshotManifest(decoding: manifest)) != nil
            else { return nil }
            return manifest
        }
    }

    /// The very bytes of a snapshot that said `manifest`, whose objects are damaged; nil if they cannot be made again.
    ///
    /// Signing the same again gives the same signature, and so does sealing with the same key and salt: both stand at the
    /// beginning of the object, where one of its copies may be whole. The snapshot's name proves what comes of it.
    package func manifestRebuilt(
        of snapshot: SnapshotID, from manifest: [UInt8]
    ) throws(RepositoryError) -> [UInt8]? {
        let kept = try objects(in: .sessions).map(\.name).filter { $0.part == .snapshot }
        for name in [ObjectName(.snapshots, snapshot.bytes)] + kept {
            do throws(RepositoryError) {
                guard let damaged = try readIfPresent(name),
                    let bytes = try? SnapshotObject.seal(
                        manifest, like: damaged, name: name, keyring: keyring, repository: id),
                    SnapshotID(hashing: bytes) == snapshot
                else { continue }
                return bytes
            } catch {
                guard error.isFinding else { throw error }
            }
        }
        return nil
    }

    private static let adviceWithoutCatalog =
        "it may be the last that knows something, and an empty --cache-directory does without it"

    /// Asks the local catalog below `cacheDirectory`; nil where there is none, or one that is damaged.
    ///
    /// Throws where it cannot be had for any other reason: nobody knows then what it has.
    private func askingLocal<Answer>(
        below cacheDirectory: FilePath?, _ question: (Catalog) throws(CatalogError) -> Answer?
    ) throws(RepositoryError) -> Answer? {
        guard let cacheDirectory else { return nil }
        let directory = self.cacheDirectory(below: cacheDirectory)
        do throws(SystemError) {
            guard try FileSystem.exists(directory) else { return nil }
        } catch {
            throw RepositoryError(.catalog, "the local catalog failed: \(error); \(Self.adviceWithoutCatalog)")
        }
        do throws(CatalogError) {
            return try question(try Catalog.open(directory: directory, repository: id.bytes))
        } catch {
            guard error.code != .damaged else { return nil }
            throw RepositoryError(.catalog, "the local catalog failed: \(error); \(Self.adviceWithoutCatalog)")
        }
    }
}
