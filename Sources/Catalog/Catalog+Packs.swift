import Coding

extension Catalog {
    /// The packs that the segments list, by name, and what each holds.
    public func packIDs() throws(CatalogError) -> [Bytes32: UInt8] {
        try withConnection { (connection) throws(CatalogError) in
            var found: [Bytes32: UInt8] = [:]
            try connection.run(.packIDs) { (row) throws(CatalogError) in
                found[try row.id(0)] = try row.number(1, as: UInt8.self)
            }
            return found
        }
    }

    /// The index segments that the catalog holds, and the packs that these list: one state of the file, whatever another
    /// process adds meanwhile.
    public func segmentsAndPacks() throws(CatalogError) -> (segments: Set<Bytes32>, packs: Set<Bytes32>) {
        try withConnection { (connection) throws(CatalogError) in
            try connection.snapshot { () throws(CatalogError) in
                var segments: Set<Bytes32> = []
                var packs: Set<Bytes32> = []
                try connection.run(.segments) { (row) throws(CatalogError) in segments.insert(try row.id(0)) }
                try connection.run(.packIDs) { (row) throws(CatalogError) in packs.insert(try row.id(0)) }
                return (segments, packs)
            }
        }
    }

    /// The packs that the segments list, by name, and how many bytes the bundles of each have in sum.
    public func packSizes() throws(CatalogError) -> [Bytes32: UInt64] {
        try withConnection { (connection) throws(CatalogError) in
            var found: [Bytes32: UInt64] = [:]
            try connection.run(.packSizes) { (row) throws(CatalogError) in
                found[try row.id(0)] = try row.number(1, as: UInt64.self)
            }
            return found
        }
    }

    /// What the index says about a pack, or nil when no segment lists it; where several do, what the first stored says.
    public func record(ofPack pack: Bytes32) throws(CatalogError) -> PackRecord? {
        try records(ofPack: pack, atMost: 1).first
    }

    /// What the segments say about a pack, the one that was stored first first; what several say in the same words, once.
    public func records(ofPack pack: Bytes32) throws(CatalogError) -> [PackRecord] {
        try records(ofPack: pack, atMost: .max)
    }

    private func records(ofPack pack: Bytes32, atMost limit: Int) throws(CatalogError) -> [PackRecord] {
        try withConnection { (connection) throws(CatalogError) in
            // One state of the file for all statements, whatever another process removes meanwhile.
            try connection.snapshot { () throws(CatalogError) in
                var records: [PackRecord] = []
                for row in try Self.rows(ofPack: pack, from: connection).prefix(limit) {
                    let record = try Self.readPack(pack, row, from: connection)
                    if !records.contains(record) { records.append(record) }
                }
                return records
            }
        }
    }

    /// How much the catalog knows of. Complexity: O(packs).
    public func statistics() throws(CatalogError) -> CatalogStatistics {
        try withConnection { (connection) throws(CatalogError) in
            try connection.snapshot { () throws(CatalogError) in try Self.readStatistics(from: connection) }
        }
    }

    /// What stands of a pack for one segment that lists it, but for its sessions and bundles.
    private struct PackRow {
        let number: Int64
        let kind: UInt8
        let bundles: ClosedRange<Int64>?
    }

    private static func rows(
        ofPack pack: Bytes32, from connection: borrowing Connection
    ) throws(CatalogError) -> [PackRow] {
        var rows: [PackRow] = []
        try connection.run(.packByID, .id(pack)) { (row) throws(CatalogError) in
            rows.append(
                PackRow(
                    number: try row.number(0, as: Int64.self), kind: try row.number(1, as: UInt8.self),
                    bundles: try row.bundleRange(2)))
        }
        return rows
    }

    private static func readPack(
        _ pack: Bytes32, _ head: PackRow, from connection: borrowing Connection
    ) throws(CatalogError) -> PackRecord {
        var sessions: [[UInt8]] = []
        try connection.run(.sessionsOfPack, .number(head.number)) { (row) throws(CatalogError) in
            guard try row.count(0) == sessions.count else { throw .damaged("a session of pack \(pack) is missing") }
            sessions.append(try row.bytes(1))
        }
        var bundles: [BundleRecord] = []
        if let range = head.bundles {
            bundles = try readBundles(range, ofPack: head.number, from: connection)
        }
        return PackRecord(id: pack, kind: head.kind, sessions: sessions, bundles: bundles)
    }

    private static func readBundles(
        _ range: ClosedRange<Int64>, ofPack pack: Int64, from connection: borrowing Connection
    ) throws(CatalogError) -> [BundleRecord] {
        var bundles: [BundleRecord] = []
        var next = range.lowerBound
        try connection.run(
            .bundlesOfPack, .number(range.lowerBound), .number(range.upperBound)
        ) { (row) throws(CatalogError) in
            let number = try row.number(0, as: Int64.self)
            guard number == next, try row.number(1, as: Int64.self) == pack else {
                throw .damaged("a bundle of a pack is missing")
            }
            next &+= 1
            bundles.append(
                BundleRecord(
                    offset: try row.number(2, as: UInt64.self), storedBytes: try row.number(3, as: UInt32.self),
                    plaintextBytes: try row.number(4, as: UInt32.self), session: try row.count(5),
                    chunks: try BundleContents.decode(try row.bytes(6))))
        }
        guard next &- 1 == range.upperBound else { throw .damaged("a bundle of a pack is missing") }
        return bundles
    }

    private static func readStatistics(
        from connection: borrowing Connection
    ) throws(CatalogError) -> CatalogStatistics {
        var segments = 0
        var snapshots = 0
        var statistics: CatalogStatistics?
        try connection.run(.countSegments) { (row) throws(CatalogError) in segments = try row.count(0) }
        try connection.run(.countSnapshots) { (row) throws(CatalogError) in snapshots = try row.count(0) }
        try connection.run(.packStatistics) { (row) throws(CatalogError) in
            statistics = CatalogStatistics(
                chunks: try row.count(2), bundles: try row.count(1), packs: try row.count(0), segments: segments,
                snapshots: snapshots, chunkBytes: try row.number(3, as: UInt64.self),
                storedBytes: try row.number(4, as: UInt64.self))
        }
        guard let statistics else { throw .damaged("a sum is missing") }
        return statistics
    }
}
