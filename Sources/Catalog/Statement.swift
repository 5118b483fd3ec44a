import CSQLite
import Coding

/// A prepared statement of SQLite: the one place that binds values and reads columns.
///
/// Whatever comes out of a row is checked, since the file may be damaged in ways that SQLite can't see.
struct Statement: ~Copyable {
    /// A value for a parameter.
    enum Value {
        case number(Int64)
        case bytes([UInt8])
        case id(Bytes32)
    }

    private let handle: OpaquePointer
    private let database: OpaquePointer

    /// Prepares `sql`; the statement must not outlive the connection's use, and `sqlite3_close_v2` waits for it.
    init(_ database: OpaquePointer, _ sql: String) throws(CatalogError) {
        var prepared: OpaquePointer?
        let result = sqlite3_prepare_v3(database, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
        guard result == SQLITE_OK, let prepared else {
            throw CatalogError(database: database, result: result, "preparing \(sql)")
        }
        handle = prepared
        self.database = database
    }

    deinit {
        sqlite3_finalize(handle)
    }

    /// Runs the statement and shows each row to `body`.
    func run(
        _ values: [Value], row body: (borrowing Statement) throws(CatalogError) -> Void
    ) throws(CatalogError) {
        defer { reset() }
        for (index, value) in values.enumerated() {
            try bind(value, at: Int32(index + 1))
        }
        while try step() {
            try body(self)
        }
    }

    /// A number that can't be negative.
    func count(_ column: Int32) throws(CatalogError) -> Int {
        let value = sqlite3_column_int64(handle, column)
        guard sqlite3_column_type(handle, column) == SQLITE_INTEGER, value >= 0 else {
            throw .damaged("a number is missing or negative")
        }
        return Int(value)
    }

    /// A number that fits into `type`.
    func number<Number: FixedWidthInteger>(_ column: Int32, as type: Number.Type) throws(CatalogError) -> Number {
        guard let value = Number(exactly: try count(column)) else { throw .damaged("a number is too large") }
        return value
    }

    /// A blob.
    func bytes(_ column: Int32) throws(CatalogError) -> [UInt8] {
        guard sqlite3_column_type(handle, column) == SQLITE_BLOB else { throw .damaged("bytes are missing") }
        return withBlob(column) { Array($0) }
    }

    /// A blob of 32 bytes.
    func id(_ column: Int32) throws(CatalogError) -> Bytes32 {
        guard
            sqlite3_column_type(handle, column) == SQLITE_BLOB,
            let id = withBlob(column, { Bytes32($0.bindMemory(to: UInt8.self).span) })
        else { throw .damaged("an identifier is missing or does not have 32 bytes") }
        return id
    }

    /// Whether a column has no value.
    func isNull(_ column: Int32) -> Bool {
        sqlite3_column_type(handle, column) == SQLITE_NULL
    }

    private func withBlob<Result>(_ column: Int32, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        // In this order: sqlite3_column_blob may move the bytes that sqlite3_column_bytes counts.
        let start = sqlite3_column_blob(handle, column)
        return body(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))))
    }

    private func bind(_ value: Value, at index: Int32) throws(CatalogError) {
        let result =
            switch value {
            case .number(let number): sqlite3_bind_int64(handle, index, number)
            case .bytes(let bytes): bind(bytes, at: index)
            case .id(let id): bind(id.bytes, at: index)
            }
        guard result == SQLITE_OK else { throw CatalogError(database: database, result: result, "binding a value") }
    }

    private func bind(_ bytes: [UInt8], at index: Int32) -> Int32 {
        guard !bytes.isEmpty else { return sqlite3_bind_zeroblob(handle, index, 0) }
        return bytes.withUnsafeBytes { buffer in
            pastfs_sqlite3_bind_copied_blob(handle, index, buffer.baseAddress, Int32(clamping: buffer.count))
        }
    }

    private func step() throws(CatalogError) -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let result:
            let sql = sqlite3_sql(handle).map { String(cString: $0) } ?? "a statement"
            throw CatalogError(database: database, result: result, "running \(sql)")
        }
    }

    /// Ends the statement's hold on the file. The result repeats the error of the last step, which was thrown already.
    private func reset() {
        _ = sqlite3_reset(handle)
    }
}

extension CatalogError {
    /// An error of `database` with SQLite's own message, got while doing `action`.
    init(database: OpaquePointer?, result: Int32, _ action: String) {
        let extended = database.map { sqlite3_extended_errcode($0) } ?? result
        let code = extended & 0xFF == result & 0xFF ? extended : result
        let text = database.map { String(cString: sqlite3_errmsg($0)) } ?? String(cString: sqlite3_errstr(result))
        self.init(result: code, message: text, action)
    }
}
