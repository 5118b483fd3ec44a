import CSQLite
import Coding
import SystemInterface

/// An exact set of chunks' names whose memory is bounded: what a mark has found to be live.
///
/// Names are kept in memory up to a limit. Above it they go, sorted, to a table of a temporary file without a name, which
/// SQLite removes with the set (sqlite.org/inmemorydb.html, "Temporary Databases"). For one thread at a time.
public struct ChunkSet: ~Copyable {
    /// How many names are kept in memory unless it is said otherwise: some 64 MiB.
    public static let memoryChunksDefault = 1 << 20
    private static let cacheKibibytes = 64 * 1024

    /// SQLite's handle, closed when it goes.
    private struct Handle: ~Copyable {
        let pointer: OpaquePointer

        deinit {
            // Waits for the statements, which go after this.
            sqlite3_close_v2(pointer)
        }
    }

    /// A class, so that a set without one costs nothing to make.
    private final class Table {
        private let handle: Handle
        let insertion: Statement
        let look: Statement

        init() throws(CatalogError) {
            var opened: OpaquePointer?
            let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
            let result = sqlite3_open_v2("", &opened, flags, nil)
            guard let opened else { throw CatalogError(database: nil, result: result, "making a temporary table") }
            let handle = Handle(pointer: opened)
            guard result == SQLITE_OK else {
                throw CatalogError(database: opened, result: result, "making a temporary table")
            }
            try Self.execute(
                opened,
                """
                PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -\(ChunkSet.cacheKibibytes); \
                CREATE TABLE chunks (id BLOB NOT NULL PRIMARY KEY) WITHOUT ROWID
                """)
            let insertion = try Statement(opened, "INSERT OR IGNORE INTO chunks VALUES (?)")
            let look = try Statement(opened, "SELECT 1 FROM chunks WHERE id = ?")
            self.handle = handle
            self.insertion = insertion
            self.look = look
        }

        func insert(_ ids: [Bytes32]) throws(CatalogError) {
            try Self.execute(handle.pointer, "BEGIN")
            for id in ids { try insertion.run([.id(id)]) { _ in } }
            try Self.execute(handle.pointer, "COMMIT")
        }

        func contains(_ id: Bytes32) throws(CatalogError) -> Bool {
            var isThere = false
            try look.run([.id(id)]) { _ in isThere = true }
            return isThere
        }

        private static func execute(_ database: OpaquePointer, _ sql: String) throws(CatalogError) {
            let result = sqlite3_exec(database, sql, nil, nil, nil)
            guard result == SQLITE_OK else { throw CatalogError(database: database, result: result, "running \(sql)") }
        }
    }

    /// How many names it has.
    public private(set) var count = 0
    private let memoryChunksMax: Int
    private var recent: Set<Bytes32> = []
    private var table: Table?

    /// An empty set that keeps this many names in memory.
    public init(memoryChunksMax: Int = ChunkSet.memoryChunksDefault) {
        self.memoryChunksMax = max(1, memoryChunksMax)
    }

    /// Adds a name; false if it was there.
    public mutating func insert(_ id: Bytes32) throws(CatalogError) -> Bool {
        guard try !contains(id) else { return false }
        recent.insert(id)
        count += 1
        if recent.count >= memoryChunksMax { try spill() }
        return true
    }

    /// Whether the name was added.
    public func contains(_ id: Bytes32) throws(CatalogError) -> Bool {
        if recent.contains(id) { return true }
        guard let table else { return false }
        return try table.contains(id)
    }

    /// Moves what is in memory to the table, in order: names are random, and in order they go into it page by page.
    private mutating func spill() throws(CatalogError) {
        let table: Table
        if let present = self.table { table = present } else { table = try Table() }
        try table.insert(recent.sorted())
        self.table = table
        recent.removeAll(keepingCapacity: true)
    }
}
