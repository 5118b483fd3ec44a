import Coding
import Storage
import SystemInterface

/// Holding a snapshot, and releasing it: docs/consistency.md has the protocol, and why each step is needed.
extension Repository {
    /// Why a hold is released that nobody but a clock has ended.
    private static let reasonOfClock = "its time is over"

    /// Holds the snapshot: from when this returns, nothing removes it until the hold is released. If it is forgotten, that
    /// is undone.
    ///
    /// Throws `.removed` if it was swept before, and then no hold is left that binds; `.noSuchSnapshot`; `.keyNotHeld`;
    /// `.invalidArgument` without a reason. After any other error the hold may be there or not: `holds(of:)` shows it.
    public func addHold(
        of snapshot: SnapshotID, by attribution: Attribution, until: Timestamp? = nil, entropy: any EntropySource
    ) throws(RepositoryError) -> Hold {
        guard !attribution.reason.isEmpty else { throw RepositoryError(.invalidArgument, "a hold needs a reason") }
        try requireSnapshot(snapshot)
        let number = try createHold(of: snapshot, RetentionRecord(.hold, attribution, until: until), entropy)
        // Of who forgets and who holds, each writes first and looks then: at least one of them sees the other.
        do throws(RepositoryError) {
            let why = attribution.with(reason: "hold \(snapshot.short).\(number) binds")
            try withdrawTombstone(of: snapshot, because: why, entropy: entropy)
        } catch {
            guard error.code == .removed else { throw error }
            // There is nothing left to be held. A hold that stays behind does no harm.
            let why = attribution.with(reason: "the snapshot was removed before")
            _ = try? release(number, of: snapshot, why, entropy)
            throw error
        }
        return Hold(snapshot: snapshot, number: number, attribution: attribution, until: until, release: nil)
    }

    /// Releases a hold; false if somebody had released it before.
    ///
    /// Throws `.noSuchHold` and `.keyNotHeld`. After any other error it may be released or not.
    public func releaseHold(
        _ number: UInt64, of snapshot: SnapshotID, by attribution: Attribution, entropy: any EntropySource
    ) throws(RepositoryError) -> Bool {
        guard try hold(number, of: snapshot) != nil else {
            throw RepositoryError(.noSuchHold, "there is no hold \(snapshot.short).\(number)")
        }
        return try release(number, of: snapshot, attribution, entropy)
    }

    /// All holds of the snapshot, released ones too, by number. Asked for by key: what a listing says does not count. One that
    /// is lost does not end the search, lest it take those behind it along.
    public func holds(of snapshot: SnapshotID) throws(RepositoryError) -> [Hold] {
        var holds: [Hold] = []
        var number: UInt64 = 1
        var absent = 0
        while absent <= Limits.holdGapMax {
            if let hold = try hold(number, of: snapshot) {
                holds.append(hold)
                absent = 0
            } else {
                absent = try contains(Self.releaseName(number, of: snapshot)) ? 0 : absent + 1
            }
            number += 1
            guard number <= Limits.retentionNumberMax else {
                throw RepositoryError(
                    .damaged, object: ObjectFolder.holds.rawValue, "snapshot \(snapshot.short) has too many holds")
            }
        }
        return holds
    }

    /// The holds of the snapshot that nobody has released, whatever their time: while there is one, nothing removes the
    /// snapshot.
    public func bindingHolds(of snapshot: SnapshotID) throws(RepositoryError) -> [Hold] {
        try holds(of: snapshot).filter { $0.release == nil }
    }

    /// Whether a hold is in force for someone whose clock shows `now`; true, with a warning, where a disk does not give what
    /// would tell.
    package func isHeld(_ snapshot: SnapshotID, at now: Timestamp) throws(RepositoryError) -> Bool {
        do throws(RepositoryError) {
            return try holds(of: snapshot).contains { $0.isInForce(at: now) }
        } catch {
            guard error.isUnreadable else { throw error }
            warn("\(error); snapshot \(snapshot.short) is taken for one that is held")
            return true
        }
    }

    /// The snapshots of which a listing shows holds, released ones too, ascending. For people: whoever is about to remove
    /// something asks for the holds of that. A disk may not give those of one of them.
    public func snapshotsWithHolds() throws(RepositoryError) -> [SnapshotID] {
        Set(try names(in: .holds)).sorted().map { SnapshotID($0) }
    }

    /// Releases the holds of a snapshot that is to be forgotten, since their time is over, with a warning: only then is it
    /// free for collectors, which have no clock. If one is still in force, returns that, and releases none.
    func releaseHoldsThatAreOver(
        of snapshot: SnapshotID, by attribution: Attribution, entropy: any EntropySource
    ) throws(RepositoryError) -> Hold? {
        let holds = try bindingHolds(of: snapshot)
        if let hold = holds.first(where: { $0.isInForce(at: attribution.time) }) { return hold }
        for hold in holds {
            let why = attribution.with(reason: Self.reasonOfClock)
            guard try release(hold.number, of: snapshot, why, entropy) else { continue }
            let end = hold.until.map(SnapshotTimestamp.format) ?? ""
            warn("hold \(hold.shortID) was over at \(end), and is released: \(hold.attribution.reason)")
        }
        return nil
    }

    /// Holds anew what a clock has released that was ahead of the one that shows `attribution.time`.
    func renewHolds(
        of snapshot: SnapshotID, by attribution: Attribution, entropy: any EntropySource
    ) throws(RepositoryError) {
        let holds = try holds(of: snapshot)
        for hold in holds {
            guard let until = hold.until, attribution.time <= until, let release = hold.release, until < release.time,
                release.reason == Self.reasonOfClock,
                // Of those that took each other's place, the last one counts.
                holds.last(where: { $0.until == until && $0.attribution.reason == hold.attribution.reason }) == hold
            else { continue }
            let own = attribution.with(reason: hold.attribution.reason)
            let number = try createHold(of: snapshot, RetentionRecord(.hold, own, until: until), entropy)
            warn(
                "hold \(snapshot.short).\(number) takes the place of \(hold.shortID), which a clock had ended too early"
            )
        }
    }

    private func hold(_ number: UInt64, of snapshot: SnapshotID) throws(RepositoryError) -> Hold? {
        let record: RetentionRecord
        do {
            guard let stored = try retentionRecord(ObjectName(.holds, snapshot.bytes, number: number)) else {
                return nil
            }
            record = stored
        } catch {
            guard error.isOfContents else { throw error }
            warn("\(error); it binds")
            let nobody = Attribution(time: .zero, userName: "", host: "", reason: "this hold cannot be read")
            record = RetentionRecord(.hold, nobody)
        }
        return Hold(
            snapshot: snapshot, number: number, attribution: record.attribution, until: record.until,
            release: try release(of: number, of: snapshot))
    }

    /// Who has released a hold; nil where nobody has, or nobody can tell.
    private func release(of number: UInt64, of snapshot: SnapshotID) throws(RepositoryError) -> Attribution? {
        do {
            return try retentionRecord(Self.releaseName(number, of: snapshot))?.attribution
        } catch {
            guard error.isOfContents else { throw error }
            warn("\(error); the hold binds")
            return nil
        }
    }

    /// Creates the hold at the first number that is free. One whose hold is lost is not, if that was released: the release
    /// would count for the new one.
    private func createHold(
        of snapshot: SnapshotID, _ record: RetentionRecord, _ entropy: any EntropySource
    ) throws(RepositoryError) -> UInt64 {
        for number in 1...UInt64(Limits.retentionNumberMax) {
            let name = ObjectName(.holds, snapshot.bytes, number: number)
            if try contains(name) { continue }
            if try contains(Self.releaseName(number, of: snapshot)) { continue }
            try requireUnseen(name)
            if case .won = try claim(name, record, entropy: entropy) { return number }
        }
        throw RepositoryError(
            .damaged, object: ObjectFolder.holds.rawValue, "snapshot \(snapshot.short) has too many holds")
    }

    private static func releaseName(_ number: UInt64, of snapshot: SnapshotID) -> ObjectName {
        ObjectName(.holds, snapshot.bytes, number: number, part: .released)
    }

    private func release(
        _ number: UInt64, of snapshot: SnapshotID, _ attribution: Attribution, _ entropy: any EntropySource
    ) throws(RepositoryError) -> Bool {
        let record = RetentionRecord(.release, attribution)
        guard case .won = try claim(Self.releaseName(number, of: snapshot), record, entropy: entropy) else {
            return false
        }
        return true
    }
}
