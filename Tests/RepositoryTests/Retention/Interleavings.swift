import Repository
import Storage
import Synchronization
import SystemInterface
import TestSupport

/// Runs several actors against one store, step by step, in every order of their steps that makes a difference.
struct Interleavings {
    /// What one actor does to a snapshot: what it was told in the end.
    typealias Act = @Sendable (Repository, SnapshotID, SeededEntropy) throws(RepositoryError) -> String

    /// One order of steps, and what came of it.
    struct Outcome {
        let snapshot: SnapshotID
        /// What each actor was told: an answer, or nil after an error that leaves the outcome open.
        let answers: [String?]
        let schedule: [Int]
    }

    /// A point at which one of several actors goes on.
    private struct Choice {
        let waiting: [Int: Step]
        /// Actors whose next step was tried before in a place where it commutes with all that came since: to take it here
        /// would only be another way to the same end.
        var asleep: Set<Int>
        var taken: Int

        /// The actors whose next step may still lead somewhere else.
        var awake: [Int] { waiting.keys.filter { !asleep.contains($0) }.sorted() }

        /// Who sleeps at the next point.
        var asleepBehind: Set<Int> {
            guard let step = waiting[taken] else { return [] }
            return asleep.filter { waiting[$0]?.commutes(with: step) ?? false }
        }
    }

    let fixture: RetentionFixture
    let acts: [Act]
    /// An actor that loses the storage after so many of its own steps, if one does.
    let crash: (actor: Int, afterSteps: Int)?

    /// Runs every order of steps that makes a difference, each on a snapshot of its own that `prepare` makes ready; how
    /// many there are, or nil if there are more than `limit`.
    ///
    /// Depth first, with sleep sets (Godefroid, "Partial-Order Methods for the Verification of Concurrent Systems", 1996):
    /// of orders that differ only in steps that commute, one is run to its end.
    func forEach(
        limit: Int, prepare: (SnapshotID) throws -> Void, check: (Outcome) throws -> Void
    ) throws -> Int? {
        var path: [Choice] = []
        for number in 0..<limit {
            let snapshot = try fixture.stub(UInt64(number), in: fixture.store)
            try prepare(snapshot)
            var isRedundant = false
            let outcome = try run(snapshot) { step, waiting in
                guard step >= path.count else { return path[step].taken }
                var choice = Choice(waiting: waiting, asleep: path.last?.asleepBehind ?? [], taken: 0)
                guard let first = choice.awake.first, !isRedundant else {
                    isRedundant = true
                    return waiting.keys.min()
                }
                choice.taken = first
                path.append(choice)
                return first
            }
            if !isRedundant { try check(outcome) }
            // The next run differs at the last point at which something else could have been done.
            while var last = path.popLast() {
                last.asleep.insert(last.taken)
                guard let next = last.awake.first else { continue }
                last.taken = next
                path.append(last)
                break
            }
            if path.isEmpty { return number + 1 }
        }
        return nil
    }

    /// Runs `count` orders of steps that a seed makes up.
    func forRandom(
        seed: UInt64, count: Int, prepare: (SnapshotID) throws -> Void, check: (Outcome) throws -> Void
    ) throws {
        var generator = SeededGenerator(seed: seed)
        for number in 0..<count {
            let snapshot = try fixture.stub(UInt64(number), in: fixture.store)
            try prepare(snapshot)
            try check(
                try run(snapshot) { _, waiting in waiting.keys.sorted().randomElement(using: &generator) })
        }
    }

    private func run(_ snapshot: SnapshotID, choose: (Int, [Int: Step]) -> Int?) throws -> Outcome {
        let turnstile = Turnstile(actors: acts.count)
        let answers = Answers(count: acts.count)
        var threads: [Thread] = []
        for (number, act) in acts.enumerated() {
            let repository = try fixture.repository.over(
                SteppedStore(fixture.store, turnstile: turnstile, actor: number))
            let entropy = fixture.entropy
            threads.append(
                try Thread.spawn(name: "actor \(number)") {
                    do throws(RepositoryError) {
                        answers.set(number, try act(repository, snapshot, entropy))
                    } catch {
                        // The codes that say what became of it; all others leave it open.
                        switch error.code {
                        case .held: answers.set(number, "held")
                        case .removed: answers.set(number, "removed")
                        default: break
                        }
                    }
                    turnstile.finish(number)
                })
        }
        let schedule = drive(turnstile, choose)
        for thread in threads { thread.join() }
        return Outcome(snapshot: snapshot, answers: answers.all, schedule: schedule)
    }

    /// Lets the actors take their steps as `choose` says, until all have come to their end: who took each.
    private func drive(_ turnstile: Turnstile, _ choose: (Int, [Int: Step]) -> Int?) -> [Int] {
        var schedule: [Int] = []
        var steps = Array(repeating: 0, count: acts.count)
        while true {
            let waiting = turnstile.waiting()
            if let crash, waiting[crash.actor] != nil, steps[crash.actor] == crash.afterSteps {
                turnstile.crash(crash.actor)
                continue
            }
            guard !waiting.isEmpty, let taken = choose(schedule.count, waiting) else { return schedule }
            schedule.append(taken)
            steps[taken] += 1
            turnstile.allow(taken)
        }
    }

    private final class Answers: Sendable {
        private let values: Mutex<[String?]>

        init(count: Int) { values = Mutex(Array(repeating: nil, count: count)) }

        func set(_ number: Int, _ answer: String) { values.withLock { $0[number] = answer } }

        var all: [String?] { values.withLock { $0 } }
    }
}
