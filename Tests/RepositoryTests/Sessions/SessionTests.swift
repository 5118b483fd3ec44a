import Coding
import Repository
import Storage
import SystemInterface
import TestSupport
import Testing

@Suite("The session of a run")
struct SessionTests {
    private let fixture: RepositoryFixture

    init() throws {
        fixture = try RepositoryFixture()
    }

    @Test("is claimed first and ends with the snapshot that it has committed")
    func commits() throws {
        let session = try fixture.session()
        #expect(try fixture.store.contains(ObjectName(.sessions, number: 1)))
        #expect(try fixture.repository.sessionOutcome(1) == nil)
        session.abandon()
        let snapshot = try fixture.commit(["file": [1, 2, 3]])
        #expect(try fixture.repository.newestSession() == 2)
        #expect(try fixture.repository.sessionOutcome(2) == .committed(snapshot.id))
        let pending = try fixture.store.read(ObjectName(.sessions, number: 2, part: .snapshot))
        #expect(try fixture.store.read(ObjectName(.snapshots, snapshot.id.bytes)) == pending)
    }

    @Test("that is given up is over for everybody")
    func abandons() throws {
        try fixture.session().abandon()
        guard case .aborted = try fixture.repository.sessionOutcome(1) else {
            Issue.record("the session is open still")
            return
        }
    }

    @Test("has a number that is none of the highest, whatever the storage shows", arguments: [1 << 40, UInt64.max])
    func numberTooHigh(number: UInt64) throws {
        try fixture.session().abandon()
        // No store that spells names shows one over the limit.
        try fixture.store.create(ObjectName(.sessions, number: number), [1])
        _ = try fixture.repository.recall(nil, thoroughly: true)
        let error = #expect(throws: RepositoryError.self) { try fixture.session() }
        #expect(error?.code == .damaged && error?.object == "sessions")
    }

    @Test("that cannot begin is over for everybody, whatever fails")
    func cannotBegin() throws {
        try fixture.commit(["file": [1]])
        var number = 0
        var failures = 0
        var operations = 0
        repeat {
            number += 1
            let store = FaultInjectingStore(fixture.store, plan: FaultPlan(failAt: number))
            let repository = try fixture.repository.over(store)
            do {
                let session = try repository.makeWriteSession(WriteSessionOptions(workers: 1), entropy: fixture.entropy)
                operations = store.operationCount
                guard number <= operations else { break }
                session.abandon()
            } catch {
                failures += 1
                operations = number
            }
            guard try fixture.repository.newestSession() > 1 else { continue }
            guard case .aborted = try fixture.repository.sessionOutcome(fixture.repository.newestSession()) else {
                Issue.record("the session is open still after operation \(number) has failed")
                continue
            }
        } while number <= operations
        #expect(failures > 5)
    }

    @Test("of a dry run does not exist")
    func dryRun() throws {
        try fixture.session(isDryRun: true).abandon()
        #expect(try fixture.repository.newestSession() == 0)
    }

    @Test("that somebody else has ended commits nothing and says so, and the next run reuses what it stored")
    func fenced() throws {
        let session = try fixture.session()
        let root = try Self.tree(in: session, [7, 8, 9])
        let identity = RunIdentity(started: Timestamp(seconds: 5), host: "elsewhere", processID: 9)
        let ended = try fixture.repository.end(session: 1, .aborted(identity), entropy: fixture.entropy)
        #expect(ended == .aborted(identity))
        let error = #expect(throws: RepositoryError.self) {
            try session.commit(RepositoryFixture.manifest(root: root))
        }
        #expect(error?.code == .fenced)
        #expect(error?.reason.contains("elsewhere") == true)
        session.abandon()
        #expect(try fixture.store.names(in: .snapshots).isEmpty)
        #expect(try fixture.repository.sessionOutcome(1) == .aborted(identity))
        let next = try RepositoryFixture(reopening: fixture)
        let packs = try fixture.store.names(in: .packs)
        try next.commit(["file": [7, 8, 9]])
        #expect(try fixture.store.names(in: .packs) == packs)
    }

    @Test("cannot be ended by a collector once it has committed")
    func committedStays() throws {
        let snapshot = try fixture.commit(["file": [1]])
        let outcome = try fixture.repository.end(session: 1, .aborted(RunIdentity()), entropy: fixture.entropy)
        #expect(outcome == .committed(snapshot.id))
    }

    @Test("that was committed and not published is published from its manifest")
    func publishes() throws {
        let snapshot = try fixture.commit(["file": [1]])
        let name = ObjectName(.snapshots, snapshot.id.bytes)
        let bytes = try fixture.store.read(name)
        try fixture.store.delete(name)
        #expect(try fixture.repository.publish(snapshot.id, ofSession: 1))
        #expect(try fixture.store.read(name) == bytes)
        #expect(try fixture.repository.publish(snapshot.id, ofSession: 1))
        try fixture.store.delete(ObjectName(.sessions, number: 1, part: .snapshot))
        #expect(try !fixture.repository.publish(snapshot.id, ofSession: 1))
    }

    @Test("has the next number, however many there are", arguments: [1, 2, 3, 4, 7, 8, 9, 20])
    func numbers(count: UInt64) throws {
        for number in 1...count { try fixture.store.create(ObjectName(.sessions, number: number), [1]) }
        let other = try RepositoryFixture(reopening: fixture)
        #expect(try other.repository.newestSession() == count)
        try other.session().abandon()
        #expect(try other.repository.newestSession() == count + 1)
        #expect(try fixture.repository.newestSession() == count + 1)
    }

    @Test("of each of many runs at the same time is another one")
    func concurrent() async throws {
        let store = fixture.store
        try await withThrowingTaskGroup(of: Void.self) { group in
            for seed in 0..<UInt64(8) {
                group.addTask {
                    let repository = try RepositoryFixture.open(store)
                    let session = try repository.makeWriteSession(
                        WriteSessionOptions(workers: 1), entropy: SeededEntropy(seed: 100 + seed))
                    let root = try Self.tree(in: session, [UInt8(seed)])
                    _ = try session.commit(RepositoryFixture.manifest(root: root, at: Int64(seed)))
                }
            }
            try await group.waitForAll()
        }
        #expect(try fixture.repository.newestSession() == 8)
        let committed = try (1...UInt64(8)).map { try fixture.repository.sessionOutcome($0) }
        try fixture.repository.refresh()
        let expected = Set(fixture.repository.snapshots().map { SessionOutcome.committed($0.id) })
        #expect(Set(committed.compactMap { $0 }) == expected)
        #expect(expected.count == 8)
    }

    @Test(
        "Whichever creation's reply is lost, a run commits, once",
        arguments: 1...7)
    func lostReplies(position: Int) throws {
        let plan = FaultPlan(failAt: position, code: .unreachable, effect: .after, operations: [.create])
        let repository = try fixture.repository.reopened(
            over: FaultInjectingStore(fixture.store, plan: plan))
        let session = try repository.makeWriteSession(WriteSessionOptions(workers: 1), entropy: fixture.entropy)
        do {
            let root = try Self.tree(in: session, [1, 2])
            let snapshot = try session.commit(RepositoryFixture.manifest(root: root))
            #expect(try fixture.store.names(in: .snapshots) == [snapshot.id.bytes])
            #expect(try fixture.repository.sessionOutcome(1) == .committed(snapshot.id))
        } catch let error as RepositoryError {
            // Packs and segments are not tried again: the run fails, and is over.
            #expect(error.code == .storage(.unreachable))
            session.abandon()
            #expect(try fixture.store.names(in: .snapshots).isEmpty)
            guard case .aborted = try fixture.repository.sessionOutcome(1) else {
                Issue.record("the session is open still")
                return
            }
        }
        #expect(try fixture.repository.newestSession() == 1)
    }

    private static func tree(in session: WriteSession, _ bytes: [UInt8]) throws -> TreeEntry {
        var builder = TreeBuilder(session: session)
        var entry = TreeEntry(name: Array("file".utf8), type: .regular, permissions: 0o644)
        entry.size = UInt64(bytes.count)
        var contents = ContentBuilder(session: session)
        try contents.addChunk(try session.add(bytes.span, .content), bytes: bytes.count)
        entry.content = try contents.finish()
        try builder.add(entry)
        return TreeEntry(name: [], type: .directory, permissions: 0o755, content: .tree(try builder.finish()))
    }
}
