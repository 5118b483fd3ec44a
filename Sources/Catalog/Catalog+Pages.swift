import Coding

// The files cache: sealed pages of trees by name, and what was saved last of each set of files. The catalog sees names
// that are keyed hashes, and sealed bytes.

extension Catalog {
    /// The page `id`, sealed, and the number of its row. Complexity: O(log pages).
    ///
    /// Look-ups in a row share a transaction, as those of `contains` do.
    public func page(_ id: Bytes32) throws(CatalogError) -> (number: Int64, sealed: [UInt8])? {
        try withConnection(keepingReads: true) { (connection) throws(CatalogError) in
            var found: (number: Int64, sealed: [UInt8])?
            try connection.run(.page, .id(id)) { (row) throws(CatalogError) in
                found = (try row.number(0, as: Int64.self), try row.bytes(1))
            }
            return found
        }
    }

    /// Stores sealed pages; those that are there already stay as they are.
    public func add(pages: [(id: Bytes32, sealed: [UInt8])]) throws(CatalogError) {
        try write { (connection) throws(CatalogError) in
            var count: Int64 = 0
            var bytes: Int64 = 0
            for page in pages where try !connection.containsPage(page.id) {
                try connection.run(.insertPage, .id(page.id), .bytes(page.sealed))
                count += 1
                bytes += Int64(page.sealed.count)
            }
            try connection.run(.countPages, .number(count), .number(bytes))
        }
    }

    /// Removes the page `id`; nothing when there is none.
    public func remove(page id: Bytes32) throws(CatalogError) {
        try write { (connection) throws(CatalogError) in
            var bytes: Int64?
            try connection.run(.page, .id(id)) { (row) throws(CatalogError) in bytes = Int64(try row.bytes(1).count) }
            guard let bytes else { return }
            try connection.run(.deletePage, .id(id))
            try connection.run(.countPages, .number(-1), .number(-bytes))
        }
    }

    /// The pages' names, in the order in which they were stored.
    public func pageIDs() throws(CatalogError) -> [Bytes32] {
        try withConnection { (connection) throws(CatalogError) in
            var found: [Bytes32] = []
            try connection.run(.pageNames) { (row) throws(CatalogError) in found.append(try row.id(1)) }
            return found
        }
    }

    /// How many pages there are. Complexity: O(1).
    public func pageTotals() throws(CatalogError) -> PageTotals {
        try withConnection { (connection) throws(CatalogError) in
            var totals: PageTotals?
            try connection.run(.pageTotals) { (row) throws(CatalogError) in
                totals = PageTotals(pages: try row.count(0), bytes: try row.count(1), live: try row.count(2))
            }
            guard let totals else { throw .damaged("the count of pages is missing") }
            return totals
        }
    }

    /// Removes every page whose number is not in `live`. Complexity: O(pages).
    public func sweepPages(keeping live: Set<Int64>) throws(CatalogError) {
        try write { (connection) throws(CatalogError) in
            var dead: [Int64] = []
            try connection.run(.pageNames) { (row) throws(CatalogError) in
                let number = try row.number(0, as: Int64.self)
                if !live.contains(number) { dead.append(number) }
            }
            for number in dead { try connection.run(.deletePageByNumber, .number(number)) }
            try connection.run(.settlePageTotals)
        }
    }

    /// What is noted of the set `name`, sealed.
    public func pageSet(_ name: Bytes32) throws(CatalogError) -> [UInt8]? {
        try withConnection { (connection) throws(CatalogError) in
            var found: [UInt8]?
            try connection.run(.pageSet, .id(name)) { (row) throws(CatalogError) in found = try row.bytes(0) }
            return found
        }
    }

    /// The sets, the one that was noted first first.
    public func pageSets() throws(CatalogError) -> [(name: Bytes32, sealed: [UInt8])] {
        try withConnection { (connection) throws(CatalogError) in
            var found: [(name: Bytes32, sealed: [UInt8])] = []
            try connection.run(.pageSets) { (row) throws(CatalogError) in
                found.append((try row.id(0), try row.bytes(1)))
            }
            return found
        }
    }

    /// Notes something of the set `name`, in the place of what was noted before.
    public func replacePageSet(_ name: Bytes32, _ sealed: [UInt8]) throws(CatalogError) {
        try write { (connection) throws(CatalogError) in
            // The number must be the highest: it says which set is the oldest.
            try connection.run(.deletePageSet, .id(name))
            try connection.run(.insertPageSet, .id(name), .bytes(sealed))
        }
    }

    /// Forgets the set `name`; nothing when nothing is noted of it.
    public func remove(pageSet name: Bytes32) throws(CatalogError) {
        try write { (connection) throws(CatalogError) in
            try connection.run(.deletePageSet, .id(name))
        }
    }
}

extension Connection {
    fileprivate func containsPage(_ id: Bytes32) throws(CatalogError) -> Bool {
        var isThere = false
        try run(.containsPage, .id(id)) { _ in isThere = true }
        return isThere
    }
}
