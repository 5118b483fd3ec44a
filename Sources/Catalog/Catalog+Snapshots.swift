import Coding

extension Catalog {
    /// The snapshots and their manifests, as they were added.
    public func snapshots() throws(CatalogError) -> [Bytes32: [UInt8]] {
        try withConnection { (connection) throws(CatalogError) in
            var found: [Bytes32: [UInt8]] = [:]
            try connection.run(.snapshots) { (row) throws(CatalogError) in
                found[try row.id(0)] = try row.bytes(1)
            }
            return found
        }
    }

    /// The snapshots' names.
    public func snapshotIDs() throws(CatalogError) -> Set<Bytes32> {
        try withConnection { (connection) throws(CatalogError) in
            var found: Set<Bytes32> = []
            try connection.run(.snapshotIDs) { (row) throws(CatalogError) in found.insert(try row.id(0)) }
            return found
        }
    }

    /// Stores a snapshot's manifest; nothing when the catalog holds the snapshot already.
    public func add(snapshot: Bytes32, manifest: [UInt8]) throws(CatalogError) {
        try write { (connection) throws(CatalogError) in
            try connection.run(.insertSnapshot, .id(snapshot), .bytes(manifest))
        }
    }

    /// Removes a snapshot; nothing when the catalog doesn't hold it.
    public func remove(snapshot: Bytes32) throws(CatalogError) {
        try write { (connection) throws(CatalogError) in
            try connection.run(.deleteSnapshot, .id(snapshot))
        }
    }
}
