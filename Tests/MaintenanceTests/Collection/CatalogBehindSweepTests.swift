import Coding
import Maintenance
import Repository
import Storage
import TestSupport
import Testing

/// A collection has decided what goes and was killed before it has rewritten the index; the local catalog is of before.
@Suite("A local catalog that is behind a sweep")
struct CatalogBehindSweepTests {
    private let directory: TemporaryDirectory
    private let fixture: CollectionFixture
    private let gone: Set<Bytes32>

    init() throws {
        directory = try TemporaryDirectory()
        fixture = try CollectionFixture()
        try fixture.commit(["kept": CollectionFixture.bytes(1)])
        let before = Set(try fixture.store.names(in: .packs))
        let snapshot = try fixture.commit(["gone": CollectionFixture.bytes(2)])
        gone = Set(try fixture.store.names(in: .packs)).subtracting(before)
        _ = try fixture.repository.reopened(cacheDirectory: directory.path)
        let identity = RunIdentity(started: CollectionFixture.now, host: "collector", processID: 8)
        let plan = QuarantinePlan(packs: Array(gone), tombstones: [], identity: identity)
        _ = try fixture.repository.begin(generation: 1, plan, entropy: fixture.entropy)
        let decision = SweepPlan(
            packs: Array(gone), snapshots: [.init(session: 2, snapshot: snapshot.id)], abortedSessions: [],
            settledSessions: 0, commits: [], identity: identity)
        _ = try fixture.repository.decide(generation: 1, decision, entropy: fixture.entropy)
        try fixture.store.delete(ObjectName(.snapshots, snapshot.id.bytes))
    }

    @Test("is no damage")
    func sweptPacks() throws {
        #expect(!gone.isEmpty)
        let repository = try fixture.repository.reopened(over: fixture.store)
        let report = try Check(repository, cacheDirectory: directory.path).run()
        #expect(report.damage.map { "\($0.object): \($0.what)" } == [])
    }
}
