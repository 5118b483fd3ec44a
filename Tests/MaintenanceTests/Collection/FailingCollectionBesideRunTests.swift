import Maintenance
import Repository
import Storage
import SystemInterface
import Testing

/// A backup that began before a collection relies on what that is about to delete.
@Suite("A backup beside a collection on storage that fails", .timeLimit(.minutes(20)))
struct FailingCollectionBesideRunTests {
    private static let old = CollectionFixture.bytes(1, count: 5_000)
    private static let kept = CollectionFixture.bytes(2, count: 5_000)

    /// A snapshot that stays, one that is forgotten, a run that has died long ago, and one that is at work.
    private struct Scene {
        let fixture: CollectionFixture
        let stays: Snapshot

        init() throws {
            fixture = try CollectionFixture()
            stays = try fixture.commit(["kept": kept])
            try fixture.forget(try fixture.commit(["gone": old]))
            _ = try CollectionFixture.write(["dead": [1]], into: fixture.session(startedAt: 0))
        }

        /// Begins the run, and a collection that has to wait for it; then commits, and has `action` done in front of its
        /// n-th operation. Returns the snapshot, nil if the run was ended before, and how many operations there were.
        func commit(
            in store: any ObjectStore, before number: Int, _ action: @escaping @Sendable () throws -> Void
        ) throws -> (snapshot: Snapshot?, operations: Int) {
            let gate = LateStore(store)
            let session = try fixture.over(gate).session()
            let root = try CollectionFixture.write(["again": old], into: session)
            guard try fixture.over(store).collect({ $0.isConfirmed = true }).end == .waiting else { throw NotWaiting() }
            gate.watch(before: number, action)
            do {
                let snapshot = try session.commit(CollectionFixture.manifest(root))
                return (snapshot, gate.operations)
            } catch {
                guard error.code == .fenced else { throw error }
                return (nil, gate.operations)
            }
        }
    }

    private struct NotWaiting: Error {}

    @Test(
        "is there as a whole or not at all, whichever operation fails and whenever that is",
        arguments: [FaultPlan.Mode.once, .fromThenOn])
    func loses(mode: FaultPlan.Mode) throws {
        let scene = try Scene()
        var (moments, runs, saved) = (1, 0, 0)
        while true {
            var position = 1
            var operations = 0
            while true {
                let store = try scene.fixture.copy()
                let plan = FaultPlan(failAt: position, mode: mode, code: .ioFailure)
                let faulty = FaultInjectingStore(store, plan: plan)
                let outcome = try scene.commit(in: store, before: moments) {
                    _ = try? scene.fixture.over(faulty).collect { $0.isConfirmed = true }
                }
                operations = outcome.operations
                let what = "operation \(position) before operation \(moments)"
                let after = try scene.fixture.over(store)
                for _ in 0..<2 {
                    if let snapshot = outcome.snapshot {
                        #expect(try after.contents(of: snapshot) == ["again": Self.old], "\(what)")
                    }
                    #expect(try after.contents(of: scene.stays) == ["kept": Self.kept], "\(what)")
                    let end = try after.collect { ($0.isConfirmed, $0.fencesSessions) = (true, true) }.end
                    #expect(end != .waiting, "\(what)")
                }
                let there = try store.names(in: .snapshots).count
                #expect(there == (outcome.snapshot == nil ? 1 : 2), "\(what)")
                runs += 1
                saved += outcome.snapshot == nil ? 0 : 1
                guard faulty.operationCount >= position else { break }
                position += 1
            }
            guard operations >= moments else { break }
            moments += 1
        }
        #expect(moments > 3 && runs > 100 && saved > 100)
    }
}
