import Repository
import Storage
import SystemInterface
import TestSupport
import Testing

@Suite("Forget, undo, hold and sweep at the same time")
struct RetentionInterleavingTests {
    /// What an actor does.
    enum Actor: String, CaseIterable, Sendable {
        case forget
        case undo
        case hold
        case sweep

        var act: Interleavings.Act {
            switch self {
            case .forget:
                { (repository, snapshot, entropy) throws(RepositoryError) in
                    _ = try repository.forget(snapshot, by: RetentionFixture.someone(), entropy: entropy)
                    return "forgotten"
                }
            case .undo:
                { (repository, snapshot, entropy) throws(RepositoryError) in
                    try repository.undoForget(snapshot, by: RetentionFixture.someone(), entropy: entropy)
                        ? "undone" : "nothing to undo"
                }
            case .hold:
                { (repository, snapshot, entropy) throws(RepositoryError) in
                    _ = try repository.addHold(of: snapshot, by: RetentionFixture.someone(), entropy: entropy)
                    return "holds"
                }
            case .sweep:
                { (repository, snapshot, entropy) throws(RepositoryError) in
                    guard case .forgotten(let tombstone) = try repository.standing(of: snapshot) else { return "idle" }
                    return try repository.sweep(tombstone, by: RetentionFixture.someone(), entropy: entropy)
                        ? "swept" : "kept"
                }
            }
        }
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let actors: [Actor]
        let isForgotten: Bool
        var testDescription: String {
            actors.map(\.rawValue).joined(separator: " + ") + (isForgotten ? " of a forgotten one" : "")
        }
    }

    /// Any two actors, on a snapshot that is live and on one that is forgotten.
    static let pairs = [false, true].flatMap { isForgotten in
        Actor.allCases.indices.flatMap { first in
            Actor.allCases[first...].map { Case(actors: [Actor.allCases[first], $0], isForgotten: isForgotten) }
        }
    }

    /// Crowds of three and four.
    static let crowds = [false, true].flatMap { isForgotten in
        [
            [Actor.forget, .hold, .sweep], [.forget, .undo, .sweep], [.undo, .hold, .sweep], [.forget, .undo, .hold],
            [.forget, .undo, .hold, .sweep], [.forget, .forget, .hold, .hold],
        ].map { Case(actors: $0, isForgotten: isForgotten) }
    }

    private func interleavings(
        _ subject: Case, crash: (Int, Int)? = nil
    ) throws -> (Interleavings, (SnapshotID) throws -> Void) {
        let fixture = try RetentionFixture()
        let prepare: (SnapshotID) throws -> Void = { snapshot in
            guard subject.isForgotten else { return }
            _ = try fixture.repository.forget(snapshot, by: RetentionFixture.someone(), entropy: fixture.entropy)
        }
        return (Interleavings(fixture: fixture, acts: subject.actors.map(\.act), crash: crash), prepare)
    }

    /// What was promised and does not hold afterwards, in words.
    private func faults(
        _ outcome: Interleavings.Outcome, _ subject: Case, in repository: Repository, mayCrash: Bool = false
    ) throws -> [String] {
        let answers = zip(subject.actors, outcome.answers)
        let standing = try repository.standing(of: outcome.snapshot)
        let isHeld = try !repository.bindingHolds(of: outcome.snapshot).isEmpty
        let isHoldPromised = answers.contains { $0.0 == .hold && $0.1 == "holds" }
        let isUndoPromised = answers.contains { $0.0 == .undo && $0.1 == "undone" }
        var faults: [String] = []
        func expect(_ isTrue: Bool, _ fault: String) { if !isTrue { faults.append(fault) } }
        if case .swept = standing {
            expect(!isHoldPromised, "a hold was promised, and the snapshot is swept")
            expect(!answers.contains { $0.1 == "kept" }, "a collector took it for kept, and it is swept")
        } else {
            expect(!answers.contains { $0.1 == "swept" }, "a collector took it for swept, and it is not")
            expect(!answers.contains { $0.1 == "removed" }, "somebody was told that it is removed, and it is not")
        }
        if isHoldPromised {
            expect(isHeld, "a hold was promised, and there is none")
            if case .forgotten = standing, !mayCrash {
                faults.append("it is held, and forgotten still")
            }
        }
        if isUndoPromised, !subject.actors.contains(.forget) {
            expect(standing == .live, "an undo was promised, and it is not live")
        }
        let isAlone = !subject.actors.contains(.undo) && !subject.actors.contains(.hold)
        if answers.contains(where: { $0.0 == .forget && $0.1 == "forgotten" }), isAlone {
            expect(standing != .live, "forgetting was promised, and it is live")
        }
        if subject.actors.contains(.hold), !mayCrash {
            expect(isHeld == isHoldPromised, "whether a hold is left is not what was promised")
        }
        return faults.map { "\($0): \(outcome.answers), \(outcome.schedule)" }
    }

    @Test("Two of them keep their promises in every order of their steps", .timeLimit(.minutes(20)), arguments: pairs)
    func pairsOfActors(subject: Case) throws {
        let (interleavings, prepare) = try interleavings(subject)
        var faults: [String] = []
        let count = try interleavings.forEach(limit: 5_000, prepare: prepare) { outcome in
            faults += try self.faults(outcome, subject, in: interleavings.fixture.repository)
        }
        #expect(faults == [])
        // Every order was tried, and there was more than one: the actors did meet.
        #expect(try #require(count) > 1)
    }

    @Test(
        "Two of them keep their promises when one loses the storage after any of its steps", .timeLimit(.minutes(20)),
        arguments: pairs.filter { $0.actors[0] != $0.actors[1] }, 0..<2)
    func crashes(subject: Case, crashing: Int) throws {
        for step in 1..<12 {
            let (interleavings, prepare) = try interleavings(subject, crash: (crashing, step))
            var faults: [String] = []
            try interleavings.forRandom(seed: UInt64(step), count: 15, prepare: prepare) { outcome in
                faults += try self.faults(outcome, subject, in: interleavings.fixture.repository, mayCrash: true)
            }
            #expect(faults == [], "step \(step), seed \(step)")
        }
    }

    @Test(
        "Any crowd of them keeps its promises in orders that a seed makes up", .timeLimit(.minutes(20)),
        arguments: crowds, [UInt64(1), 2])
    func crowdsOfActors(subject: Case, seed: UInt64) throws {
        let (interleavings, prepare) = try interleavings(subject)
        var faults: [String] = []
        try interleavings.forRandom(seed: seed, count: 100, prepare: prepare) { outcome in
            faults += try self.faults(outcome, subject, in: interleavings.fixture.repository)
        }
        #expect(faults == [], "seed \(seed)")
    }
}
