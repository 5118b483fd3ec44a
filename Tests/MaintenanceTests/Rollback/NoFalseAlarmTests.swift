import Maintenance
import Repository
import Storage
import Synchronization
import SystemInterface
import TestSupport
import Testing

@Suite("Nobody is alarmed without a reason")
struct NoFalseAlarmTests {
    @Test("beside backups, garbage collections and whoever forgets, in many processes", .timeLimit(.minutes(10)))
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
        "after a process that ended at any operation, or lost a reply", .timeLimit(.minutes(10)),
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
        try fixture.over(fixture.store).collectHere()
        let process = try fixture.over(fixture.store)
        // A collection without anything to delete does not publish: forgetting needs the object.
        _ = try fixture.repository.publish(first.id, ofSession: 1)
        try process.forget(first)
        try fixture.over(fixture.store).collectHere()
        try repository.refresh()
        #expect(repository.snapshots().count == 1)
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
