import Maintenance
import Repository
import SystemInterface
import Testing

@Suite("Any policy on any snapshots")
struct RetentionPropertyTests {
    private static let seeds = UInt64(0)..<400

    private static func plan(
        _ candidates: [RetentionCandidate], _ policy: RetentionPolicy, _ grouping: SnapshotGrouping
    ) throws -> RetentionPlan {
        try RetentionPlan(
            candidates, policy: policy, grouping: grouping, now: RetentionSample.now,
            secondsEastOfUTC: Berlin.secondsEastOfUTC(at:))
    }

    private static func kept(_ plan: RetentionPlan) -> [RetentionCandidate] {
        plan.decisions.filter(\.isKept).map(\.candidate)
    }

    @Test("keeps what the reference keeps", arguments: seeds)
    func reference(seed: UInt64) throws {
        var sample = RetentionSample(seed: seed)
        let (candidates, policy, grouping) = (sample.candidates(), sample.policy(), sample.grouping())
        let plan = try Self.plan(candidates, policy, grouping)
        let reference = RetentionReference(
            candidates: candidates, policy: policy, grouping: grouping, now: RetentionSample.now)
        #expect(Set(Self.kept(plan).map(\.id)) == reference.kept, "seed \(seed)")
    }

    @Test("decides about each snapshot once, and removes the oldest first", arguments: seeds)
    func complete(seed: UInt64) throws {
        var sample = RetentionSample(seed: seed)
        let (candidates, policy, grouping) = (sample.candidates(), sample.policy(), sample.grouping())
        let plan = try Self.plan(candidates, policy, grouping)
        #expect(plan.decisions.map(\.candidate.id).sorted() == candidates.map(\.id).sorted(), "seed \(seed)")
        let removed = plan.removed
        #expect(removed.map(\.started) == removed.map(\.started).sorted(), "seed \(seed)")
        #expect(removed.count + Self.kept(plan).count == candidates.count, "seed \(seed)")
    }

    @Test("removes nothing more when it is applied to what it kept", arguments: seeds)
    func idempotent(seed: UInt64) throws {
        var sample = RetentionSample(seed: seed)
        let (candidates, policy, grouping) = (sample.candidates(), sample.policy(), sample.grouping())
        let once = try Self.plan(candidates, policy, grouping)
        let twice = try Self.plan(Self.kept(once), policy, grouping)
        #expect(twice.removed.map(\.id) == [], "seed \(seed)")
    }

    @Test("keeps all that it kept when a rule keeps more", arguments: seeds)
    func monotone(seed: UInt64) throws {
        var sample = RetentionSample(seed: seed)
        let (candidates, policy, grouping) = (sample.candidates(), sample.policy(), sample.grouping())
        let narrow = Set(Self.kept(try Self.plan(candidates, policy, grouping)).map(\.id))
        let wide = Self.kept(try Self.plan(candidates, sample.wider(than: policy), grouping)).map(\.id)
        #expect(narrow.isSubset(of: wide), "seed \(seed)")
    }

    @Test("does the same in whatever order the snapshots come", arguments: seeds)
    func orderIndependent(seed: UInt64) throws {
        var sample = RetentionSample(seed: seed)
        let (candidates, policy, grouping) = (sample.candidates(), sample.policy(), sample.grouping())
        let plan = try Self.plan(candidates, policy, grouping)
        let other = try Self.plan(sample.shuffled(candidates), policy, grouping)
        #expect(plan.decisions == other.decisions, "seed \(seed)")
        #expect(plan.groups.map(\.group) == other.groups.map(\.group), "seed \(seed)")
    }

    @Test("keeps what is held, what has a tag to keep, and what is from the future, and says why", arguments: seeds)
    func exempt(seed: UInt64) throws {
        var sample = RetentionSample(seed: seed)
        let (candidates, policy, grouping) = (sample.candidates(), sample.policy(), sample.grouping())
        for decision in try Self.plan(candidates, policy, grouping).decisions {
            let candidate = decision.candidate
            let isFuture = candidate.started > RetentionSample.now.adding(seconds: 600)
            #expect(decision.reasons.contains(.held) == candidate.isHeld, "seed \(seed)")
            #expect(decision.reasons.contains(.future) == isFuture, "seed \(seed)")
            #expect(
                decision.reasons.contains(.tag("keep"))
                    == (policy.tags.contains("keep") && candidate.tags.contains("keep")), "seed \(seed)")
        }
    }
}
