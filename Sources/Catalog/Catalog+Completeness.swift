import Coding

// What a run may rely on without asking for each chunk: a snapshot whose chunks were all listed when it was made still
// has them all for as long as no index segment has been taken out.

extension Catalog {
    /// How often a segment was removed; it only grows while the catalog lives.
    public func removalCount() throws(CatalogError) -> Int64 {
        try withConnection { (connection) throws(CatalogError) in
            var count: Int64 = 0
            try connection.run(.removals) { (row) throws(CatalogError) in count = try row.number(0, as: Int64.self) }
            return count
        }
    }

    /// Notes that every chunk of `snapshot` is listed, found so since `removalCount` was `removals`; nothing if a segment
    /// has been removed since then.
    public func markComplete(_ snapshot: Bytes32, removals: Int64) throws(CatalogError) {
        try write { (connection) throws(CatalogError) in
            try connection.run(.insertComplete, .id(snapshot), .number(removals))
        }
    }

    /// Whether every chunk of `snapshot` was listed when it was noted, and no segment has been removed since.
    public func isComplete(_ snapshot: Bytes32) throws(CatalogError) -> Bool {
        try withConnection { (connection) throws(CatalogError) in
            var isComplete = false
            try connection.run(.isComplete, .id(snapshot)) { _ in isComplete = true }
            return isComplete
        }
    }
}
