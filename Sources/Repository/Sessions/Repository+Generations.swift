import Catalog
import Coding
import Storage

/// Generations of garbage collection as everybody reads them.
extension Repository {
    /// Asks for the generations that are new, takes what they have swept out of the catalog for good, and returns the packs
    /// that a generation plans to delete that is not closed: whoever writes must not reuse them.
    ///
    /// Throws `RepositoryError` `.damaged` for a generation that cannot be read: nobody knows then what may be reused; and
    /// what the catalog throws.
    @discardableResult
    func refreshGenerations(in catalog: Catalog) throws -> Set<Bytes32> {
        let newest = try refreshSweeps(in: catalog)
        guard newest > 0, try !isClosed(generation: newest) else { return [] }
        do {
            return Set(try quarantinePlan(of: newest).packs)
        } catch {
            guard error.isOfContents else { throw error }
            throw RepositoryError(
                error.code, object: error.object, "\(error.reason); a prune ends the collection that nobody can read")
        }
    }

    /// The first part of that: takes what new generations have swept out of the catalog, all of it, and returns the number
    /// of the newest generation.
    private func refreshSweeps(in catalog: Catalog) throws -> UInt64 {
        try forgetSweepsThatNeverWere(in: catalog)
        let newest = try newestGeneration()
        guard newest > 0 else { return 0 }
        var swept = try catalog.sweptGenerations()
        while swept < newest, let plan = try sweepPlan(of: swept + 1) {
            swept = try catalog.remove(sweptPacks: plan.packs, ofGeneration: swept + 1, plan: plan.digest)
        }
        guard swept >= newest - 1 else {
            throw RepositoryError(
                .damaged, object: ObjectName(.quarantine, number: swept + 1, part: .sweep).path,
                "it is missing, and there is a newer generation")
        }
        return newest
    }

    /// Empties a catalog that knows of a sweep which the storage does not have: the storage was put back to an older state,
    /// and what the catalog has given up may be there again.
    ///
    /// Asked once for each generation that the catalog comes to know of.
    private func forgetSweepsThatNeverWere(in catalog: Catalog) throws {
        // The catalog is read first: what it knows by then the storage has had before.
        let (generation, digest) = try catalog.newestSweep()
        guard generation > 0, state.withLock({ $0.sweepFound }) != digest else { return }
        do {
            guard try sweepPlan(of: generation)?.digest != digest else {
                return state.withLock { $0.sweepFound = digest }
            }
        } catch {
            // What cannot be read says nothing against the catalog. A flipped bit may look like a newer version.
            guard error.isDamage || error.isOfContents else { throw error }
            return
        }
        warn("the local catalog is of a newer state of the repository, and is made anew")
        try catalog.removeEverything()
        state.withLock { state in
            state.generationKnown = 0
            state.packsReadFromFooters = []
            state.settledSegments = nil
            state.settledSnapshots = nil
        }
    }

    /// The number of the newest generation, 0 if there is none.
    package func newestGeneration() throws(RepositoryError) -> UInt64 {
        let newest = try newestNumber(in: .quarantine, from: state.withLock { $0.generationKnown })
        state.withLock { $0.generationKnown = max($0.generationKnown, newest) }
        return newest
    }

    /// The packs that the newest generation plans to delete, if it isn't closed: no place to rely on.
    ///
    /// Whoever asks relies on what the index says from then on, as `relyOnSweeps` does.
    package func quarantinedPacks() throws(RepositoryError) -> Set<Bytes32> {
        try relyingOnSweeps { (catalog) throws in try refreshGenerations(in: catalog) }
    }

    /// Takes what was swept out of the catalog, all of it: for whoever decides what goes, or takes something away, because
    /// the index knows another place.
    ///
    /// Throws where a sweep plan cannot be read, and so does whatever brings the index up to date from then on and would
    /// know of fewer sweeps: a catalog that has to be made anew would believe in swept packs again.
    package func relyOnSweeps() throws(RepositoryError) {
        _ = try relyingOnSweeps { (catalog) throws in try refreshSweeps(in: catalog) }
    }

    /// Has `look` learn of all sweeps, and notes that somebody relies on them.
    func relyingOnSweeps<Found>(_ look: (Catalog) throws -> Found) throws(RepositoryError) -> Found {
        do {
            var asked = catalog
            let found: Found
            do {
                found = try look(asked)
            } catch let error as CatalogError where error.callsForAnother {
                try replaceCatalog(asked, because: error)
                asked = catalog
                found = try look(asked)
            }
            let known = try asked.sweptGenerations()
            state.withLock { $0.sweepsReliedOn = max($0.sweepsReliedOn, known) }
            return found
        } catch {
            throw Self.wrapped(error)
        }
    }

    /// How many generations have decided what they delete: nothing is deleted but what these name.
    ///
    /// Whoever looks at stored objects and finds this number as it was before they looked, and has left out what the sweep
    /// plans up to it name, has seen nothing vanish. Asked by key; what the records say isn't read.
    package func decidedGenerations() throws(RepositoryError) -> UInt64 {
        let newest = try newestGeneration()
        guard newest > 0 else { return 0 }
        do throws(RepositoryError) {
            return try contains(ObjectName(.quarantine, number: newest, part: .sweep)) ? newest : newest - 1
        } catch {
            // Nothing is copied but what was decided.
            guard error.code == .storage(.ioFailure), try copiedSweepPlan(of: newest) != nil else { throw error }
            return newest
        }
    }

    /// The plan of a generation that exists.
    ///
    /// Throws an error that `isOfContents` where nobody can tell what it says: then a collection that deletes nothing ends
    /// the generation.
    package func quarantinePlan(of generation: UInt64) throws(RepositoryError) -> QuarantinePlan {
        let name = ObjectName(.quarantine, number: generation)
        guard let bytes = try readIfPresent(name) else {
            throw RepositoryError(.damaged, object: name.path, "it is missing")
        }
        return try openRecord(bytes, as: name, QuarantinePlan.init(decoding:))
    }

    /// The sweep plan of a generation, or nil if it has none yet; from its copy where it is damaged, missing, or not to be
    /// had from the storage.
    package func sweepPlan(of generation: UInt64) throws(RepositoryError) -> SweepPlan? {
        let name = ObjectName(.quarantine, number: generation, part: .sweep)
        var failure: RepositoryError?
        do throws(RepositoryError) {
            if let bytes = try readIfPresent(name) { return try openRecord(bytes, as: name, SweepPlan.init(decoding:)) }
        } catch {
            failure = error
        }
        guard let failure else { return try copiedSweepPlan(of: generation) }
        // Its bytes are bound to the plan's name: whatever keeps the plan from being read, they say the same.
        guard let copy = try? copiedSweepPlan(of: generation) else { throw failure }
        return copy
    }

    /// The generation whose sweep plan says that a snapshot goes, or nil if none does.
    ///
    /// Reads all sweep plans, the newest first, since a late publisher may have created again what was swept long ago: for
    /// where nobody can read how its tombstone ended. Throws `.damaged` where one cannot be read.
    package func decidedGeneration(sweeping snapshot: SnapshotID) throws(RepositoryError) -> UInt64? {
        let newest = try newestGeneration()
        for generation in stride(from: newest, to: 0, by: -1) {
            if let plan = try sweepPlan(of: generation) {
                if plan.snapshots.contains(where: { $0.snapshot == snapshot }) { return generation }
            } else if generation < newest {
                throw RepositoryError(
                    .damaged, object: ObjectName(.quarantine, number: generation, part: .sweep).path,
                    "it is missing, and there is a newer generation")
            }
        }
        return nil
    }

    /// The newest sweep plan, which has the newest ledger; nil if there is none yet.
    package func newestLedger() throws(RepositoryError) -> SweepPlan? {
        let newest = try newestGeneration()
        guard newest > 0 else { return nil }
        if let plan = try sweepPlan(of: newest) { return plan }
        // Of generations, only the newest may have none.
        return newest > 1 ? try sweepPlan(of: newest - 1) : nil
    }

    /// What the copy of a sweep plan says, or nil if there is none that can be read.
    func copiedSweepPlan(of generation: UInt64) throws(RepositoryError) -> SweepPlan? {
        try copyOfSweepPlan(generation)?.plan
    }

    /// The copy of a sweep plan and its bytes, which are those of the plan; nil if there is none that can be read.
    func copyOfSweepPlan(_ generation: UInt64) throws(RepositoryError) -> (plan: SweepPlan, bytes: [UInt8])? {
        guard let bytes = try readIfPresent(ObjectName(.quarantine, number: generation, part: .copy)) else {
            return nil
        }
        // The bytes are those of the plan, which are bound to its name.
        let name = ObjectName(.quarantine, number: generation, part: .sweep)
        guard let plan = try? openRecord(bytes, as: name, SweepPlan.init(decoding:)) else { return nil }
        return (plan, bytes)
    }

    /// Whether nothing is left to do for a generation. Where nobody can tell, everything is done once more.
    package func isClosed(generation: UInt64) throws(RepositoryError) -> Bool {
        let name = ObjectName(.quarantine, number: generation, part: .closed)
        do {
            guard let bytes = try readIfPresent(name) else { return false }
            _ = try openRecord(bytes, as: name, RunIdentity.init(decoding:))
        } catch {
            guard error.isUnreadable else { throw error }
            return false
        }
        return true
    }
}

extension RunIdentity {
    /// An identity that is a record of its own.
    init(decoding bytes: [UInt8]) throws(CodingError) {
        var reader = ByteReader(bytes)
        try self.init(from: &reader)
        try reader.expectEnd()
    }

    func encode() -> [UInt8] {
        var writer = ByteWriter(capacity: 64)
        encode(to: &writer)
        return writer.bytes
    }
}
