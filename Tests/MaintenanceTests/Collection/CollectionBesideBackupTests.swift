import Maintenance
import Repository
import Storage
import Synchronization
import SystemInterface
import Testing

@Suite("A collection, in front of any operation of which a backup ends")
struct CollectionBesideBackupTests {
    /// A generation that waited for one run, and a backup that has begun since and knows of it.
    private struct Scene {
        let fixture: CollectionFixture
        let session: WriteSession
        let root: TreeEntry

        init() throws {
            fixture = try CollectionFixture()
            try fixture.commit(["kept": CollectionFixture.bytes(1, count: 5_000)])
            try fixture.forget(try fixture.commit(["gone": CollectionFixture.bytes(2, count: 5_000)]))
            let young = try fixture.session()
            guard try fixture.collect().end == .waiting else { throw NotWaiting() }
            session = try fixture.session()
            root = try CollectionFixture.write(["new": CollectionFixture.bytes(3, count: 5_000)], into: session)
            young.abandon()
        }

        struct NotWaiting: Error {}
    }

    @Test("counts its snapshot once, and can remove it later", .timeLimit(.minutes(20)))
    func anyMoment() throws {
        var number = 1
        var isReached = true
        while isReached {
            let scene = try Scene()
            let fixture = scene.fixture
            let saved = Mutex<Snapshot?>(nil)
            let store = InterruptedStore(fixture.store, before: number) {
                let snapshot = try scene.session.commit(CollectionFixture.manifest(scene.root))
                saved.withLock { $0 = snapshot }
            }
            #expect(try fixture.over(store).collect { $0.isConfirmed = true }.end == .done, "operation \(number)")
            #expect(store.actionFailure == nil, "operation \(number)")
            isReached = store.operations >= number
            guard let snapshot = saved.withLock({ $0 }) else { break }
            #expect(try fixture.collect { $0.isConfirmed = true }.end != .waiting, "operation \(number)")
            try fixture.repository.refresh()
            try fixture.forget(snapshot)
            let report = try fixture.collect { $0.isConfirmed = true }
            #expect(report.end == .done && report.snapshots == [snapshot.id], "operation \(number)")
            #expect(try fixture.collect().end == .nothingToDo, "operation \(number)")
            number += 1
        }
        #expect(number > 20)
    }
}
