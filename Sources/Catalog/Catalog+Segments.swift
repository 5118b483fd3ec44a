import Coding

extension Catalog {
    /// The index segments that the catalog holds.
    public func segments() throws(CatalogError) -> Set<Bytes32> {
        try withConnection { (connection) throws(CatalogError) in
            var found: Set<Bytes32> = []
            try connection.run(.segments) { (row) throws(CatalogError) in found.insert(try row.id(0)) }
            return found
        }
    }

    /// Stores what the index segment `segment` says; nothing when the catalog holds it already.
    ///
    /// A pack that another segment lists too is stored for both, and one that was swept for none. Throws `.invalidRecord`, with nothing stored, when a
    /// bundle names a session that its pack doesn't list, a session is over 1 KiB, or an offset is 2^63 or more.
    public func add(segment: Bytes32, packs: [PackRecord]) throws(CatalogError) {
        try write { (connection) throws(CatalogError) in
            guard try connection.number(ofSegment: segment) == nil else { return }
            try connection.run(.insertSegment, .id(segment))
            var insertion = SegmentInsertion(
                segment: connection.lastInsertedNumber, nextBundle: try connection.nextBundleNumber())
            for pack in packs where try !connection.isSwept(pack.id) {
                try insertion.insert(pack, into: connection)
            }
            try insertion.flush(into: connection)
        }
    }

    /// Removes what the index segment `segment` says; nothing when the catalog doesn't hold it.
    public func remove(segment: Bytes32) throws(CatalogError) {
        try write { (connection) throws(CatalogError) in
            guard let number = try connection.number(ofSegment: segment) else { return }
            try connection.run(.countRemoval)
            try connection.run(.forgetComplete)
            var removal = SegmentRemoval()
            try removal.remove(number, from: connection)
        }
    }
}

extension Connection {
    /// The number that stands for a segment, or nil when the catalog doesn't hold it.
    func number(ofSegment segment: Bytes32) throws(CatalogError) -> Int64? {
        var number: Int64?
        try run(.segmentNumber, .id(segment)) { (row) throws(CatalogError) in
            number = try row.number(0, as: Int64.self)
        }
        return number
    }

    /// The number of the next bundle to be stored.
    func nextBundleNumber() throws(CatalogError) -> Int64 {
        var number: Int64 = 1
        try run(.nextBundle) { (row) throws(CatalogError) in number = try row.number(0, as: Int64.self) }
        return number
    }
}
