import Maintenance
import Repository
import Storage
import Synchronization
import SystemInterface
import TestSupport
import Testing

@Suite("Nobody is alarmed without a reason")
struct NoFalseAlarmTests {
    @Test("beside backups, garbage collections and whoever forgets, in many processes", .timeLimit(.minutes(20)))
    func concurrent() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path.appending("store")
        let fixture = try CollectionFixture(store: LocalDirectoryStore.create(at: path))
        let surprises = Mutex<[String]>([])
        func work(
            _ name: String, _ body: @escaping @Sendable (CollectionFixture, Int) throws -> Void
        ) throws -> Thread {
            try Thread.spawn(name: name) {
                var client = RememberingClient()
                for number in 0..<12 {
                    do {
                        let process = try fixture.over(try LocalDirectoryStore(at: path))
                        let missing = try client.look(with: process.repository, thoroughly: number % 3 == 0)
                        if !missing.isEmpty { surprises.withLock { $0.append("\(name) \(number): \(missing)") } }
                        defer { client.remember(process.repository) }
                        try body(process, number)
                    } catch let error as RepositoryError {
                        let isExpected = [.fenced, .removed, .refused].contains(error.code)
                        if !isExpected { surprises.withLock { $0.append("\(name) \(number): \(error)") } }
                    } catch {
                        surprises.withLock { $0.append("\(name) \(number): \(error)") }
                    }
                }
            }
        }
        let threads = try [
            work("writer-1") { _ = try $0.commit(["a": CollectionFixture.bytes(UInt64($1 % 4))]) },
            work("writer-2") { _ = try $0.commit(["b": CollectionFixture.bytes(UInt64($1 % 3 + 9))]) },
            work("forgetter") { process, _ in
                guard let snapshot = process.repository.snapshots().dropLast(2).first else { return }
                try process.forget(snapshot)
            },
            work("collector") { process, _ in try process.collectHere() },
            work("reader") { _, _ in },
        ]
        for thread in threads { thread.join() }
        #expect(surprises.withLock { $0 } == [])
        var late = RememberingClient()
        #expect(try late.look(at: fixture, thoroughly: true) == [])
        #expect(try fixture.repository.newestSession() > 10)
    }

    /// A small life of a repository: what each step does in a process of its own.
    private static let life: [@Sendable (CollectionFixture) throws -> Void] = [
        { _ = try $0.commit(["a": [1]]) },
        { _ = try $0.commit(["b": [2]]) },
        { process in
            guard let snapshot = process.repository.snapshots().first else { return }
            try process.forget(snapshot)
        },
        { try $0.collectHere() },
        { _ = try $0.commit(["c": [3]]) },
        { process in
            guard let snapshot = process.repository.snapshots().first else { return }
            let hold = try process.repository.addHold(
                of: snapshot.id, by: CollectionFixture.attribution, entropy: process.entropy)
            _ = try process.repository.releaseHold(
                hold.number, of: snapshot.id, by: CollectionFixture.attribution, entropy: process.entropy)
            try process.forget(snapshot)
            _ = try process.repository.undoForget(
                snapshot.id, by: CollectionFixture.attribution, entropy: process.entropy)
        },
        { try $0.collectHere() },
    ]

    @Test(
        "after a process that ended at any operation, or lost a reply", .timeLimit(.minutes(20)),
        arguments: FaultPlan.Effect.allCases)
    func everyOperation(effect: FaultPlan.Effect) throws {
        for (number, step) in Self.life.enumerated() {
            let beginning = MemoryStore()
            let before = try CollectionFixture(store: beginning)
            var actor = RememberingClient()
            var observer = RememberingClient()
            for earlier in Self.life.prefix(number) {
                let process = try before.over(beginning)
                _ = try actor.look(with: process.repository)
                try earlier(process)
                actor.remember(process.repository)
            }
            _ = try observer.look(at: before)
            var position = 1
            while true {
                let store = try before.copy()
                let faulty = FaultInjectingStore(
                    store,
                    plan: FaultPlan(failAt: position, mode: .fromThenOn, code: .unreachable, effect: effect))
                var (client, other, fresh) = (actor, observer, RememberingClient())
                if let process = try? before.over(faulty), (try? client.look(with: process.repository)) != nil {
                    _ = try? step(process)
                    client.remember(process.repository)
                }
                let place = "step \(number), operation \(position)"
                for round in 0..<2 {
                    #expect(try client.look(at: before, through: store) == [], "\(place), round \(round)")
                    #expect(try client.look(at: before, through: store, thoroughly: true) == [], "\(place)")
                    #expect(try other.look(at: before, through: store) == [], "\(place), round \(round)")
                    #expect(try fresh.look(at: before, through: store, thoroughly: true) == [], "\(place)")
                    let next = try before.over(store)
                    #expect(try fresh.look(with: next.repository) == [], "\(place), round \(round)")
                    _ = try next.commit(["next": [9]])
                    fresh.remember(next.repository)
                    try before.over(store).collectHere()
                }
                guard faulty.operationCount >= position else { break }
                position += 1
            }
        }
    }

    @Test("when what was seen was forgotten and collected while a client was away")
    func offline() throws {
        let fixture = try CollectionFixture()
        let seen = try [[1], [2], [3]].map { try fixture.commit(["a": $0]) }
        var client = RememberingClient()
        #expect(try client.look(at: fixture) == [])
        for snapshot in seen {
            try fixture.over(fixture.store).commit(["c": snapshot.id.bytes.bytes])
            let process = try fixture.over(fixture.store)
            try process.forget(snapshot)
            try process.collectHere()
        }
        for snapshot in seen { #expect(try !fixture.store.contains(ObjectName(.snapshots, snapshot.id.bytes))) }
        #expect(try client.look(at: fixture) == [])
        #expect(try client.look(at: fixture, thoroughly: true) == [])
    }

    @Test("when a listing lags: what it leaves out is asked for by key, and shown")
    func lagging() throws {
        let fixture = try CollectionFixture()
        let first = try fixture.commit(["a": [1]])
        let second = try fixture.commit(["b": [2]])
        var client = RememberingClient()
        #expect(try client.look(at: fixture) == [])
        let lagging = HidingStore(
            fixture.store, hiding: [ObjectName(.snapshots, second.id.bytes)], in: .listings)
        let repository = try fixture.repository.reopened(over: lagging)
        #expect(repository.snapshots().map(\.id) == [first.id])
        #expect(try client.look(with: repository) == [])
        #expect(repository.showsUnlisted)
        try repository.refresh()
        #expect(Set(repository.snapshots().map(\.id)) == [first.id, second.id])
        // Somebody who has seen nothing knows of it by its session.
        var fresh = RememberingClient()
        let other = try fixture.repository.reopened(over: lagging)
        #expect(try fresh.look(with: other) == [])
        try other.refresh()
        #expect(other.snapshots().count == 2)
    }

    @Test("when a snapshot was committed and not published: it is shown all the same, until it is swept")
    func unpublished() throws {
        let fixture = try CollectionFixture()
        let first = try fixture.commit(["a": [1]])
        try fixture.commit(["b": [2]])
        try fixture.store.delete(ObjectName(.snapshots, first.id.bytes))
        var client = RememberingClient()
        let repository = try fixture.repository.reopened(over: fixture.store)
        #expect(try client.look(with: repository) == [])
        try repository.refresh()
        #expect(repository.snapshots().count == 2)
        #expect(repository.damagedSnapshots().isEmpty)
        let process = try fixture.over(fixture.store)
        #expect(try client.look(with: process.repository) == [])
        try process.forget(first)
        try fixture.over(fixture.store).collectHere()
        try repository.refresh()
        #expect(repository.snapshots().count == 1)
    }

    @Test(
        "when a record had rotted that nobody had seen whole, and has its good bytes again",
        arguments: ["quarantine/1", "quarantine/1.sweep", "quarantine/1.closed", "sessions/2.outcome"], [false, true])
    func madeWhole(path: String, collects: Bool) throws {
        let fixture = try Self.collected()
        var known = RememberingClient()
        #expect(try known.look(at: fixture) == [])
        let name = try #require(ObjectName(path: path))
        let good = try Self.damage(name, in: fixture.store)
        var reader = RememberingClient()
        let readers = try fixture.over(fixture.store)
        #expect(try reader.look(with: readers.repository) == [])
        reader.remember(readers.repository)
        var writer = RememberingClient()
        let process = try fixture.over(fixture.store)
        #expect(try writer.look(with: process.repository) == [])
        if collects {
            try process.forget(try #require(process.repository.snapshots().first))
            try process.collectHere()
        }
        try process.commit(["c": [3]])
        writer.remember(process.repository)
        try fixture.store.delete(name)
        try fixture.store.create(name, good)
        try Self.expectSilence(at: fixture, [known, reader, writer])
    }

    @Test("when a claim had rotted and has its good bytes again, and whoever wrote next had seen it before")
    func claimMadeWhole() throws {
        let fixture = try Self.collected()
        var writer = RememberingClient()
        #expect(try writer.look(at: fixture) == [])
        let name = ObjectName(.sessions, number: 2)
        let good = try Self.damage(name, in: fixture.store)
        let process = try fixture.over(fixture.store)
        #expect(try writer.look(with: process.repository) == [])
        try process.commit(["c": [3]])
        writer.remember(process.repository)
        var reader = RememberingClient()
        let readers = try fixture.over(fixture.store)
        #expect(try reader.look(with: readers.repository) == [])
        reader.remember(readers.repository)
        try fixture.store.delete(name)
        try fixture.store.create(name, good)
        try Self.expectSilence(at: fixture, [writer, reader])
    }

    @Test("when whoever wanted to end a tombstone or a run found an end that was damaged, and has its good bytes again")
    func endsMadeWhole() throws {
        let fixture = try CollectionFixture()
        let snapshot = try fixture.commit(["a": [1]])
        try fixture.forget(snapshot)
        let who = CollectionFixture.attribution
        #expect(try fixture.repository.undoForget(snapshot.id, by: who, entropy: fixture.entropy))
        let names = [
            ObjectName(.tombstones, snapshot.id.bytes, number: 1, part: .final),
            ObjectName(.sessions, number: 1, part: .outcome),
        ]
        for name in names {
            let good = try Self.damage(name, in: fixture.store)
            let process = try fixture.over(fixture.store)
            var client = RememberingClient()
            #expect(try client.look(with: process.repository) == [])
            if name.folder == .tombstones {
                #expect(try !process.repository.undoForget(snapshot.id, by: who, entropy: fixture.entropy))
            } else {
                #expect(throws: RepositoryError.self) {
                    try process.repository.end(session: 1, .aborted(RunIdentity()), entropy: fixture.entropy)
                }
            }
            client.remember(process.repository)
            try fixture.store.delete(name)
            try fixture.store.create(name, good)
            try Self.expectSilence(at: fixture, [client])
        }
    }

    @Test("when the newest claim could not be read for a while; and what was seen beside it is not forgotten")
    func newestClaim() throws {
        let fixture = try Self.collected()
        var client = RememberingClient()
        #expect(try client.look(at: fixture) == [])
        try fixture.over(fixture.store).commit(["c": [3]])
        let name = ObjectName(.sessions, number: 3)
        let good = try Self.damage(name, in: fixture.store)
        let process = try fixture.over(fixture.store)
        #expect(try client.look(with: process.repository) == [])
        client.remember(process.repository)
        for path in ["sessions/2", "sessions/3.outcome", "quarantine/1"] {
            let hiding = HidingStore(fixture.store, hiding: [try #require(ObjectName(path: path))])
            var again = client
            #expect(try again.look(at: fixture, through: hiding).contains(path))
        }
        try fixture.store.delete(name)
        try fixture.store.create(name, good)
        try Self.expectSilence(at: fixture, [client])
    }

    @Test("when the storage gives each record wrongly the first time", arguments: [false, true])
    func wrongOnce(looks: Bool) throws {
        let fixture = try Self.collected()
        var known = RememberingClient()
        #expect(try known.look(at: fixture) == [])
        // Whoever does not look first must read right which packs may be reused.
        let folders: Set<ObjectFolder> = looks ? [.sessions, .quarantine, .tombstones, .holds] : [.sessions]
        let process = try fixture.over(WrongOnceStore(fixture.store, in: folders))
        var writer = RememberingClient()
        if looks { #expect(try writer.look(with: process.repository) == []) }
        try process.commit(["c": [3]])
        if looks { writer.remember(process.repository) }
        try Self.expectSilence(at: fixture, [known, writer])
    }

    /// Two snapshots, of which the first was collected.
    private static func collected() throws -> CollectionFixture {
        let fixture = try CollectionFixture()
        let first = try fixture.commit(["a": [1]])
        try fixture.commit(["b": [2]])
        let process = try fixture.over(fixture.store)
        try process.forget(first)
        try process.collectHere()
        return fixture
    }

    /// Flips a bit of an object, and returns what it was.
    private static func damage(_ name: ObjectName, in store: any ObjectStore) throws -> [UInt8] {
        let good = try store.read(name)
        var bytes = good
        bytes[bytes.count - 20] ^= 1
        try store.delete(name)
        try store.create(name, bytes)
        return good
    }

    /// None of these clients is alarmed, nor is a fresh one, whatever they ask for.
    private static func expectSilence(at fixture: CollectionFixture, _ clients: [RememberingClient]) throws {
        for (number, client) in (clients + [RememberingClient()]).enumerated() {
            for thoroughly in [false, true] {
                var client = client
                #expect(
                    try client.look(at: fixture, thoroughly: thoroughly) == [],
                    "client \(number), thoroughly \(thoroughly)")
            }
        }
    }

    @Test("and where nothing is new, two small objects are read", arguments: [false, true])
    func cost(collected: Bool) throws {
        let fixture = try CollectionFixture()
        for number in 0..<5 {
            let snapshot = try fixture.over(fixture.store).commit(["a": [UInt8(number)]])
            if collected, number == 2 {
                try fixture.over(fixture.store).forget(snapshot)
                try fixture.over(fixture.store).collectHere()
            }
        }
        var client = RememberingClient()
        #expect(try client.look(at: fixture) == [])
        let store = HidingStore(fixture.store, hiding: [])
        let repository = try fixture.repository.reopened(over: store)
        let before = store.operations
        #expect(try client.look(with: repository) == [])
        let after = store.operations
        #expect((after[.read] ?? 0) - (before[.read] ?? 0) == 2)
        #expect(after[.list] == before[.list])
        #expect((after[.size] ?? 0) - (before[.size] ?? 0) <= (collected ? 7 : 3))
    }
}
