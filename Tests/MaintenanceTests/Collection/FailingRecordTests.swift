import Coding
import Maintenance
import Repository
import Storage
import SystemInterface
import TestSupport
import Testing

/// One record is damaged, or lies over a bad sector, for good, and somebody who has seen the repository before does with it
/// what the commands do: look whether it is what it was, and then back up, hold, undo, apply a policy, prune.
@Suite("One record that nobody can read", .timeLimit(.minutes(20)))
struct FailingRecordTests {
    enum Fault: CaseIterable {
        case badSector, flippedBit
    }

    private let fixture: CollectionFixture
    /// What the client has seen: also the snapshot that was swept, while it was there.
    private let client: RememberingClient
    private let stays = ["c": CollectionFixture.bytes(3)]
    /// Swept; to go by the policy; to stay by it; forgotten, though the newest.
    private let swept: Snapshot
    private let older: Snapshot
    private let newer: Snapshot
    private let forgotten: Snapshot

    init() throws {
        fixture = try CollectionFixture()
        var client = RememberingClient()
        swept = try fixture.commit(["a": CollectionFixture.bytes(1)], startedAt: 1_900_000_001)
        older = try fixture.commit(["b": CollectionFixture.bytes(2)], startedAt: 1_900_000_002)
        newer = try fixture.commit(stays, startedAt: 1_900_000_003)
        let by = CollectionFixture.attribution
        for snapshot in [swept, older, newer] {
            let hold = try fixture.repository.addHold(of: snapshot.id, by: by, entropy: fixture.entropy)
            _ = try fixture.repository.releaseHold(
                hold.number, of: snapshot.id, by: by, entropy: fixture.entropy)
        }
        let early = try fixture.over(fixture.store)
        #expect(try client.look(with: early.repository) == [])
        try fixture.forget(swept)
        try fixture.collectHere()
        let late = try fixture.over(fixture.store)
        #expect(try client.look(with: late.repository) == [])
        // A process that began before the collection writes last: then the collection is known, and the snapshot is to be
        // there all the same.
        let directory = try TemporaryDirectory()
        let file = RecollectionFile(stateDirectory: directory.path, repository: late.repository)
        try file.write(late.repository.recollection, entropy: fixture.entropy)
        try file.write(early.repository.recollection, entropy: fixture.entropy)
        guard case .remembered(let remembered) = file.read() else { throw NothingRemembered() }
        self.client = RememberingClient(remembered)
        forgotten = try fixture.commit(["d": CollectionFixture.bytes(4)], startedAt: 1_900_000_004)
        let hold = try fixture.repository.addHold(of: forgotten.id, by: by, entropy: fixture.entropy)
        _ = try fixture.repository.releaseHold(hold.number, of: forgotten.id, by: by, entropy: fixture.entropy)
        try fixture.forget(forgotten)
    }

    private struct NothingRemembered: Error {}

    private func names() throws -> [ObjectName] {
        try [ObjectFolder.quarantine, .sessions, .tombstones, .holds].flatMap { folder in
            try fixture.store.list(folder).map(\.name)
        }
    }

    /// Does something with each record failing in turn, each time in a copy; returns the records that kept it from being
    /// done. `verify` looks at what came of it, once everything can be read.
    private func failures(
        _ fault: Fault, thoroughly: Bool, _ action: (CollectionFixture) throws -> Void,
        verify: (CollectionFixture, ObjectName) throws -> Void
    ) throws -> [ObjectName] {
        var failed: [ObjectName] = []
        for name in try names() {
            let copy = try fixture.copy()
            let good = try copy.read(name)
            if fault == .flippedBit {
                var bytes = good
                bytes[bytes.count - 20] ^= 1
                try copy.delete(name)
                try copy.create(name, bytes)
            }
            let failing = try fixture.over(UnreadableStore(copy, fault == .badSector ? [name] : []))
            var client = client
            #expect(try client.look(with: failing.repository, thoroughly: thoroughly) == [], "\(name)")
            do {
                try action(failing)
            } catch let error as RepositoryError {
                #expect(error.isUnreadable, "\(name): \(error)")
                failed.append(name)
                continue
            }
            if fault == .flippedBit, try copy.contains(name) {
                try copy.delete(name)
                try copy.create(name, good)
            }
            try verify(fixture.over(copy), name)
        }
        return failed
    }

    @Test("stops no backup, but for the newest claim, which the next one has to name", arguments: Fault.allCases)
    func backup(fault: Fault) throws {
        var made: Snapshot?
        let failed = try failures(fault, thoroughly: false) {
            made = try $0.commit(stays.merging(["e": CollectionFixture.bytes(5)]) { left, _ in left })
        } verify: { healed, name in
            let contents = try healed.contents(of: #require(made))
            #expect(contents["c"] == stays["c"], "\(name)")
        }
        let newest = ObjectName(.sessions, number: try fixture.repository.newestSession())
        #expect(failed == (fault == .badSector ? [newest] : []))
    }

    @Test("stops no hold of a snapshot that is live", arguments: Fault.allCases)
    func hold(fault: Fault) throws {
        let failed = try failures(fault, thoroughly: false) {
            _ = try $0.repository.addHold(
                of: newer.id, by: CollectionFixture.attribution, entropy: fixture.entropy)
        } verify: { healed, name in
            let holds = try healed.repository.bindingHolds(of: newer.id)
            #expect(holds.count == 1, "\(name)")
        }
        #expect(failed == [])
    }

    @Test("stops no undoing, but for what this has to read", arguments: Fault.allCases)
    func undo(fault: Fault) throws {
        let failed = try failures(fault, thoroughly: false) {
            _ = try $0.repository.undoForget(
                forgotten.id, by: CollectionFixture.attribution, entropy: fixture.entropy)
        } verify: { healed, name in
            let standing = try healed.repository.standing(of: forgotten.id)
            #expect(standing == .live, "\(name)")
        }
        let own = try names().filter { $0.id == forgotten.id.bytes }
        #expect(own.count == 3)
        #expect(failed == (fault == .badSector ? own : []))
    }

    @Test("stops no policy, and none takes for live what is forgotten", arguments: Fault.allCases)
    func policy(fault: Fault) throws {
        let failed = try failures(fault, thoroughly: true) { failing in
            let now = CollectionFixture.now
            var policy = RetentionPolicy()
            policy.last = 1
            let plan = try RetentionPlan(
                RetentionCandidate.all(in: failing.repository, at: now) { _ in true }, policy: policy, grouping: [],
                now: now
            ) { _ in 0 }
            for candidate in plan.removed {
                _ = try failing.repository.forget(
                    candidate.id, by: CollectionFixture.attribution, entropy: fixture.entropy)
            }
        } verify: { healed, name in
            #expect(healed.repository.snapshots().map(\.id).contains(newer.id), "\(name)")
            // What may be held stays. A hold of which only the release can be read is none.
            let isDoubted =
                name.folder == .holds && name.id == older.id.bytes && (fault == .badSector || name.part == .released)
            let shown = healed.repository.snapshots().map(\.id).filter { $0 != newer.id }
            #expect(shown == (isDoubted ? [older.id] : []), "\(name)")
        }
        #expect(failed == [])
    }

    @Test("stops no prune, and none takes away what stays", arguments: Fault.allCases)
    func prune(fault: Fault) throws {
        let failed = try failures(fault, thoroughly: true) { failing in
            var options = CollectionOptions(
                identity: RunIdentity(started: CollectionFixture.now, host: "collector", processID: 8))
            (options.isConfirmed, options.fencesSessions) = (true, true)
            _ = try Collection(failing.repository, options: options, entropy: fixture.entropy).run()
        } verify: { healed, name in
            let contents = try healed.contents(of: newer)
            #expect(contents == stays, "\(name)")
            _ = try healed.contents(of: older)
            let report = try Check(healed.repository.reopened(over: healed.store)).run()
            #expect(report.isWhole, "\(name)")
        }
        #expect(failed == [])
    }

    @Test("or that no listing shows makes no policy take for live what is forgotten")
    func unlisted() throws {
        let tombstone = ObjectName(.tombstones, forgotten.id.bytes, number: 1)
        let process = try fixture.over(HidingStore(fixture.store, hiding: [tombstone], in: .listings))
        #expect(process.repository.snapshots().map(\.id).contains(forgotten.id))
        let candidates = try RetentionCandidate.all(in: process.repository, at: CollectionFixture.now) { _ in true }
        #expect(candidates.map(\.id) == [older.id, newer.id])
    }
}
