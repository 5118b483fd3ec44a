import Maintenance
import Repository
import Storage

/// A small history in which every kind of record occurs: snapshots that stay, are forgotten, had back and swept, holds,
/// a run that was given up, two garbage collections.
struct History {
    let fixture: CollectionFixture
    /// The client that has done all this, one process a step.
    private(set) var actor = RememberingClient()
    /// The changes of the storage before which nobody has used the repository.
    let beginning: Int
    /// The sessions that the newest ledger stands for.
    var settledSessions: UInt64 {
        get throws { try fixture.repository.sweepPlan(of: 2)?.settledSessions ?? 0 }
    }

    init(store: ChronicleStore = ChronicleStore()) throws {
        fixture = try CollectionFixture(store: store)
        beginning = store.changeCount
        let first = try step { try $0.commit(["a": [1]]) }
        let second = try step { try $0.commit(["a": [1], "b": [2]]) }
        try step { try $0.session().abandon() }
        try step { try $0.forget(first) }
        try step { try $0.collectHere() }
        let third = try step { try $0.commit(["c": [3]]) }
        try step { fixture in
            let hold = try fixture.repository.addHold(
                of: second.id, by: CollectionFixture.attribution, entropy: fixture.entropy)
            _ = try fixture.repository.releaseHold(
                hold.number, of: second.id, by: CollectionFixture.attribution, entropy: fixture.entropy)
            _ = try fixture.repository.addHold(
                of: second.id, by: CollectionFixture.attribution, entropy: fixture.entropy)
        }
        let fourth = try step { try $0.commit(["d": [4]]) }
        try step { try $0.forget(fourth) }
        try step { try $0.collectHere() }
        let fifth = try step { try $0.commit(["e": [5]]) }
        try step { try $0.commit(["f": [6]]) }
        try step { try $0.forget(third) }
        try step { try $0.forget(fifth) }
        try step { fixture in
            _ = try fixture.repository.undoForget(
                fifth.id, by: CollectionFixture.attribution, entropy: fixture.entropy)
        }
    }

    @discardableResult
    private mutating func step<Result>(_ body: (CollectionFixture) throws -> Result) throws -> Result {
        let process = try fixture.over(fixture.store)
        let missing = try actor.look(with: process.repository)
        guard missing.isEmpty else { throw FalseAlarm(objects: missing) }
        let result = try body(process)
        actor.remember(process.repository)
        return result
    }

    struct FalseAlarm: Error {
        let objects: [String]
    }
}

extension CollectionFixture {
    /// Collects in this process, without asking.
    func collectHere() throws {
        var options = CollectionOptions(
            identity: RunIdentity(started: Self.now, host: "collector", processID: 8))
        options.isConfirmed = true
        options.fencesSessions = true
        _ = try Collection(repository, options: options, entropy: entropy).run()
    }
}
