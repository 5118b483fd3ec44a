import Coding

extension Catalog {
    /// Whether the chunk lies anywhere. Complexity: O(log chunks).
    ///
    /// Hundreds of these questions share one transaction, which costs as much as the look-up does: what another process
    /// adds meanwhile may be seen a little later.
    public func contains(_ chunk: Bytes32) throws(CatalogError) -> Bool {
        try withConnection(keepingReads: true) { (connection) throws(CatalogError) in
            var isKnown = false
            try connection.run(.containsChunk, .id(chunk)) { _ in isKnown = true }
            return isKnown
        }
    }

    /// Every place where the chunk lies, the cheapest to fetch first; of the same cost in the order of the packs' names
    /// and the offsets. Complexity: O(log chunks) for each place.
    public func locations(of chunk: Bytes32) throws(CatalogError) -> [ChunkLocation] {
        let found = try withConnection { (connection) throws(CatalogError) in
            var found: [ChunkLocation] = []
            try connection.run(.locations, .id(chunk)) { (row) throws(CatalogError) in
                found.append(try row.location())
            }
            return found
        }
        guard found.count > 1 else { return found }
        return Self.withoutRepeats(found.sorted(by: Self.isBetter))
    }

    private static func isBetter(_ left: ChunkLocation, _ right: ChunkLocation) -> Bool {
        if left.storedBytes != right.storedBytes { return left.storedBytes < right.storedBytes }
        if left.pack != right.pack { return left.pack < right.pack }
        if left.bundleOffset != right.bundleOffset { return left.bundleOffset < right.bundleOffset }
        return left.position < right.position
    }

    /// Two segments that list one pack give the same places twice.
    private static func withoutRepeats(_ sorted: [ChunkLocation]) -> [ChunkLocation] {
        var kept: [ChunkLocation] = []
        for location in sorted where kept.last != location {
            kept.append(location)
        }
        return kept
    }
}

extension Statement {
    /// The place in a row of `Query.locations`.
    fileprivate func location() throws(CatalogError) -> ChunkLocation {
        ChunkLocation(
            pack: try id(0), kind: try number(1, as: UInt8.self), session: try bytes(2),
            bundleOffset: try number(3, as: UInt64.self), storedBytes: try number(4, as: UInt32.self),
            plaintextBytes: try number(5, as: UInt32.self), position: try count(6),
            chunkBytes: try number(7, as: UInt32.self))
    }
}
