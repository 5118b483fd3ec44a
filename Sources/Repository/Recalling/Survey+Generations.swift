import Coding
import Storage

extension Survey {
    /// Asks for the generations from the one that is known to the newest, and takes in the newest ledger.
    ///
    /// `claimed` is the newest that a claim tells of.
    mutating func surveyGenerations(claimed: UInt64) throws(RepositoryError) {
        let followed = known.followedGeneration
        var start: UInt64 = followed
        if followed > 0, try !contains(ObjectName(.quarantine, number: followed)) {
            report(.missing, ObjectName(.quarantine, number: followed))
            start = 0
        }
        if claimed > start, try contains(ObjectName(.quarantine, number: claimed)) { start = claimed }
        let newest = try repository.newestNumber(in: .quarantine, from: start)
        if claimed > newest { report(.missing, ObjectName(.quarantine, number: claimed)) }
        repository.noteGeneration(newest)
        newestGeneration = newest
        for name in known.records.keys.sorted() where name.folder == .quarantine && name.number ?? 0 > newest {
            if try !contains(name) { report(.missing, name) }
        }
        guard newest > 0 else { return }
        var vouched: [UInt64: GenerationDigests] = [:]
        if claimed > 0, let digests = newestClaim?.link.generation { vouched[claimed] = digests }
        let reach = newest > Limits.chainedGenerationsMax ? newest - Limits.chainedGenerationsMax : 0
        let first = followed > 0 && followed <= newest && !isThorough ? followed : reach + 1
        // From the newest on: each vouches for the one before.
        for number in (first...newest).reversed() {
            let plan = try survey(generation: number, vouched[number], isNewest: number == newest)
            if let plan { vouched[number - 1] = plan.previous }
        }
        // One whose plan cannot be read is asked for again from the one before on.
        let plans = known.records.keys.lazy.filter { $0.folder == .quarantine && $0.part == nil }
        head.generation = plans.compactMap(\.number).filter { $0 <= newest }.max() ?? 0
    }

    /// Asks for the records of one generation; those that are known are only asked for, the others read.
    private mutating func survey(
        generation number: UInt64, _ vouched: GenerationDigests?, isNewest: Bool
    ) throws(RepositoryError) -> QuarantinePlan? {
        let closed = ObjectName(.quarantine, number: number, part: .closed)
        let sweep = ObjectName(.quarantine, number: number, part: .sweep)
        // All but the newest are closed.
        let isAccepted = number <= known.accepted.generation
        let vouched = isAccepted ? nil : vouched
        // A closing that cannot be read tells all the same that there was a sweep plan.
        let isClosed =
            try survey(closed, vouched?.closed, mustBe: !isNewest && !isAccepted) != nil
            || known.records[closed] != nil || vouched?.closed != nil
        if let bytes = try survey(sweep, vouched?.sweep, mustBe: isClosed && !isAccepted) {
            var decision = try decode(bytes, sweep, SweepPlan.init(decoding:))
            if decision == nil { decision = try repository.copiedSweepPlan(of: number) }
            if let decision { takeIn(decision) }
        }
        let name = ObjectName(.quarantine, number: number)
        return try survey(name, vouched?.plan, mustBe: !isAccepted).flatMap { bytes throws(RepositoryError) in
            try decode(bytes, name, QuarantinePlan.init(decoding:))
        }
    }

    private mutating func survey(
        _ name: ObjectName, _ vouched: Bytes32?, mustBe: Bool
    ) throws(RepositoryError) -> [UInt8]? {
        if let remembered = known.records[name], !isThorough, vouched == nil || vouched == remembered {
            if try !contains(name) { report(.missing, name) }
            return nil
        }
        let isKnown = vouched != nil || known.records[name] != nil || mustBe
        if !isKnown, try !contains(name) { return nil }
        return try record(name, expecting: vouched)
    }

    /// What a sweep plan says of snapshots: those of its ledger are there until they are swept.
    private mutating func takeIn(_ plan: SweepPlan) {
        if ledger == nil {
            ledger = plan
            let accepted = known.accepted.session
            for commit in plan.commits where accepted == 0 || commit.session > accepted {
                known.note(commit.snapshot, .init(session: commit.session))
            }
        }
        for commit in plan.snapshots { known.forget(commit.snapshot) }
    }
}
