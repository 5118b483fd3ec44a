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

    /// Takes the packs that `generation` has swept out for good, and returns what `sweptGenerations` is then. `plan` is
    /// the digest of what it has said.
    ///
    /// Generations come in order: nothing is changed when the catalog knows of this one already, and nothing when it
    /// does not know of the one before, because another process has emptied it meanwhile.
    @discardableResult
    public func remove(
        sweptPacks packs: [Bytes32], ofGeneration generation: UInt64, plan: Bytes32
    ) throws(CatalogError) -> UInt64 {
        try write { (connection) throws(CatalogError) in
            let known = try connection.newestSweep().generation
            guard generation == known + 1 else { return known }
            var removal = SegmentRemoval()
            var hasRemoved = false
            for pack in packs {
                try connection.run(.insertSweptPack, .id(pack))
                hasRemoved = try removal.remove(pack: pack, from: connection) || hasRemoved
            }
            try removal.flush(from: connection)
            try connection.run(.setSweptGenerations, .number(Int64(clamping: generation)), .id(plan))
            if hasRemoved {
                try connection.run(.countRemoval)
                try connection.run(.forgetComplete)
            }
            return generation
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
