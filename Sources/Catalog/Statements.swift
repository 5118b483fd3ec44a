/// Every `Query`, prepared on one connection.
struct Statements: ~Copyable {
    private let prepared: InlineArray<55, Statement>

    /// Prepares all of them on `database`.
    init(_ database: OpaquePointer) throws(CatalogError) {
        let queries = Query.allCases
        precondition(queries.count == 55, "every query has its place")
        prepared = try InlineArray { (index) throws(CatalogError) in try Statement(database, queries[index].sql) }
    }

    /// Runs a query and shows each row to `body`.
    func run(
        _ query: Query, _ values: [Statement.Value], row body: (borrowing Statement) throws(CatalogError) -> Void
    ) throws(CatalogError) {
        try prepared[query.rawValue].run(values, row: body)
    }
}
