import Maintenance
import Repository
import SystemInterface
import Testing

@Suite("A retention policy")
struct RetentionPlanTests {
    private static let hour: Int64 = 3_600
    private static let day: Int64 = 86_400

    /// Snapshots that began so many seconds before the present, numbered in this order.
    private static func candidates(_ ages: [Int64]) -> [RetentionCandidate] {
        ages.enumerated().map { number, age in
            RetentionCandidate(id: RetentionSample.id(number), started: RetentionSample.now.adding(seconds: -age))
        }
    }

    private static func plan(
        _ candidates: [RetentionCandidate], grouping: SnapshotGrouping = [],
        now: Timestamp = RetentionSample.now, _ change: (inout RetentionPolicy) -> Void
    ) throws -> RetentionPlan {
        var policy = RetentionPolicy()
        change(&policy)
        return try RetentionPlan(candidates, policy: policy, grouping: grouping, now: now) { _ in 0 }
    }

    /// Why each is kept, the newest first.
    private static func reasons(_ plan: RetentionPlan) -> [String] {
        plan.decisions.map { $0.reasons.map(\.description).joined(separator: "; ") }
    }

    @Test("gives every reason for every snapshot that it keeps")
    func reasonsShown() throws {
        let plan = try Self.plan(Self.candidates([0, Self.hour, 2 * Self.hour, Self.day, 2 * Self.day])) {
            $0.last = 2
            $0.periods = [.daily: 2, .hourly: 1]
        }
        #expect(
            Self.reasons(plan) == [
                "last 1; hourly 2026-11-20T12+0000; daily 2026-11-20", "last 2", "", "daily 2026-11-19", "",
            ])
        #expect(plan.removed.map(\.id) == [4, 2].map(RetentionSample.id))
    }

    @Test("keeps what it kept before snapshots were copied without what they had lost, and the copies with it")
    func copies() throws {
        let days = Self.candidates((0..<8).map { $0 * Self.day })
        let copies = days.enumerated().map { number, original in
            var copy = original
            (copy.id, copy.original) = (RetentionSample.id(100 + number), original.id)
            copy.started = Timestamp(seconds: original.started.seconds, nanoseconds: 1)
            return copy
        }
        for change in [
            { $0.periods = [.daily: 5] }, { $0.periods = [.weekly: 2] }, { $0.last = 5 },
        ] as [(inout RetentionPolicy) -> Void] {
            let before = Set(try Self.plan(days, change).removed.map(\.id))
            #expect(!before.isEmpty)
            let removed = try Self.plan(days + copies, change).removed
            #expect(Set(removed.filter { $0.original == nil }.map(\.id)) == before)
            #expect(Set(removed.compactMap(\.original)) == before)
            // Once the originals are gone, the copies are snapshots like others.
            #expect(Set(try Self.plan(copies, change).removed.compactMap(\.original)) == before)
        }
    }

    @Test("that is empty is refused")
    func emptyPolicy() {
        #expect(throws: RetentionError.emptyPolicy) { try Self.plan(Self.candidates([0])) { _ in } }
        #expect(throws: RetentionError.emptyPolicy) { try Self.plan(Self.candidates([0])) { $0.periods = [.daily: 0] } }
    }

    @Test("that leaves nothing of a group is refused, though it leaves something of another")
    func leavesNothing() throws {
        var candidates = Self.candidates([0, 1, 2])
        candidates[0].tags = ["keep"]
        candidates[2].host = "other"
        #expect { try Self.plan(candidates, grouping: .host) { $0.tags = ["keep"] } } throws: { error in
            guard case .leavesNothing(let group) = error as? RetentionError else { return false }
            return group.host == "other" && group.paths == nil
        }
        #expect(try Self.plan(candidates) { $0.tags = ["keep"] }.removed.count == 2)
    }

    enum Bystander: CaseIterable {
        case partial, future, held

        func apply(to candidate: inout RetentionCandidate) {
            switch self {
            case .partial: candidate.isPartial = true
            case .future: candidate.started = RetentionSample.now.adding(seconds: RetentionPlanTests.day)
            case .held: candidate.isHeld = true
            }
        }
    }

    @Test("whose rules keep nothing is refused, whatever else keeps a snapshot", arguments: Bystander.allCases)
    func leavesBystander(bystander: Bystander) throws {
        var candidates = Self.candidates([0, 1, 2])
        bystander.apply(to: &candidates[0])
        #expect(throws: RetentionError.self) { try Self.plan(candidates) { $0.tags = ["slip"] } }
        // Nothing goes that a rule would have to keep.
        for index in candidates.indices { bystander.apply(to: &candidates[index]) }
        #expect(try Self.plan(candidates) { $0.tags = ["slip"] }.removed.isEmpty)
    }

    @Test("keeps snapshots of which nobody can tell whether they are forgotten, and they take no place")
    func unclear() throws {
        var candidates = Self.candidates([0, Self.day, 2 * Self.day, 3 * Self.day])
        candidates[0].isUnclear = true
        candidates[3].isUnclear = true
        let unclear = "cannot tell whether it is forgotten"
        for change in [{ $0.last = 1 }, { $0.periods = [.daily: 1] }] as [(inout RetentionPolicy) -> Void] {
            let plan = try Self.plan(candidates, change)
            #expect(Self.reasons(plan)[0] == unclear && Self.reasons(plan)[3] == unclear)
            #expect(plan.removed.map(\.id) == [RetentionSample.id(2)])
        }
        let within = try Self.plan(candidates) { $0.within = RetentionDuration(seconds: Self.day) }
        #expect(Self.reasons(within) == ["\(unclear); within", "within", "within", unclear])
        // None that a rule keeps is left of those that it counts.
        candidates[0].tags = ["keep"]
        #expect(throws: RetentionError.self) { try Self.plan(candidates) { $0.tags = ["keep"] } }
    }

    @Test("keeps snapshots from the future, and they take no place")
    func future() throws {
        let candidates = Self.candidates([-Self.day, -601, -600, Self.hour])
        let plan = try Self.plan(candidates) { $0.last = 1 }
        #expect(Self.reasons(plan) == ["from the future", "from the future", "last 1", ""])
    }

    @Test("keeps everything where the clock is far behind")
    func clockBehind() throws {
        let plan = try Self.plan(Self.candidates([0, 1, 2]), now: .zero) { $0.last = 1 }
        #expect(plan.removed.isEmpty)
    }

    @Test(
        "gives no place of a complete snapshot to a partial one, and keeps partial ones that are newer than all others")
    func partial() throws {
        var candidates = Self.candidates([0, Self.hour, 2 * Self.hour, 3 * Self.hour])
        candidates[0].isPartial = true
        candidates[2].isPartial = true
        let plan = try Self.plan(candidates) {
            $0.last = 1
            $0.periods = [.daily: 1]
        }
        #expect(Self.reasons(plan) == ["partial, none newer", "last 1; daily 2026-11-20", "", ""])
        for index in candidates.indices { candidates[index].isPartial = true }
        #expect(try Self.plan(candidates) { $0.last = 1 }.removed.isEmpty)
    }

    @Test("counts the time within which all is kept from the newest snapshot, not from the present")
    func within() throws {
        let ages = [100, 101, 102].map { $0 * Self.day }
        let plan = try Self.plan(Self.candidates(ages)) { $0.within = RetentionDuration("1d") }
        #expect(Self.reasons(plan) == ["within", "within", ""])
    }

    @Test("of two snapshots of one moment keeps the one whose name comes last")
    func ties() throws {
        let plan = try Self.plan(Self.candidates([5, 5, 5])) { $0.last = 1 }
        #expect(plan.decisions.map(\.candidate.id) == [2, 1, 0].map(RetentionSample.id))
        #expect(plan.removed.map(\.id) == [0, 1].map(RetentionSample.id))
    }

    @Test("looks at each group by itself, and paths are the same in any order")
    func groups() throws {
        var candidates = Self.candidates([0, 1, 2, 3])
        candidates[0].paths = ["/b", "/a"]
        candidates[1].paths = ["/a", "/b"]
        candidates[2].paths = ["/a"]
        candidates[3].paths = ["/a"]
        candidates[3].host = "other"
        let plan = try Self.plan(candidates, grouping: [.host, .paths]) { $0.last = 1 }
        #expect(plan.removed.map(\.id) == [RetentionSample.id(1)])
        #expect(
            plan.groups.map(\.group.description) == [
                "host host, paths /a", "host host, paths /a /b", "host other, paths /a",
            ])
    }

    @Test(
        "is to be confirmed when it removes more than a few and more than half",
        arguments: [(5, 5, false), (6, 12, false), (6, 11, true), (6, 6, true), (0, 0, false), (100, 200, false)])
    func confirmation(removed: Int, count: Int, isNeeded: Bool) {
        #expect(RetentionPlan.needsConfirmation(removing: removed, of: count) == isNeeded)
    }
}
