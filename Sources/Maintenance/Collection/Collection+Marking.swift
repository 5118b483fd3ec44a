import Coding
import Repository
import Storage
import SystemInterface

extension Collection {
    /// The first mark: what would go, or nil if there is nothing to do. It decides nothing.
    mutating func makePlan(generation: UInt64) throws(RepositoryError) -> QuarantinePlan? {
        let roll = try callRoll()
        let tombstonesMax =
            isShortOfRoom ? CollectionOptions.tombstonesWhenShortMax : CollectionOptions.tombstonesMax
        var tombstones: [QuarantinePlan.Tombstone] = []
        var live: [SweepPlan.Commit] = []
        for commit in roll.commits {
            // What is over the limit stays until the next generation.
            if tombstones.count < tombstonesMax, case .forgotten(let tombstone)? = try standing(of: commit),
                try isFree(commit.snapshot)
            {
                tombstones.append(.init(snapshot: commit.snapshot, number: tombstone.number))
            } else {
                live.append(commit)
            }
        }
        let mark = try markNeeded(by: live, .marking)
        let listed = try listedPacks()
        try checkPresence(mark, listed)
        var packs = try unneeded(listed.keys.sorted(), mark)
        let moved = try repack(listed.keys.filter { !packs.contains($0) }, mark)
        // What was moved is judged first: its copies stay.
        if options.isDryRun {
            packs.formUnion(moved)
        } else if !moved.isEmpty {
            packs = try unneeded(moved + packs.sorted(), mark)
        }
        packs = largest(packs, listed)
        report.snapshots = tombstones.map(\.snapshot).sorted()
        try count(packs, mark, listed)
        let isOverdue = roll.open.values.contains { options.fencesSessions || self.isOverdue($0) }
        let hasLeftovers = try !leftovers(of: roll).isEmpty
        guard !packs.isEmpty || !tombstones.isEmpty || isOverdue || hasLeftovers else { return nil }
        let plan = QuarantinePlan(
            packs: Array(packs), tombstones: tombstones, identity: options.identity,
            previous: try repository.digests(ofGeneration: generation - 1))
        try requireConfirmation(of: plan, roll.commits, listed)
        if options.isDryRun { report.sessionsWaitedFor = sessionsToWaitFor(roll, generation) }
        return plan
    }

    /// The second mark: what of the plan goes, found out anew now that no run is left that may not know of it.
    mutating func judge(
        _ plan: QuarantinePlan, _ roll: SnapshotRoll, _ generation: UInt64
    ) throws(RepositoryError) -> SweepPlan {
        // Everything is read before anything is claimed: what is claimed cannot be undone.
        var commits = roll.commits
        for commit in commits { _ = try manifest(of: commit) }
        try requireConfirmation(of: plan, commits, listedPacks())
        let meant = Dictionary(grouping: plan.tombstones, by: \.snapshot)
        var swept = roll.swept
        var live: [SweepPlan.Commit] = []
        for commit in commits {
            var isSwept = false
            for tombstone in meant[commit.snapshot] ?? [] where !isSwept {
                isSwept = try claim(tombstone)
            }
            if isSwept { swept.append(commit) } else { live.append(commit) }
        }
        commits = live
        // From nothing: what was known before may have been true before.
        try lookAnew()
        let mark = try markNeeded(by: commits, .markingAgain)
        let listed = try listedPacks()
        try checkPresence(mark, listed)
        var packs = try unneeded(plan.packs, mark)
        report.packsTakenBack = plan.packs.count - packs.count
        // The plan may have been made where there was more room.
        packs = largest(packs, listed)
        report.snapshots = swept.map(\.snapshot).sorted()
        try count(packs, mark, listed)
        let decision = SweepPlan(
            packs: Array(packs), snapshots: swept,
            abortedSessions: roll.aborted.filter { $0 <= roll.settledSessions },
            settledSessions: roll.settledSessions, settledClaim: try repository.claimDigest(roll.settledSessions),
            commits: commits.filter { $0.session <= roll.settledSessions },
            identity: options.identity)
        return try repository.decide(generation: generation, decision, entropy: entropy)
    }

    /// Whether no hold binds the snapshot; false where a disk does not give what would tell.
    private func isFree(_ snapshot: SnapshotID) throws(RepositoryError) -> Bool {
        do {
            return try repository.bindingHolds(of: snapshot).isEmpty
        } catch {
            guard error.isUnreadable else { throw error }
            return false
        }
    }

    /// Claims a tombstone that the plan names, unless the snapshot is held or somebody has undone it; or if nobody can tell.
    private func claim(_ tombstone: QuarantinePlan.Tombstone) throws(RepositoryError) -> Bool {
        do {
            let stored = try repository.readTombstone(tombstone.number, of: tombstone.snapshot)
            return try repository.sweep(
                stored,
                by: Attribution(
                    time: options.identity.started, userName: "", host: options.identity.host,
                    reason: "garbage collection"),
                entropy: entropy)
        } catch {
            guard error.isUnreadable else { throw error }
            return false
        }
    }

    /// What these snapshots need, found out from nothing.
    private mutating func markNeeded(
        by commits: [SweepPlan.Commit], _ phase: CollectionPhase
    ) throws(RepositoryError) -> LivenessMark {
        var mark = LivenessMark(repository)
        var count = 0
        for (number, commit) in commits.enumerated() {
            if let snapshot = try manifest(of: commit) {
                try mark.add(snapshot)
                count += 1
            }
            observer?.collectionAdvanced(phase, number + 1, of: commits.count)
        }
        report.snapshotsKept = count
        return mark
    }

    /// As many of the packs as one generation deletes: any of them may go, and the others with the next. The plans have to
    /// fit in a record, and, where room is short, in what is set aside.
    private func largest(_ packs: Set<Bytes32>, _ listed: [Bytes32: UInt64]) -> Set<Bytes32> {
        let limit = isShortOfRoom ? min(CollectionOptions.packsWhenShortMax, options.packsMax) : options.packsMax
        guard packs.count > limit else { return packs }
        let sorted = packs.sorted { (listed[$1] ?? 0, $1) < (listed[$0] ?? 0, $0) }
        return Set(sorted.prefix(limit))
    }

    /// Throws unless every chunk that is needed lies in a pack that is there.
    private mutating func checkPresence(
        _ mark: borrowing LivenessMark, _ listed: [Bytes32: UInt64]
    ) throws(RepositoryError) {
        var lost: Set<Bytes32> = []
        for pack in try repository.indexedPacks() where listed[pack] == nil {
            if try !isPresent(pack) { lost.insert(pack) }
        }
        for pack in lost.sorted() {
            guard case .needed(let chunk) = try verdict(on: pack, mark, keeps: { !lost.contains($0) }) else { continue }
            let name = ObjectName(.packs, pack)
            var fault = "it is missing"
            do {
                _ = try repository.contains(name)
            } catch {
                // A pack that this user may not look at is not damaged for that.
                guard error.isDamage else { throw error }
                fault = error.reason
            }
            throw RepositoryError(
                .damaged, object: name.path,
                "\(fault), and snapshots need chunk \(chunk): nothing is deleted while something is missing")
        }
    }

    /// The packs among `candidates` that hold nothing that is needed, or nothing that isn't kept elsewhere.
    ///
    /// One pass, in which each decision counts for the next: of two copies one stays.
    private mutating func unneeded(
        _ candidates: [Bytes32], _ mark: borrowing LivenessMark
    ) throws(RepositoryError) -> Set<Bytes32> {
        var going: Set<Bytes32> = []
        for pack in candidates {
            let others = going
            if try verdict(on: pack, mark, keeps: { !others.contains($0) }) == .unneeded { going.insert(pack) }
        }
        return going
    }

    private mutating func verdict(
        on pack: Bytes32, _ mark: borrowing LivenessMark, keeps: (Bytes32) -> Bool
    ) throws(RepositoryError) -> PackVerdict {
        var presence = presence
        let unreliable = unreliable
        let repository = repository
        let verdict = try repository.verdict(on: pack, by: mark, copies) { (other) throws(RepositoryError) in
            guard keeps(other), !unreliable.contains(other) else { return false }
            if let known = presence[other] { return known }
            let isPresent = try repository.absence(of: ObjectName(.packs, other)) == nil
            presence[other] = isPresent
            return isPresent
        }
        self.presence = presence
        return verdict
    }

    /// The packs that the storage lists, with their sizes.
    func listedPacks() throws(RepositoryError) -> [Bytes32: UInt64] {
        var packs: [Bytes32: UInt64] = [:]
        do {
            for entry in try repository.store.list(.packs) {
                if let id = entry.name.id { packs[id] = entry.bytes }
            }
        } catch {
            throw RepositoryError(error)
        }
        return packs
    }

    private mutating func count(
        _ going: Set<Bytes32>, _ mark: borrowing LivenessMark, _ listed: [Bytes32: UInt64]
    ) throws(RepositoryError) {
        report.packCount = going.count
        (report.bytesKept, report.bytesUnused, report.bytesHidden) = (0, 0, 0)
        var bytesGoing: UInt64 = 0
        for (pack, bytes) in listed {
            guard !going.contains(pack) else {
                bytesGoing.addSaturating(bytes)
                continue
            }
            report.bytesKept.addSaturating(bytes)
            if let usage = try repository.usage(of: pack, by: mark) {
                report.bytesUnused += usage.storedBytes - usage.neededBytes
                report.bytesHidden += usage.hiddenBytes
            }
        }
        // The copies of what is moved take room, too.
        report.bytesFreed = bytesGoing - min(bytesGoing, report.bytesMoved)
        if options.isDryRun { report.bytesKept.addSaturating(report.bytesMoved) }
    }
}
