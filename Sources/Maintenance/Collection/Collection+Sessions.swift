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
        if let ledger = try repository.newestLedger() {
            roll.settledSessions = ledger.settledSessions
            known = ledger.commits
        }
        let first = roll.settledSessions + 1
        try addLeftovers(before: first, known, to: &roll)
        var number = first
        let newest = try repository.newestSession()
        while number <= newest {
            switch try outcome(of: number) {
            case .committed(let snapshot): known.append(.init(session: number, snapshot: snapshot))
            case .aborted: roll.aborted.append(number)
            case .unreadable: break
            case .open(let claim): roll.open[number] = .some(claim)
            }
            if roll.open.isEmpty { roll.settledSessions = number }
            number += 1
        }
        let onRoll = Set(known.map(\.snapshot.bytes))
        let listed = Set(try repository.names(in: .snapshots))
        known += listed.subtracting(onRoll).map { .init(session: 0, snapshot: SnapshotID($0)) }
        for commit in Self.distinct(known) {
            if case .swept? = try standing(of: commit) {
                roll.swept.append(commit)
                continue
            }
            if !listed.contains(commit.snapshot.bytes), try repository.isGivenUp(commit) { continue }
            roll.commits.append(commit)
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
        for entry in try repository.objects(in: .sessions) where entry.name.part == .snapshot {
            guard let number = entry.name.number, number < first, !committed.contains(number) else { continue }
            switch try outcome(of: number) {
            case .aborted: roll.aborted.append(number)
            case .committed(let snapshot):
                let commit = SweepPlan.Commit(session: number, snapshot: snapshot)
                if case .swept? = try standing(of: commit) { roll.swept.append(commit) }
            case .open, .unreadable: break
            }
        }
    }

    /// How a session has ended, as far as anybody can tell.
    private enum Outcome {
        case committed(SnapshotID)
        case aborted
        case open(SessionClaim?)
        /// It has ended, nobody can tell how, and there is no manifest that it could have committed.
        case unreadable
    }

    /// How a session has ended. What is damaged is taken for what deletes least: for a commit if there is a manifest, and for
    /// a run that is still at work and knows of no collection.
    private func outcome(of number: UInt64) throws(RepositoryError) -> Outcome {
        do {
            switch try repository.sessionOutcome(number) {
            case .committed(let snapshot)?: return .committed(snapshot)
            case .aborted?: return .aborted
            case nil: if let snapshot = published(bySession: number) { return .committed(snapshot) }
            }
        } catch {
            guard error.isUnreadable else { throw error }
            // An error alone says nothing: a run that is at work has no outcome either.
            if try hasOutcome(number) {
                return try repository.manifestStored(bySession: number).map { .committed($0) } ?? .unreadable
            }
        }
        do {
            return .open(try repository.sessionClaim(number))
        } catch {
            guard error.isUnreadable else { throw error }
            return .open(nil)
        }
    }

    /// Whether a session's outcome answers when it is asked for by its name, or is listed where a disk does not even give
    /// that; also something else that has its name: nobody can give the session another outcome.
    private func hasOutcome(_ number: UInt64) throws(RepositoryError) -> Bool {
        let name = ObjectName(.sessions, number: number, part: .outcome)
        do {
            return try repository.contains(name)
        } catch {
            guard error.isUnreadable else { throw error }
            if try repository.objects(in: .sessions).contains(where: { $0.name == name }) { return true }
        }
        do {
            return try repository.store.strangers().contains(name.path)
        } catch {
            throw RepositoryError(error)
        }
    }

    /// The snapshot of a session that is published: it was committed, although there is no outcome that says so, for a storage
    /// can lose that. The manifest of its writer must not go then, which may be the only one that is whole. Where nobody can
    /// read that, the run is one that has not ended.
    private func published(bySession number: UInt64) -> SnapshotID? {
        guard let snapshot = try? repository.manifestStored(bySession: number),
            (try? repository.contains(ObjectName(.snapshots, snapshot.bytes))) == true
        else { return nil }
        return snapshot
    }

    /// Sees to it that every run has ended that may not know the generation; nil, with the report filled in, if one is to
    /// be waited for.
    mutating func settle(_ generation: UInt64) throws(RepositoryError) -> SnapshotRoll? {
        // The roll that is gone by shows none of these runs: what it says of one need not be what another says.
        for _ in 0..<Self.attemptsMax {
            let roll = try callRoll()
            report.sessionsWaitedFor = sessionsToWaitFor(roll, generation)
            let waitedFor = Set(report.sessionsWaitedFor.map(\.number))
            let ending = sessions(of: roll, before: generation).keys.filter { !waitedFor.contains($0) }
            for number in ending.sorted() {
                let outcome = try repository.end(session: number, .aborted(options.identity), entropy: entropy)
                guard case .aborted = outcome, !report.sessionsEnded.contains(number) else { continue }
                report.sessionsEnded.append(number)
            }
            guard waitedFor.isEmpty else { break }
            guard !ending.isEmpty else { return roll }
        }
        report.end = .waiting
        return nil
    }

    /// The runs that have not ended and may not know the generation.
    private func sessions(of roll: SnapshotRoll, before generation: UInt64) -> [UInt64: SessionClaim?] {
        roll.open.filter { $0.value?.generation ?? 0 < generation }
    }

    /// Those of them that may be alive.
    func sessionsToWaitFor(_ roll: SnapshotRoll, _ generation: UInt64) -> [WaitingSession] {
        sessions(of: roll, before: generation).filter { !options.fencesSessions && !isOverdue($0.value) }
            .map { WaitingSession(number: $0.key, identity: $0.value?.identity) }
            .sorted { $0.number < $1.number }
    }

    /// Whether a run is taken for one that has died: it is overdue, or its process is gone, if that was on this host. It
    /// does no harm if it has not: its writer finds its end.
    func isOverdue(_ claim: SessionClaim?) -> Bool {
        guard let claim else { return false }
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

    /// What is to become of a snapshot; nil, and it stays, where what was said of it is damaged.
    ///
    /// One that a sweep plan names was swept. One that is not there any more, and of which nobody can tell whether it was
    /// swept, was too: who sweeps it says so first, and deletes it then.
    func standing(of commit: SweepPlan.Commit) throws(RepositoryError) -> SnapshotStanding? {
        do {
            return try repository.standing(of: commit.snapshot)
        } catch {
            guard error.isUnreadable else { throw error }
            // A disk may not have let go of it when it was swept.
            let sweep = try? repository.decidedGeneration(sweeping: commit.snapshot)
            var isThere = sweep == nil
            if isThere { isThere = try repository.isThere(commit.snapshot, ofSession: commit.session) }
            return isThere ? nil : .swept(Attribution(time: .zero, userName: "", host: "", reason: ""))
        }
    }

    /// Publishes what there was no room for before packs were deleted. Where that fails, the next collection does it.
    mutating func publishRest() {
        let commits = unpublished
        unpublished = []
        for commit in commits { _ = try? manifest(of: commit) }
    }

    /// The manifest of a committed snapshot, which is published if nobody has done so and there is room for it, but not in a
    /// dry run; nil if it was swept meanwhile.
    ///
    /// Its object is asked for although its session may have shown the same: what is not published has no second copy, and
    /// the ledger calls it settled.
    mutating func manifest(of commit: SweepPlan.Commit) throws(RepositoryError) -> Snapshot? {
        let name = ObjectName(.snapshots, commit.snapshot.bytes)
        do {
            return try repository.publishedSnapshot(name)
        } catch {
            guard error.code == .storage(.notFound) else {
                guard error.isDamage, let kept = try repository.keptSnapshot(name) else { throw error }
                return kept
            }
        }
        if case .swept? = try standing(of: commit) { return nil }
        if options.isDryRun, let kept = try repository.keptSnapshot(name) { return kept }
        var isPublished = false
        do {
            if commit.session > 0, !options.isDryRun {
                isPublished = try repository.publish(commit.snapshot, ofSession: commit.session)
            }
        } catch {
            // It says the same where its writer has left it.
            guard error.code == .storage(.noSpace), let kept = try repository.keptSnapshot(name) else { throw error }
            unpublished.insert(commit)
            return kept
        }
        guard isPublished else {
            throw RepositoryError(
                .damaged, object: name.path,
                "it was committed and not removed, and is not there: nothing is deleted while a snapshot is missing")
        }
        return try repository.publishedSnapshot(name)
    }
}
