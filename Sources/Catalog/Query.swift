/// Every statement that the catalog runs more than once on a connection.
enum Query: Int, CaseIterable {
    case locations
    case containsChunk
    case segments
    case segmentNumber
    case nextBundle
    case insertSegment
    case insertPack
    case insertSession
    case insertBundle
    case insertContents
    case insertChunk
    case deleteSegment
    case deletePacks
    case deleteSessions
    case deleteBundles
    case deleteContents
    case deleteChunk
    case packsOfSegment
    case contentsOfBundles
    case packIDs
    case packSizes
    case packByID
    case sessionsOfPack
    case bundlesOfPack
    case snapshots
    case snapshotIDs
    case insertSnapshot
    case deleteSnapshot
    case packStatistics
    case countSegments
    case countSnapshots
    case removals
    case countRemoval
    case forgetComplete
    case insertComplete
    case isComplete
    case sweptGenerations
    case setSweptGenerations
    case insertSweptPack
    case isSwept
    case packNumbers
    case deletePack
    case page
    case containsPage
    case insertPage
    case deletePage
    case deletePageByNumber
    case pageNames
    case pageTotals
    case countPages
    case settlePageTotals
    case pageSet
    case pageSets
    case insertPageSet
    case deletePageSet

    /// The statement's text.
    ///
    /// The joins of `locations` and `bundlesOfPack` are LEFT, so that they go from the chunk outwards, and show a place
    /// whose bundle, pack or session is missing as damage instead of hiding it.
    var sql: String {
        switch self {
        case .locations:
            """
            SELECT p.id, p.kind, s.sealed, b.start, b.stored_bytes, b.plaintext_bytes, c.position, c.bytes \
            FROM chunks c LEFT JOIN bundles b ON b.number = c.bundle LEFT JOIN packs p ON p.number = b.pack \
            LEFT JOIN sessions s ON s.pack = p.number AND s.number = b.session WHERE c.id = ?
            """
        case .containsChunk: "SELECT 1 FROM chunks WHERE id = ? LIMIT 1"
        case .segments: "SELECT id FROM segments"
        case .segmentNumber: "SELECT number FROM segments WHERE id = ?"
        case .nextBundle: "SELECT coalesce(max(number), 0) + 1 FROM bundles"
        case .insertSegment: "INSERT INTO segments (id) VALUES (?)"
        case .insertPack:
            """
            INSERT INTO packs (segment, id, kind, first_bundle, bundles, chunks, chunk_bytes, stored_bytes) \
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """
        case .insertSession: "INSERT INTO sessions VALUES (?, ?, ?)"
        case .insertBundle: "INSERT INTO bundles VALUES (?, ?, ?, ?, ?, ?)"
        case .insertContents: "INSERT INTO contents VALUES (?, ?)"
        case .insertChunk: "INSERT INTO chunks VALUES (?, ?, ?, ?)"
        case .deleteSegment: "DELETE FROM segments WHERE number = ?"
        case .deletePacks: "DELETE FROM packs WHERE segment = ?"
        case .deleteSessions: "DELETE FROM sessions WHERE pack = ?"
        case .deleteBundles: "DELETE FROM bundles WHERE number BETWEEN ? AND ?"
        case .deleteContents: "DELETE FROM contents WHERE bundle BETWEEN ? AND ?"
        case .deleteChunk: "DELETE FROM chunks WHERE id = ? AND bundle = ? AND position = ?"
        case .packsOfSegment: "SELECT number, first_bundle, bundles FROM packs WHERE segment = ?"
        case .contentsOfBundles: "SELECT bundle, chunks FROM contents WHERE bundle BETWEEN ? AND ? ORDER BY bundle"
        case .packIDs: "SELECT DISTINCT id, kind FROM packs ORDER BY id, kind"
        case .packSizes: "SELECT id, MAX(stored_bytes) FROM packs GROUP BY id"
        case .packByID: "SELECT number, kind, first_bundle, bundles FROM packs WHERE id = ? ORDER BY number"
        case .sessionsOfPack: "SELECT number, sealed FROM sessions WHERE pack = ? ORDER BY number"
        case .bundlesOfPack:
            """
            SELECT b.number, b.pack, b.start, b.stored_bytes, b.plaintext_bytes, b.session, t.chunks \
            FROM bundles b LEFT JOIN contents t ON t.bundle = b.number WHERE b.number BETWEEN ? AND ? ORDER BY b.number
            """
        case .snapshots: "SELECT id, manifest FROM snapshots"
        case .snapshotIDs: "SELECT id FROM snapshots"
        case .insertSnapshot: "INSERT OR IGNORE INTO snapshots VALUES (?, ?)"
        case .deleteSnapshot: "DELETE FROM snapshots WHERE id = ?"
        case .packStatistics:
            """
            SELECT count(*), coalesce(sum(bundles), 0), coalesce(sum(chunks), 0), coalesce(sum(chunk_bytes), 0), \
            coalesce(sum(stored_bytes), 0) FROM packs WHERE number IN (SELECT min(number) FROM packs GROUP BY id)
            """
        case .countSegments: "SELECT count(*) FROM segments"
        case .countSnapshots: "SELECT count(*) FROM snapshots"
        case .removals: "SELECT count FROM removals"
        case .countRemoval: "UPDATE removals SET count = count + 1"
        case .forgetComplete: "DELETE FROM complete_snapshots"
        case .insertComplete:
            "INSERT OR IGNORE INTO complete_snapshots SELECT ? WHERE EXISTS (SELECT 1 FROM removals WHERE count = ?)"
        case .isComplete: "SELECT 1 FROM complete_snapshots WHERE id = ?"
        case .sweptGenerations: "SELECT swept, plan FROM generations"
        case .setSweptGenerations: "UPDATE generations SET swept = ?, plan = ?"
        case .insertSweptPack: "INSERT OR IGNORE INTO swept_packs VALUES (?)"
        case .isSwept: "SELECT 1 FROM swept_packs WHERE id = ?"
        case .packNumbers: "SELECT number, first_bundle, bundles FROM packs WHERE id = ?"
        case .deletePack: "DELETE FROM packs WHERE number = ?"
        case .page: "SELECT number, sealed FROM pages WHERE id = ?"
        case .containsPage: "SELECT 1 FROM pages WHERE id = ?"
        case .insertPage: "INSERT INTO pages (id, sealed) VALUES (?, ?)"
        case .deletePage: "DELETE FROM pages WHERE id = ?"
        case .deletePageByNumber: "DELETE FROM pages WHERE number = ?"
        case .pageNames: "SELECT number, id FROM pages ORDER BY number"
        case .pageTotals: "SELECT pages, bytes, live FROM page_totals"
        case .countPages: "UPDATE page_totals SET pages = pages + ?, bytes = bytes + ?"
        case .settlePageTotals:
            """
            UPDATE page_totals SET (pages, live, bytes) = \
            (SELECT count(*), count(*), coalesce(sum(length(sealed)), 0) FROM pages)
            """
        case .pageSet: "SELECT sealed FROM page_sets WHERE name = ?"
        case .pageSets: "SELECT name, sealed FROM page_sets ORDER BY number"
        case .insertPageSet: "INSERT INTO page_sets (name, sealed) VALUES (?, ?)"
        case .deletePageSet: "DELETE FROM page_sets WHERE name = ?"
        }
    }
}
