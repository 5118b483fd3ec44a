import Storage
import SystemInterface

/// Forgetting a snapshot, and undoing that: docs/consistency.md has the protocol, and why each step is needed.
extension Repository {
    /// What came of forgetting.
    public enum ForgetOutcome: Hashable, Sendable {
        /// The snapshot is forgotten from now on.
        case forgotten(Tombstone)
        /// Somebody else had forgotten it before.
        case wasForgotten(Tombstone)
    }

    /// Writes down that the snapshot is to go. Nothing is deleted: `undoForget` takes it back until a collector has
    /// swept it.
    ///
    /// Holds whose time is over at `attribution.time` are released first. Throws `.held` if one binds, and then the
    /// snapshot is what it was; `.removed` if it was swept; `.noSuchSnapshot`; `.keyNotHeld`. After any other error it may
    /// be forgotten or not.
    public func forget(
        _ snapshot: SnapshotID, by attribution: Attribution, entropy: any EntropySource
    ) throws(RepositoryError) -> ForgetOutcome {
        try requireSnapshot(snapshot)
        // Spares a tombstone that would be undone at once. What counts is the look behind the tombstone.
        if let hold = try releaseHoldsThatAreOver(of: snapshot, by: attribution, entropy: entropy) {
            throw Self.refusal(hold)
        }
        let outcome = try openTombstone(of: snapshot, attribution, entropy)
        // Of who forgets and who holds, each writes first and looks then: at least one of them sees the other.
        guard let hold = try releaseHoldsThatAreOver(of: snapshot, by: attribution, entropy: entropy) else {
            noteStanding(of: snapshot, isForgottenBy: outcome.tombstone)
            return outcome
        }
        _ = try end(outcome.tombstone, .undone, attribution.with(reason: "hold \(hold.shortID) binds"), entropy)
        noteStanding(of: snapshot, isForgottenBy: nil)
        throw Self.refusal(hold)
    }

    /// Takes back that the snapshot is to go; false if nobody had forgotten it. Holds that only a clock has ended, and by
    /// `attribution.time` too early, bind again, under new numbers: a warning names them.
    ///
    /// When this returns, the snapshot stays. Throws `.removed` if it was swept before, and `.keyNotHeld`. After any other
    /// error it may be forgotten or not.
    public func undoForget(
        _ snapshot: SnapshotID, by attribution: Attribution, entropy: any EntropySource
    ) throws(RepositoryError) -> Bool {
        if case .swept(let sweeper) = try settledStanding(of: snapshot, attribution, entropy) {
            throw Self.removal(snapshot, sweeper)
        }
        // Before the tombstone ends: whoever is interrupted does it once more.
        try renewHolds(of: snapshot, by: attribution, entropy: entropy)
        let wasForgotten = try withdrawTombstone(of: snapshot, because: attribution, entropy: entropy)
        if !wasForgotten { try requireSnapshot(snapshot) }
        return wasForgotten
    }

    /// What is to become of the snapshot, asked for by key: what a listing says does not count.
    ///
    /// One that is forgotten and held is `.forgotten` here, and stays all the same: `bindingHolds(of:)` tells.
    public func standing(of snapshot: SnapshotID) throws(RepositoryError) -> SnapshotStanding {
        try standing(of: snapshot, byTombstone: newestNumber(in: .tombstones, of: snapshot))
    }

    /// What is to become of the snapshot, if `number` is its newest tombstone: one is only created when the one before it
    /// was undone, so the newest says it all. How a tombstone ended counts also where that itself is damaged.
    private func standing(
        of snapshot: SnapshotID, byTombstone number: UInt64
    ) throws(RepositoryError) -> SnapshotStanding {
        guard number > 0 else { return .live }
        let name = ObjectName(.tombstones, snapshot.bytes, number: number, part: .final)
        guard let final = try retentionRecord(name) else { return .forgotten(try readTombstone(number, of: snapshot)) }
        return final.kind == .swept ? .swept(final.attribution) : .live
    }

    private func settledStanding(
        of snapshot: SnapshotID, _ attribution: Attribution, _ entropy: any EntropySource
    ) throws(RepositoryError) -> SnapshotStanding {
        let newest = try newestNumber(in: .tombstones, of: snapshot)
        return try settledStanding(of: snapshot, byTombstone: newest, attribution, entropy)
    }

    /// The standing for whoever is about to change it: damage of the newest tombstone is no reason to change nothing.
    ///
    /// One that nobody can read is ended as undone. One whose end nobody can read was undone, as long as the snapshot is
    /// there and no sweep plan names it: who sweeps it decides so, and deletes that first.
    private func settledStanding(
        of snapshot: SnapshotID, byTombstone number: UInt64, _ attribution: Attribution, _ entropy: any EntropySource
    ) throws(RepositoryError) -> SnapshotStanding {
        do throws(RepositoryError) {
            return try standing(of: snapshot, byTombstone: number)
        } catch {
            guard error.isOfContents else { throw error }
        }
        do throws(RepositoryError) {
            let damaged = Tombstone(snapshot: snapshot, number: number, attribution: attribution)
            if case .swept(let sweeper) = try end(damaged, .undone, attribution, entropy) { return .swept(sweeper) }
        } catch {
            guard error.isOfContents else { throw error }
            try requireSnapshot(snapshot)
            if let generation = try decidedGeneration(sweeping: snapshot) {
                throw RepositoryError(
                    .removed, "snapshot \(snapshot.short) was removed for good by garbage collection \(generation)")
            }
        }
        return .live
    }

    /// Claims the end of a tombstone for a collector: whether the snapshot is gone for good.
    ///
    /// False if a hold binds, whatever its time, or if the tombstone was undone. True, by whomever it was swept.
    package func sweep(
        _ tombstone: Tombstone, by attribution: Attribution, entropy: any EntropySource
    ) throws(RepositoryError) -> Bool {
        guard try bindingHolds(of: tombstone.snapshot).isEmpty else { return false }
        guard case .swept = try end(tombstone, .swept, attribution, entropy) else { return false }
        return true
    }

    /// The tombstone `number` of a snapshot. Throws `.storage(.notFound)` if there is none.
    package func readTombstone(_ number: UInt64, of snapshot: SnapshotID) throws(RepositoryError) -> Tombstone {
        let name = ObjectName(.tombstones, snapshot.bytes, number: number)
        guard let record = try retentionRecord(name) else {
            throw RepositoryError(.storage(.notFound), object: name.path, "there is no such object")
        }
        return Tombstone(snapshot: snapshot, number: number, attribution: record.attribution)
    }

    private func openTombstone(
        of snapshot: SnapshotID, _ attribution: Attribution, _ entropy: any EntropySource
    ) throws(RepositoryError) -> ForgetOutcome {
        while true {
            let newest = try newestNumber(in: .tombstones, of: snapshot)
            switch try settledStanding(of: snapshot, byTombstone: newest, attribution, entropy) {
            case .forgotten(let tombstone): return .wasForgotten(tombstone)
            case .swept(let sweeper): throw Self.removal(snapshot, sweeper)
            case .live: break
            }
            let number = newest + 1
            let name = ObjectName(.tombstones, snapshot.bytes, number: number)
            if case .won = try claim(name, RetentionRecord(.tombstone, attribution), entropy: entropy) {
                return .forgotten(Tombstone(snapshot: snapshot, number: number, attribution: attribution))
            }
        }
    }

    /// Ends a tombstone in this way, unless somebody has ended it in another: how it has ended.
    private func end(
        _ tombstone: Tombstone, _ kind: RetentionRecord.Kind, _ attribution: Attribution, _ entropy: any EntropySource
    ) throws(RepositoryError) -> Tombstone.End {
        let name = ObjectName(.tombstones, tombstone.snapshot.bytes, number: tombstone.number, part: .final)
        let own = RetentionRecord(kind, attribution)
        let final: RetentionRecord
        switch try claim(name, own, entropy: entropy) {
        case .won: final = own
        case .taken(let other): final = other
        }
        return final.kind == .swept ? .swept(final.attribution) : .undone(final.attribution)
    }

    /// Ends the newest tombstone of a snapshot that is to stay; false if it was not forgotten. Throws `.removed` if it was
    /// swept.
    @discardableResult
    func withdrawTombstone(
        of snapshot: SnapshotID, because attribution: Attribution, entropy: any EntropySource
    ) throws(RepositoryError) -> Bool {
        switch try settledStanding(of: snapshot, attribution, entropy) {
        case .live: return false
        case .swept(let sweeper): throw Self.removal(snapshot, sweeper)
        case .forgotten(let tombstone):
            if case .swept(let sweeper) = try end(tombstone, .undone, attribution, entropy) {
                throw Self.removal(snapshot, sweeper)
            }
            noteStanding(of: snapshot, isForgottenBy: nil)
            return true
        }
    }

    private static func refusal(_ hold: Hold) -> RepositoryError {
        let reason = hold.attribution.reason.isEmpty ? "" : ": \(hold.attribution.reason)"
        return RepositoryError(.held, "snapshot \(hold.snapshot.short) is held by \(hold.shortID)\(reason)")
    }

    private static func removal(_ snapshot: SnapshotID, _ sweeper: Attribution) -> RepositoryError {
        RepositoryError(
            .removed, "snapshot \(snapshot.short) was removed for good at \(SnapshotTimestamp.format(sweeper.time))")
    }
}

extension Repository.ForgetOutcome {
    /// The tombstone by which the snapshot is forgotten.
    public var tombstone: Tombstone {
        switch self {
        case .forgotten(let tombstone), .wasForgotten(let tombstone): tombstone
        }
    }
}
