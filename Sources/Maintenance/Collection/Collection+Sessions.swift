import Coding
import Repository
import Storage
import SystemInterface

extension Collection {
    /// Calls the roll: the ledger of the newest sweep plan, and every session since.
    ///
    /// Snapshots that a listing shows and no session tells of are on it as well: to believe in more costs space only.
    mutating func callRoll() throws(RepositoryError) -> SnapshotRoll {
        var roll = SnapshotRoll()
        var known: [SweepPlan.Commit] = []
        if let ledger = try newestLedger() {
            roll.settledSessions = ledger.settledSessions
            known = ledger.commits
        }
        let first = roll.settledSessions + 1
        try addLeftovers(before: first, known, to: &roll)
        var number = first
        let newest = try repository.newestSession()
        while number <= newest {
            switch try repository.sessionOutcome(number) {
            case .committed(let snapshot)?: known.append(.init(session: number, snapshot: snapshot))
            case .aborted?: roll.aborted.append(number)
            case nil: roll.open[number] = try repository.sessionClaim(number)
            }
            if roll.open.isEmpty { roll.settledSessions = number }
            number += 1
        }
        let onRoll = Set(known.map(\.snapshot.bytes))
        do {
            for listed in try repository.store.names(in: .snapshots) where !onRoll.contains(listed) {
                known.append(.init(session: 0, snapshot: SnapshotID(listed)))
            }
        } catch {
            throw RepositoryError(error)
        }
        for commit in Self.distinct(known) {
            if case .swept = try repository.standing(of: commit.snapshot) {
                roll.swept.append(commit)
            } else {
                roll.commits.append(commit)
            }
        }
        return roll
    }

    /// Each snapshot once, by its session where that is known: one that a ledger had from a listing, since its session ended
    /// while that collector was looking, is known by both.
    private static func distinct(_ commits: [SweepPlan.Commit]) -> [SweepPlan.Commit] {
        var sessions: [SnapshotID: UInt64] = [:]
        for commit in commits { sessions[commit.snapshot] = max(sessions[commit.snapshot] ?? 0, commit.session) }
        return sessions.map { SweepPlan.Commit(session: $0.value, snapshot: $0.key) }.sorted()
    }

    /// Manifests that a writer has stored for a run that was over: a listing is enough to find what is of no use.
    private func addLeftovers(
        before first: UInt64, _ known: [SweepPlan.Commit], to roll: inout SnapshotRoll
    ) throws(RepositoryError) {
        let committed = Set(known.map(\.session))
        let listed: [ObjectEntry]
        do {
            listed = try repository.store.list(.sessions)
        } catch {
            throw RepositoryError(error)
        }
        for entry in listed where entry.name.part == .snapshot {
            guard let number = entry.name.number, number < first, !committed.contains(number) else { continue }
            switch try repository.sessionOutcome(number) {
            case .aborted?: roll.aborted.append(number)
            case .committed(let snapshot)?:
                if case .swept = try repository.standing(of: snapshot) {
                    roll.swept.append(.init(session: number, snapshot: snapshot))
                }
            case nil: break
            }
        }
    }

    private func newestLedger() throws(RepositoryError) -> SweepPlan? {
        let newest = try repository.newestGeneration()
        guard newest > 0 else { return nil }
        if let plan = try repository.sweepPlan(of: newest) { return plan }
        // Of generations, only the newest may have none.
        return newest > 1 ? try repository.sweepPlan(of: newest - 1) : nil
    }

    /// Sees to it that every run has ended that may not know the generation; nil, with the report filled in, if one is to
    /// be waited for.
    mutating func settle(_ generation: UInt64) throws(RepositoryError) -> SnapshotRoll? {
        let roll = try callRoll()
        var hasEnded = false
        for (number, claim) in roll.open.sorted(by: { $0.key < $1.key }) where claim.generation < generation {
            guard options.fencesSessions || isOverdue(claim) else {
                report.sessionsWaitedFor.append(WaitingSession(number: number, identity: claim.identity))
                continue
            }
            hasEnded = true
            let outcome = try repository.end(session: number, .aborted(options.identity), entropy: entropy)
            if case .aborted = outcome { report.sessionsEnded.append(number) }
        }
        guard report.sessionsWaitedFor.isEmpty else {
            report.end = .waiting
            return nil
        }
        return hasEnded ? try callRoll() : roll
    }

    /// Whether a run is taken for one that has died: it is overdue, or its process is gone, if that was on this host. It
    /// does no harm if it has not: its writer finds its end.
    func isOverdue(_ claim: SessionClaim) -> Bool {
        let run = claim.identity
        if run.host == options.identity.host, !run.host.isEmpty, run.processID > 0,
            !Host.hasProcess(Int32(clamping: run.processID))
        {
            return true
        }
        let (age, overflow) = options.identity.started.seconds.subtractingReportingOverflow(
            claim.identity.started.seconds)
        return !overflow && age > options.graceSeconds
    }

    /// The manifest of a committed snapshot, which is published if nobody has done so; nil if it was swept meanwhile.
    func manifest(of commit: SweepPlan.Commit) throws(RepositoryError) -> Snapshot? {
        let name = ObjectName(.snapshots, commit.snapshot.bytes)
        do {
            return try repository.auditSnapshot(name)
        } catch {
            guard error.code == .storage(.notFound) else { throw error }
        }
        if case .swept = try repository.standing(of: commit.snapshot) { return nil }
        guard commit.session > 0, try repository.publish(commit.snapshot, ofSession: commit.session) else {
            throw RepositoryError(
                .damaged, object: name.path,
                "it was committed and not removed, and is not there: nothing is deleted while a snapshot is missing")
        }
        return try repository.auditSnapshot(name)
    }
}
