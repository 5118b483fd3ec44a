import Coding
import Repository
import Storage
import SystemInterface
import TestSupport
import Testing

@Suite("A generation of garbage collection")
struct GenerationTests {
    private let fixture: RepositoryFixture
    private let content = SeededEntropy(seed: 99).bytes(300_000)

    init() throws {
        fixture = try RepositoryFixture()
    }

    @Test("keeps a writer from reusing its packs until it is closed")
    func quarantine() throws {
        try fixture.commit(["file": content])
        let packs = try fixture.store.names(in: .packs)
        #expect(try begin(1, packs))
        try fixture.commit(["file": content])
        let stored = try fixture.store.names(in: .packs)
        #expect(stored.count == 2 * packs.count)
        _ = try fixture.repository.decide(generation: 1, sweep([]), entropy: fixture.entropy)
        try fixture.commit(["file": content])
        #expect(try fixture.store.names(in: .packs) == stored)
        try fixture.repository.close(generation: 1, by: RunIdentity(), entropy: fixture.entropy)
        try fixture.commit(["file": content])
        #expect(try fixture.store.names(in: .packs) == stored)
    }

    @Test("takes its swept packs out of every catalog for good, whatever segment lists them")
    func sweep() throws {
        let snapshot = try fixture.commit(["file": content])
        let packs = try fixture.store.names(in: .packs)
        #expect(try begin(1, packs))
        _ = try fixture.repository.decide(generation: 1, sweep(packs), entropy: fixture.entropy)
        try fixture.repository.close(generation: 1, by: RunIdentity(), entropy: fixture.entropy)
        try fixture.repository.refresh()
        #expect(try fixture.repository.statistics().packs == 0)
        let error = #expect(throws: RepositoryError.self) {
            try RepositoryFixture.contents(of: snapshot, in: fixture.repository)
        }
        #expect(error?.code == .damaged)
        // Packs and segment are there still, as for a reader whose listing is old.
        let other = try RepositoryFixture(reopening: fixture)
        #expect(try other.repository.statistics().packs == 0)
        let again = try other.commit(["file": content])
        #expect(try RepositoryFixture.contents(of: again, in: other.repository) == ["file": content])
        #expect(try fixture.store.names(in: .packs).count == 2 * packs.count)
    }

    @Test("is begun once, decided once, and what was decided first counts")
    func first() throws {
        #expect(try begin(1, [.zero]))
        #expect(try !begin(1, []))
        #expect(try fixture.repository.quarantinePlan(of: 1).packs == [.zero])
        #expect(try fixture.repository.sweepPlan(of: 1) == nil)
        let first = sweep([.zero])
        #expect(try fixture.repository.decide(generation: 1, first, entropy: fixture.entropy) == first)
        #expect(try fixture.repository.decide(generation: 1, sweep([]), entropy: fixture.entropy) == first)
        #expect(try fixture.repository.sweepPlan(of: 1) == first)
        #expect(try !fixture.repository.isClosed(generation: 1))
        try fixture.repository.close(generation: 1, by: RunIdentity(), entropy: fixture.entropy)
        try fixture.repository.close(generation: 1, by: RunIdentity(host: "other"), entropy: fixture.entropy)
        #expect(try fixture.repository.isClosed(generation: 1))
    }

    @Test("that cannot be read keeps writers from writing, and nobody from reading", arguments: ["", ".sweep"])
    func damaged(part: String) throws {
        let snapshot = try fixture.commit(["file": content])
        #expect(try begin(1, []))
        if !part.isEmpty { _ = try fixture.repository.decide(generation: 1, sweep([]), entropy: fixture.entropy) }
        let name = try #require(ObjectName(path: "quarantine/1\(part)"))
        var bytes = try fixture.store.read(name)
        bytes[bytes.count / 2] ^= 1
        try fixture.store.delete(name)
        try fixture.store.create(name, bytes)
        let other = try RepositoryFixture.open(fixture.store)
        #expect(try RepositoryFixture.contents(of: snapshot, in: other) == ["file": content])
        #expect(other.warnings.contains { $0.contains(name.path) })
        let error = #expect(throws: RepositoryError.self) {
            try other.makeWriteSession(WriteSessionOptions(workers: 1), entropy: fixture.entropy)
        }
        #expect(error?.code == .damaged && error?.object == name.path)
    }

    @Test("says the same when it is read back", arguments: 0..<UInt64(20))
    func roundTrip(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        func ids(_ random: inout SeededGenerator) -> [Bytes32] {
            (0..<random.number(in: 0...40)).compactMap { _ in Bytes32(random.bytes(Bytes32.count)) }
        }
        let identity = RunIdentity(
            started: Timestamp(seconds: -5, nanoseconds: 999), host: "host", processID: UInt32.max)
        let plan = QuarantinePlan(
            packs: ids(&random), tombstones: ids(&random).map { .init(snapshot: SnapshotID($0), number: 3) },
            identity: identity)
        #expect(try fixture.repository.begin(generation: 1, plan, entropy: fixture.entropy))
        #expect(try fixture.repository.quarantinePlan(of: 1) == plan, "seed \(seed)")
        let sweep = SweepPlan(
            packs: ids(&random), snapshots: ids(&random).map { .init(session: 4, snapshot: SnapshotID($0)) },
            abortedSessions: [1, 5, 70_000], settledSessions: 70_001,
            commits: ids(&random).enumerated().map {
                .init(session: UInt64($0.offset), snapshot: SnapshotID($0.element))
            },
            identity: identity)
        _ = try fixture.repository.decide(generation: 1, sweep, entropy: fixture.entropy)
        #expect(try fixture.repository.sweepPlan(of: 1) == sweep, "seed \(seed)")
    }

    private func begin(_ number: UInt64, _ packs: [Bytes32]) throws -> Bool {
        try fixture.repository.begin(
            generation: number, QuarantinePlan(packs: packs, tombstones: [], identity: RunIdentity()),
            entropy: fixture.entropy)
    }

    private func sweep(_ packs: [Bytes32]) -> SweepPlan {
        SweepPlan(
            packs: packs, snapshots: [], abortedSessions: [], settledSessions: 0, commits: [], identity: RunIdentity())
    }
}
