import Coding

/// Removes what one segment says, within the transaction of its caller.
///
/// The rows of chunks are removed in large batches sorted by name, as `SegmentInsertion` stores them.
struct SegmentRemoval {
    /// A chunk's row.
    private struct Place {
        let id: Bytes32
        let bundle: Int64
        let position: Int
    }

    /// A pack's row.
    private struct Pack {
        let number: Int64
        let bundles: ClosedRange<Int64>?
    }

    private var places: [Place] = []

    /// Removes the segment with this number.
    mutating func remove(_ segment: Int64, from connection: borrowing Connection) throws(CatalogError) {
        var packs: [Pack] = []
        try connection.run(.packsOfSegment, .number(segment)) { (row) throws(CatalogError) in
            packs.append(Pack(number: try row.number(0, as: Int64.self), bundles: try row.bundleRange(1)))
        }
        for pack in packs {
            if let bundles = pack.bundles { try removeBundles(bundles, from: connection) }
            try connection.run(.deleteSessions, .number(pack.number))
        }
        try flush(from: connection)
        try connection.run(.deletePacks, .number(segment))
        try connection.run(.deleteSegment, .number(segment))
    }

    /// Removes every row of `pack`, whichever segments list it; tells whether there was one. `flush` has to follow.
    mutating func remove(pack: Bytes32, from connection: borrowing Connection) throws(CatalogError) -> Bool {
        var packs: [Pack] = []
        try connection.run(.packNumbers, .id(pack)) { (row) throws(CatalogError) in
            packs.append(Pack(number: try row.number(0, as: Int64.self), bundles: try row.bundleRange(1)))
        }
        for pack in packs {
            if let bundles = pack.bundles { try removeBundles(bundles, from: connection) }
            try connection.run(.deleteSessions, .number(pack.number))
            try connection.run(.deletePack, .number(pack.number))
        }
        return !packs.isEmpty
    }

    private mutating func removeBundles(
        _ bundles: ClosedRange<Int64>, from connection: borrowing Connection
    ) throws(CatalogError) {
        let first = Statement.Value.number(bundles.lowerBound)
        let last = Statement.Value.number(bundles.upperBound)
        try connection.run(.contentsOfBundles, first, last) { (row) throws(CatalogError) in
            let bundle = try row.number(0, as: Int64.self)
            for (position, chunk) in try BundleContents.decode(try row.bytes(1)).enumerated() {
                places.append(Place(id: chunk.id, bundle: bundle, position: position))
            }
        }
        try connection.run(.deleteContents, first, last)
        try connection.run(.deleteBundles, first, last)
        if places.count >= CatalogLimits.sortedChunks { try flush(from: connection) }
    }

    /// Removes the rows of chunks that were put off.
    mutating func flush(from connection: borrowing Connection) throws(CatalogError) {
        places.sort { $0.id < $1.id }
        for place in places {
            try connection.run(.deleteChunk, .id(place.id), .number(place.bundle), .number(Int64(place.position)))
        }
        places.removeAll(keepingCapacity: true)
    }
}

extension Statement {
    /// The numbers of a pack's bundles from two columns, the first number and the count; nil for no bundles.
    func bundleRange(_ column: Int32) throws(CatalogError) -> ClosedRange<Int64>? {
        let first = try number(column, as: Int64.self)
        let count = try number(column + 1, as: Int64.self)
        guard count > 0 else { return nil }
        let (last, overflow) = first.addingReportingOverflow(count - 1)
        guard !overflow else { throw .damaged("a pack has too many bundles") }
        return first...last
    }
}
