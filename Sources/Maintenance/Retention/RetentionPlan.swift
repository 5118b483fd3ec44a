import Repository
import SystemInterface

/// What a policy keeps and removes of some snapshots, and why.
///
/// Pure: the same snapshots, policy, time zone and present give the same plan, in whatever order the snapshots come.
/// Applying a policy to what it kept removes nothing more, and a rule that keeps more never makes another keep less.
public struct RetentionPlan: Sendable {
    /// What becomes of one snapshot.
    public struct Decision: Hashable, Sendable {
        /// The snapshot.
        public let candidate: RetentionCandidate
        /// Why it is kept: every reason. None removes it.
        public let reasons: [RetentionReason]

        /// Whether it is kept.
        public var isKept: Bool { !reasons.isEmpty }
    }

    /// What becomes of the snapshots of one group.
    public struct GroupDecisions: Sendable {
        /// What they have in common.
        public let group: SnapshotGroup
        /// What becomes of them, the newest first.
        public let decisions: [Decision]

        /// Whether some that rules count go, and no rule keeps one of these: what else stays takes nobody's place.
        var leavesNothing: Bool {
            let counted = decisions.filter {
                !$0.candidate.isPartial && !$0.candidate.isUnclear && !$0.reasons.contains(.future)
            }
            return counted.contains { !$0.isKept } && !counted.contains { $0.reasons.contains(where: \.isOfRule) }
        }
    }

    /// The groups, in the order of their descriptions.
    public let groups: [GroupDecisions]

    /// What `policy` makes of `candidates`, each group of `grouping` by itself.
    ///
    /// `secondsEastOfUTC` says how far clocks are ahead of UTC at a moment, where days begin at their midnight; `now` only
    /// tells what is from the future. Throws `.emptyPolicy` and `.leavesNothing`.
    public init(
        _ candidates: [RetentionCandidate], policy: RetentionPolicy, grouping: SnapshotGrouping, now: Timestamp,
        secondsEastOfUTC: (Timestamp) -> Int
    ) throws(RetentionError) {
        guard !policy.isEmpty else { throw .emptyPolicy }
        let present = now.adding(seconds: RetentionLimits.futureToleranceSeconds)
        var groups: [GroupDecisions] = []
        for (group, members) in Dictionary(grouping: candidates, by: grouping.group(of:)) {
            let newestFirst = members.sorted { $1.isOlder(than: $0) }
            let decisions = Self.decide(newestFirst, policy, present: present, secondsEastOfUTC: secondsEastOfUTC)
            groups.append(GroupDecisions(group: group, decisions: decisions))
        }
        self.groups = groups.sorted {
            Array($0.group.description.utf8).lexicographicallyPrecedes(Array($1.group.description.utf8))
        }
        for group in self.groups where group.leavesNothing { throw .leavesNothing(of: group.group) }
    }

    /// What becomes of the snapshots, group by group.
    public var decisions: [Decision] { groups.flatMap(\.decisions) }

    /// The snapshots that go, the oldest first.
    public var removed: [RetentionCandidate] {
        decisions.filter { !$0.isKept }.map(\.candidate).sorted { $0.isOlder(than: $1) }
    }

    /// Whether so much goes that somebody must say once more that it shall.
    public var needsConfirmation: Bool {
        Self.needsConfirmation(removing: removed.count, of: decisions.count)
    }

    /// Whether somebody must say once more that `removed` of `count` snapshots are to go: more than a few, and more than
    /// a share of them.
    public static func needsConfirmation(removing removed: Int, of count: Int) -> Bool {
        removed > RetentionLimits.unconfirmedRemovalsMax
            && removed > count / RetentionLimits.unconfirmedShareDivisor
    }

    // MARK: The rules

    private static func decide(
        _ newestFirst: [RetentionCandidate], _ policy: RetentionPolicy, present: Timestamp,
        secondsEastOfUTC: (Timestamp) -> Int
    ) -> [Decision] {
        let originals = Dictionary(newestFirst.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        // Its damage may be mended: a copy takes the place of what it was made of only when that is gone.
        func isCopy(_ candidate: RetentionCandidate) -> Bool {
            candidate.original.flatMap { originals[$0] }.map { $0.isOlder(than: candidate) } ?? false
        }
        // Only complete snapshots that are not from the future, and that nobody has forgotten, use up what a rule keeps.
        let counted = newestFirst.filter {
            !$0.isPartial && !$0.isUnclear && $0.started <= present && !isCopy($0)
        }
        var counts = Counts(policy, newest: counted.first)
        let decisions = newestFirst.map { candidate in
            var reasons: [RetentionReason] = []
            if candidate.isUnclear { reasons.append(.unclear) }
            if candidate.started > present {
                reasons.append(.future)
            } else if candidate.isUnclear {
                // It stays, and takes nobody's place.
            } else if isCopy(candidate) {
                // The rules see the original.
            } else if candidate.isPartial {
                if counts.newest.map({ $0.isOlder(than: candidate) }) ?? true { reasons.append(.newestPartial) }
            } else {
                reasons += counts.reasons(for: candidate, secondsEastOfUTC: secondsEastOfUTC(candidate.started))
            }
            if counts.isWithin(candidate) { reasons.append(.within) }
            reasons += candidate.tags.filter(policy.tags.contains).map { .tag($0) }
            if candidate.isHeld { reasons.append(.held) }
            return Decision(candidate: candidate, reasons: reasons)
        }
        return keepingCopies(decisions) { isCopy($0) ? $0.original : nil }
    }

    /// The decisions, the newest first, with copies kept as long as what they are copies of; a copy is newer than that.
    private static func keepingCopies(
        _ decisions: [Decision], original: (RetentionCandidate) -> SnapshotID?
    ) -> [Decision] {
        var (kept, result): (Set<SnapshotID>, [Decision]) = ([], [])
        for decision in decisions.reversed() {
            var reasons = decision.reasons
            if let original = original(decision.candidate), kept.contains(original) {
                reasons.append(.copy(of: original))
            }
            if !reasons.isEmpty { kept.insert(decision.candidate.id) }
            result.append(Decision(candidate: decision.candidate, reasons: reasons))
        }
        return result.reversed()
    }

    /// What the rules have kept so far, going from the newest to the oldest.
    private struct Counts {
        let policy: RetentionPolicy
        let newest: RetentionCandidate?
        private var lastCount = 0
        private var names: [RetentionPeriod: Set<String>] = [:]

        init(_ policy: RetentionPolicy, newest: RetentionCandidate?) {
            self.policy = policy
            self.newest = newest
        }

        /// Whether `candidate` began within the time that everything is kept for.
        func isWithin(_ candidate: RetentionCandidate) -> Bool {
            guard let within = policy.within, let newest else { return false }
            return candidate.started >= newest.started.adding(seconds: -within.seconds)
        }

        /// Why a complete snapshot is kept, being the next one towards the past.
        mutating func reasons(for candidate: RetentionCandidate, secondsEastOfUTC: Int) -> [RetentionReason] {
            var reasons: [RetentionReason] = []
            if lastCount < policy.last {
                lastCount += 1
                reasons.append(.last(lastCount))
            }
            for period in RetentionPeriod.allCases {
                guard let limit = policy.periods[period], names[period, default: []].count < limit else { continue }
                let name = period.name(of: candidate.started, secondsEastOfUTC: secondsEastOfUTC)
                if names[period, default: []].insert(name).inserted { reasons.append(.period(period, name)) }
            }
            return reasons
        }
    }
}
