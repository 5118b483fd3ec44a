import Coding

// Packs that garbage collection has swept are never believed again, whatever a segment says: the catalog leaves them out
// when it takes one in, and takes them out when it learns of them.

extension Catalog {
    /// How many generations of garbage collection the catalog knows the swept packs of: all from 1 to this number.
    public func sweptGenerations() throws(CatalogError) -> UInt64 {
        try newestSweep().generation
    }

    /// The last of these generations, and the digest of its plan by which it is told from another of this number; 0 and
    /// 32 zeros before the first.
    public func newestSweep() throws(CatalogError) -> (generation: UInt64, plan: Bytes32) {
        try withConnection { (connection) throws(CatalogError) in try connection.newestSweep() }
    }

    /// Those of `packs` that were swept.
    public func sweptPacks(among packs: [Bytes32]) throws(CatalogError) -> Set<Bytes32> {
        try withConnection { (connection) throws(CatalogError) in
            try connection.snapshot { () throws(CatalogError) in
                var swept: Set<Bytes32> = []
                for pack in packs where try connection.isSwept(pack) { swept.insert(pack) }
                return swept
            }
        }
    }

    /// Takes the packs that `generation` has swept out for good; nothing when the catalog knows of it already.
    ///
    /// Generations come in order: `generation` is at most one more than `sweptGenerations`. `plan` is the digest of what
    /// it has said.
    public func remove(
        sweptPacks packs: [Bytes32], ofGeneration generation: UInt64, plan: Bytes32
    ) throws(CatalogError) {
        try write { (connection) throws(CatalogError) in
            let known = try connection.newestSweep().generation
            guard generation > known else { return }
            precondition(generation == known + 1, "generations come in order")
            var removal = SegmentRemoval()
            var hasRemoved = false
            for pack in packs {
                try connection.run(.insertSweptPack, .id(pack))
                hasRemoved = try removal.remove(pack: pack, from: connection) || hasRemoved
            }
            try removal.flush(from: connection)
            try connection.run(.setSweptGenerations, .number(Int64(clamping: generation)), .id(plan))
            guard hasRemoved else { return }
            try connection.run(.countRemoval)
            try connection.run(.forgetComplete)
        }
    }
}

extension Connection {
    func newestSweep() throws(CatalogError) -> (generation: UInt64, plan: Bytes32) {
        var newest: (generation: UInt64, plan: Bytes32)?
        try run(.sweptGenerations) { (row) throws(CatalogError) in
            newest = (try row.number(0, as: UInt64.self), try row.id(1))
        }
        guard let newest else { throw .damaged("it does not say what was swept") }
        return newest
    }

    func isSwept(_ pack: Bytes32) throws(CatalogError) -> Bool {
        var isSwept = false
        try run(.isSwept, .id(pack)) { _ in isSwept = true }
        return isSwept
    }
}
