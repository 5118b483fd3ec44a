import Coding
import Maintenance
import Repository
import Storage
import SystemInterface
import TestSupport
import Testing

/// A collection has swept packs, and a disk does not give what it has said: whoever relies on what segments say must not
/// believe in these packs again.
@Suite("A sweep plan that a disk does not give")
struct UnreadableSweepTests {
    private static let sweep = ObjectName(.quarantine, number: 1, part: .sweep)
    private static let copy = ObjectName(.quarantine, number: 1, part: .copy)

    private let fixture: CollectionFixture
    private let directory: TemporaryDirectory
    private let shared = CollectionFixture.bytes(1)

    init() throws {
        fixture = try CollectionFixture()
        directory = try TemporaryDirectory()
    }

    @Test("stops neither backups nor prunes where its copy is whole")
    func copied() throws {
        let first = try fixture.commit(["a": shared])
        let second = try fixture.commit(["b": CollectionFixture.bytes(2)])
        try fixture.forget(first)
        #expect(try fixture.collect { $0.isConfirmed = true }.end == .done)
        let failing = try fixture.over(UnreadableStore(fixture.store, [Self.sweep]))
        let third = try failing.commit(["a": shared])
        #expect(try fixture.contents(of: third) == ["a": shared])
        try failing.forget(second)
        #expect(try failing.collect { $0.isConfirmed = true }.end == .done)
        #expect(try fixture.contents(of: third) == ["a": shared])
        #expect(try failing.collect().end == .nothingToDo)
    }

    @Test("is done all the same where its copy is whole")
    func copiedAndOpen() throws {
        let packs = try packs(of: fixture) { try fixture.commit(["a": shared]) }
        try fixture.commit(["b": CollectionFixture.bytes(2)])
        try decide(1, packs.made)
        try fixture.repository.copySweepPlan(of: 1)
        try fixture.store.delete(ObjectName(.snapshots, packs.snapshot.id.bytes))
        let failing = try fixture.over(UnreadableStore(fixture.store, [Self.sweep]))
        // The snapshot is missing that nobody has swept; what was decided is done before.
        _ = try? failing.collect { $0.isConfirmed = true }
        #expect(try fixture.repository.isClosed(generation: 1))
        for pack in packs.made { #expect(try !fixture.store.contains(ObjectName(.packs, pack))) }
    }

    /// One place of a chunk is about to be deleted by a decided collection, the other is in a pack that is damaged elsewhere.
    @Test("keeps a repair from moving away what holds the last copy of a chunk")
    func repair() throws {
        let first = try packs(of: fixture) { try fixture.commit(["a": shared]) }
        let stored = try fixture.takePacks()
        let later = try fixture.over(fixture.store)
        let second = try packs(of: later) {
            try later.commit(["a": shared, "x": CollectionFixture.bytes(3)])
        }
        for (name, bytes) in stored { try fixture.store.create(name, bytes) }
        let damaged = try #require(second.made.first { try isContent($0) })
        try replace(ObjectName(.packs, damaged)) { $0[$0.count * 3 / 4] ^= 1 }
        try decide(1, [])
        try fixture.repository.close(generation: 1, by: Self.collector, entropy: fixture.entropy)
        try decide(2, first.made.filter { try isContent($0) })

        let store = UnreadableStore(fixture.store, [Self.sweep])
        let options = RepairOptions(
            workers: 1, moving: DamagedShelf(directory.path.appending("shelf")), entropy: SeededEntropy(seed: 5))
        let error = #expect(throws: RepositoryError.self) {
            try PackRepair(fixture.repository.reopened(over: store), options: options).run([damaged])
        }
        #expect(error?.object == Self.sweep.path)
        #expect(try fixture.store.contains(ObjectName(.packs, damaged)))
        _ = try fixture.collect { $0.isConfirmed = true }
        #expect(try fixture.repository.isClosed(generation: 2))
        #expect(try fixture.contents(of: first.snapshot) == ["a": shared])
    }

    @Test("fails a run whose catalog has to be made anew, and that would believe in swept packs")
    func catalogMadeAnew() throws {
        let first = try packs(of: fixture) { try fixture.commit(["a": shared]) }
        // The segment stays: there was no room to rewrite it.
        try decide(1, first.made)
        try fixture.repository.copySweepPlan(of: 1)
        for pack in first.made { try fixture.store.delete(ObjectName(.packs, pack)) }
        try fixture.store.delete(ObjectName(.snapshots, first.snapshot.id.bytes))
        try fixture.repository.close(generation: 1, by: Self.collector, entropy: fixture.entropy)
        let store = UnreadableStore(fixture.store)
        let over = try fixture.over(store)
        // Closed, so that the next connection has no pages in memory.
        _ = try over.repository.reopened(cacheDirectory: directory.path)
        let repository = try over.repository.reopened(cacheDirectory: directory.path)
        let session = try repository.makeWriteSession(WriteSessionOptions(workers: 1), entropy: fixture.entropy)
        let file = repository.cacheDirectory(below: directory.path).appending("catalog.sqlite")
        let bytes = try FileSystem.read(file, atMost: 1 << 24)
        try FileSystem.write(file, Array(bytes[..<4_096]) + [UInt8](repeating: 0xFF, count: bytes.count - 4_096))
        store.fail([Self.sweep, Self.copy])
        let error = #expect(throws: RepositoryError.self) {
            let root = try CollectionFixture.write(["a": shared], into: session)
            let second = try session.commit(CollectionFixture.manifest(root))
            #expect(try fixture.contents(of: second) == ["a": shared])
        }
        #expect(error?.object == Self.sweep.path)
        session.abandon()
        // What can be read again serves.
        store.fail([])
        #expect(try fixture.contents(of: fixture.over(store).commit(["a": shared])) == ["a": shared])
    }

    // Which of two copies goes depends on the packs' names, and so on the seed.
    @Test("keeps a prune from deleting anything where swept packs are there again", arguments: 1...UInt64(4))
    func putBack(seed: UInt64) throws {
        let fixture = try CollectionFixture(seed: seed)
        let first = try packs(of: fixture) { try fixture.commit(["a": shared]) }
        let stored = try fixture.takePacks()
        try decide(1, first.made, in: fixture)
        try fixture.repository.copySweepPlan(of: 1)
        try fixture.repository.close(generation: 1, by: Self.collector, entropy: fixture.entropy)
        try decide(2, [], in: fixture)
        try fixture.repository.copySweepPlan(of: 2)
        try fixture.repository.close(generation: 2, by: Self.collector, entropy: fixture.entropy)
        let second = try fixture.over(fixture.store).commit(["a": shared])
        for (name, bytes) in stored { try fixture.store.create(name, bytes) }

        let store = UnreadableStore(fixture.store, [Self.sweep, Self.copy])
        let before = try fixture.names(.packs, .index, .quarantine)
        let error = #expect(throws: RepositoryError.self) {
            try fixture.over(store).collect { $0.isConfirmed = true }
        }
        #expect(error?.object == Self.sweep.path)
        #expect(try fixture.names(.packs, .index, .quarantine) == before)
        #expect(try fixture.contents(of: second) == ["a": shared])
        // As soon as it can be read, what was swept goes again.
        #expect(try fixture.collect { $0.isConfirmed = true }.end == .done)
        for pack in first.made { #expect(try !fixture.store.contains(ObjectName(.packs, pack))) }
        #expect(try fixture.contents(of: second) == ["a": shared])
    }

    private static let collector = RunIdentity(started: CollectionFixture.now, host: "collector", processID: 8)

    /// A snapshot, and the packs that came with it.
    private func packs(
        of fixture: CollectionFixture, _ body: () throws -> Snapshot
    ) throws -> (snapshot: Snapshot, made: [Bytes32]) {
        let before = Set(try fixture.store.names(in: .packs))
        let snapshot = try body()
        return (snapshot, try fixture.store.names(in: .packs).filter { !before.contains($0) })
    }

    /// Begins a generation and decides that these packs go, and does no more.
    private func decide(_ generation: UInt64, _ packs: [Bytes32], in fixture: CollectionFixture? = nil) throws {
        let fixture = fixture ?? self.fixture
        let plan = QuarantinePlan(
            packs: packs, tombstones: [], identity: Self.collector,
            previous: try fixture.repository.digests(ofGeneration: generation - 1))
        _ = try fixture.repository.begin(generation: generation, plan, entropy: fixture.entropy)
        let decision = SweepPlan(
            packs: packs, snapshots: [], abortedSessions: [], settledSessions: 0, commits: [],
            identity: Self.collector)
        _ = try fixture.repository.decide(generation: generation, decision, entropy: fixture.entropy)
    }

    private func isContent(_ pack: Bytes32) throws -> Bool {
        try fixture.store.read(ObjectName(.packs, pack))[10] == PackKind.content.rawValue
    }

    private func replace(_ name: ObjectName, _ change: (inout [UInt8]) -> Void) throws {
        var bytes = try fixture.store.read(name)
        change(&bytes)
        try fixture.store.delete(name)
        try fixture.store.create(name, bytes)
    }
}
