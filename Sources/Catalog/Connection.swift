import CSQLite
import Coding
import SystemInterface

/// A connection to a catalog's file and the statements prepared on it; used by one thread at a time.
struct Connection: ~Copyable {
    /// SQLite's handle, closed when the connection goes.
    private struct Handle: ~Copyable {
        let pointer: OpaquePointer

        deinit {
            // The second form waits for statements that are finalised later.
            sqlite3_close_v2(pointer)
        }
    }

    private let handle: Handle
    private let statements: Statements
    private let reading = OpenReading()

    /// A transaction that reads and is kept open from one call to the next. A class, because a connection is borrowed by
    /// whoever uses it; the catalog's lock lets one thread at a time come here.
    private final class OpenReading {
        /// How many look-ups may still use it; 0 when none is open.
        var lookupsLeft = 0
    }

    /// Opens a catalog that is there, or throws `.damaged` unless it is one of `repository` in this version's schema.
    static func open(path: FilePath, repository: [UInt8]) throws(CatalogError) -> Connection {
        let handle = try openHandle(path)
        try checkSchema(handle.pointer, repository: repository)
        return try Connection(handle: handle)
    }

    /// Makes the tables in an empty file, or in memory for the path ":memory:".
    static func make(path: FilePath, repository: [UInt8]) throws(CatalogError) -> Connection {
        let handle = try openHandle(path)
        try makeSchema(handle.pointer, repository: repository)
        return try Connection(handle: handle)
    }

    private init(handle: consuming Handle) throws(CatalogError) {
        let statements = try Statements(handle.pointer)
        self.handle = handle
        self.statements = statements
    }

    /// Runs a query with these values for its parameters, and shows each row to `body`.
    func run(
        _ query: Query, _ values: Statement.Value...,
        row body: (borrowing Statement) throws(CatalogError) -> Void = { _ in }
    ) throws(CatalogError) {
        try statements.run(query, values, row: body)
    }

    /// The number of the row that was inserted last.
    var lastInsertedNumber: Int64 { sqlite3_last_insert_rowid(handle.pointer) }

    /// Runs `body` in a transaction that writes: all of it is stored, or nothing.
    func transaction<Result>(_ body: () throws(CatalogError) -> Result) throws(CatalogError) -> Result {
        // IMMEDIATE, so that two writers wait for each other instead of failing when the second begins to write.
        try Self.execute(handle.pointer, "BEGIN IMMEDIATE")
        do throws(CatalogError) {
            let result = try body()
            try Self.execute(handle.pointer, "COMMIT")
            return result
        } catch {
            // SQLite may have rolled back by itself, and then says so: nothing is lost by ignoring it.
            try? Self.execute(handle.pointer, "ROLLBACK")
            throw error
        }
    }

    /// Sees to it that a transaction is open that reads, for a look-up.
    func keepReading() throws(CatalogError) {
        if reading.lookupsLeft == 1 { endReading() }
        if reading.lookupsLeft == 0 {
            try Self.execute(handle.pointer, "BEGIN DEFERRED")
            reading.lookupsLeft = CatalogLimits.lookupsKept
        } else {
            reading.lookupsLeft -= 1
        }
    }

    /// Ends what `keepReading` began.
    func endReading() {
        guard reading.lookupsLeft > 0 else { return }
        reading.lookupsLeft = 0
        try? Self.execute(handle.pointer, "COMMIT")
    }

    /// Runs `body` in a transaction that reads: it sees one state of the catalog.
    func snapshot<Result>(_ body: () throws(CatalogError) -> Result) throws(CatalogError) -> Result {
        try Self.execute(handle.pointer, "BEGIN DEFERRED")
        defer { try? Self.execute(handle.pointer, "COMMIT") }
        return try body()
    }

    /// Empties every table but the repository's, within the transaction of the caller.
    func removeAllRows() throws(CatalogError) {
        try run(.countRemoval)
        for table in [
            "segments", "packs", "sessions", "bundles", "contents", "chunks", "snapshots", "complete_snapshots",
            "pages",
            "page_sets", "swept_packs",
        ] {
            try Self.execute(handle.pointer, "DELETE FROM \(table)")
        }
        try run(.setSweptGenerations, .number(0), .bytes([UInt8](repeating: 0, count: Bytes32.count)))
        try run(.settlePageTotals)
    }

    private static func openHandle(_ path: FilePath) throws(CatalogError) -> Handle {
        var opened: OpaquePointer?
        // NOMUTEX because `Catalog` holds a lock of its own.
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        let result = path.withCString { sqlite3_open_v2($0, &opened, flags, nil) }
        guard let opened else {
            throw CatalogError(database: nil, result: result, "opening \(path)")
        }
        let handle = Handle(pointer: opened)
        guard result == SQLITE_OK else {
            throw CatalogError(database: opened, result: result, "opening \(path)")
        }
        // Instead of failing, SQLite opens a file that may not be written for reading alone.
        guard sqlite3_db_readonly(opened, "main") == 0 else {
            throw CatalogError(.permissionDenied, message: "opening \(path): the user may not write it")
        }
        try configure(opened)
        return handle
    }

    private static func configure(_ database: OpaquePointer) throws(CatalogError) {
        sqlite3_busy_timeout(database, CatalogLimits.busyTimeoutMilliseconds)
        _ = pastfs_sqlite3_make_defensive(database)
        _ = pastfs_sqlite3_distrust_schema(database)
        // The catalog is disposable: a loss of power may cost the last transactions, never the order of them.
        try execute(
            database,
            """
            PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY; \
            PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; \
            PRAGMA cache_size = -\(CatalogLimits.pageCacheKibibytes); \
            PRAGMA journal_size_limit = \(CatalogLimits.logBytes)
            """)
    }

    private static func checkSchema(_ database: OpaquePointer, repository: [UInt8]) throws(CatalogError) {
        try checkNumber(database, "PRAGMA application_id", Schema.applicationID, "belongs to another program")
        try checkNumber(database, "PRAGMA user_version", Catalog.schemaVersion, "has another version of the schema")
        var tables: [[UInt8]] = []
        let sql = "SELECT CAST(sql AS BLOB) FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid"
        try Statement(database, sql).run([]) { (row) throws(CatalogError) in tables.append(try row.bytes(0)) }
        guard tables == Schema.tables.map({ Array($0.utf8) }) else {
            throw .damaged("the file has other tables than a catalog")
        }
        var repositories: [[UInt8]] = []
        try Statement(database, "SELECT id FROM repository").run([]) { (row) throws(CatalogError) in
            repositories.append(try row.bytes(0))
        }
        guard repositories == [repository] else { throw .damaged("the file mirrors another repository") }
    }

    private static func checkNumber(
        _ database: OpaquePointer, _ sql: String, _ expected: Int, _ reason: String
    ) throws(CatalogError) {
        var found: [Int] = []
        try Statement(database, sql).run([]) { (row) throws(CatalogError) in found.append(try row.count(0)) }
        guard found == [expected] else { throw .damaged("the file \(reason)") }
    }

    private static func makeSchema(_ database: OpaquePointer, repository: [UInt8]) throws(CatalogError) {
        try execute(database, "BEGIN IMMEDIATE")
        for table in Schema.tables {
            try execute(database, table)
        }
        try Statement(database, "INSERT INTO repository VALUES (?)").run([.bytes(repository)]) { _ in }
        try execute(
            database,
            "INSERT INTO removals VALUES (0); INSERT INTO page_totals VALUES (0, 0, 0); INSERT INTO generations VALUES (0, zeroblob(32))"
        )
        try execute(
            database,
            """
            PRAGMA application_id = \(Schema.applicationID); PRAGMA user_version = \(Catalog.schemaVersion); COMMIT
            """)
    }

    private static func execute(_ database: OpaquePointer, _ sql: String) throws(CatalogError) {
        let result = sqlite3_exec(database, sql, nil, nil, nil)
        guard result == SQLITE_OK else { throw CatalogError(database: database, result: result, "running \(sql)") }
    }
}
