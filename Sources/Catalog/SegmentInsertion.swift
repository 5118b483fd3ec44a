import Coding

/// Stores the packs of one segment, within the transaction of its caller.
///
/// Chunks are put off, sorted by name and stored in large batches: names are random, and in order they go into the tree
/// page by page instead of all over it.
struct SegmentInsertion {
    /// A chunk's row.
    private struct Place {
        let id: Bytes32
        let bundle: Int64
        let position: Int
        let bytes: UInt32
    }

    private let segment: Int64
    private var nextBundle: Int64
    private var places: [Place] = []

    /// Stores under the segment number `segment`; the first bundle gets the number `nextBundle`.
    init(segment: Int64, nextBundle: Int64) {
        self.segment = segment
        self.nextBundle = nextBundle
    }

    /// Stores a pack.
    mutating func insert(_ pack: PackRecord, into connection: borrowing Connection) throws(CatalogError) {
        guard pack.sessions.allSatisfy({ $0.count <= CatalogLimits.sessionBytes }) else {
            throw Self.invalid(pack, "a session is over \(CatalogLimits.sessionBytes) bytes")
        }
        var chunks: Int64 = 0
        var chunkBytes: Int64 = 0
        var storedBytes: Int64 = 0
        for bundle in pack.bundles {
            chunks += Int64(bundle.chunks.count)
            chunkBytes += bundle.chunks.reduce(0) { $0 + Int64($1.bytes) }
            storedBytes += Int64(bundle.storedBytes)
        }
        try connection.run(
            .insertPack, .number(segment), .id(pack.id), .number(Int64(pack.kind)), .number(nextBundle),
            .number(Int64(pack.bundles.count)), .number(chunks), .number(chunkBytes), .number(storedBytes))
        let number = connection.lastInsertedNumber
        for (index, session) in pack.sessions.enumerated() {
            try connection.run(.insertSession, .number(number), .number(Int64(index)), .bytes(session))
        }
        for bundle in pack.bundles {
            try insert(bundle, of: pack, number, into: connection)
        }
    }

    /// Stores the chunks that were put off.
    mutating func flush(into connection: borrowing Connection) throws(CatalogError) {
        places.sort { $0.id < $1.id }
        for place in places {
            try connection.run(
                .insertChunk, .id(place.id), .number(place.bundle), .number(Int64(place.position)),
                .number(Int64(place.bytes)))
        }
        places.removeAll(keepingCapacity: true)
    }

    private mutating func insert(
        _ bundle: BundleRecord, of pack: PackRecord, _ packNumber: Int64, into connection: borrowing Connection
    ) throws(CatalogError) {
        guard pack.sessions.indices.contains(bundle.session) else {
            throw Self.invalid(pack, "a bundle names session \(bundle.session) of \(pack.sessions.count)")
        }
        guard let offset = Int64(exactly: bundle.offset) else {
            throw Self.invalid(pack, "a bundle begins at byte \(bundle.offset)")
        }
        let number = nextBundle
        let (next, overflow) = number.addingReportingOverflow(1)
        guard !overflow else { throw .damaged("the numbers of bundles have run out") }
        nextBundle = next
        try connection.run(
            .insertBundle, .number(number), .number(packNumber), .number(offset), .number(Int64(bundle.storedBytes)),
            .number(Int64(bundle.plaintextBytes)), .number(Int64(bundle.session)))
        try connection.run(.insertContents, .number(number), .bytes(BundleContents.encode(bundle.chunks)))
        for (position, chunk) in bundle.chunks.enumerated() {
            places.append(Place(id: chunk.id, bundle: number, position: position, bytes: chunk.bytes))
        }
        if places.count >= CatalogLimits.sortedChunks { try flush(into: connection) }
    }

    private static func invalid(_ pack: PackRecord, _ reason: String) -> CatalogError {
        CatalogError(.invalidRecord, message: "storing pack \(pack.id): \(reason)")
    }
}
