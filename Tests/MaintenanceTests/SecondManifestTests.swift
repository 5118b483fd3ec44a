import Maintenance
import Repository
import Storage
import SystemInterface
import TestSupport
import Testing

@Suite("The second copy of a manifest")
struct SecondManifestTests {
    private let sample: SampleRepository
    private let directory: TemporaryDirectory

    init() throws {
        sample = try SampleRepository()
        directory = try TemporaryDirectory()
    }

    private func options(isDryRun: Bool = false, moves: Bool = false) -> RepairOptions {
        RepairOptions(
            workers: 1, isDryRun: isDryRun, moving: moves ? DamagedShelf(directory.path.appending("shelf")) : nil,
            entropy: SeededEntropy(seed: 5))
    }

    @Test("is damage where it is missing, and a repair stores it again", arguments: [1, 2] as [UInt64])
    func missing(session: UInt64) throws {
        let name = ObjectName(.sessions, number: session, part: .snapshot)
        var objects = sample.objects
        objects[name] = nil
        let store = try SampleRepository.store(of: objects)
        let checked = try Check(sample.repository.reopened(over: store)).run()
        #expect(checked.damage.map(\.object) == [name.path])
        #expect(checked.damage.first?.what.contains("`pastfs repair snapshots` puts it back") == true)
        #expect(checked.snapshotCount == 2)
        let dry = try repair(store, options(isDryRun: true))
        #expect(dry.kept.keys.sorted() == [name.path] && dry.putBack.isEmpty)
        #expect(try SampleRepository.contents(of: store) == objects)
        let report = try repair(store, options())
        #expect(report.kept.keys.sorted() == [name.path] && report.putBack == [name.path] && report.moved.isEmpty)
        #expect(try SampleRepository.contents(of: store) == sample.objects)
    }

    @Test("is put back where it is damaged, if that may be moved away", arguments: [false, true])
    func damaged(moves: Bool) throws {
        let name = ObjectName(.sessions, number: 2, part: .snapshot)
        var objects = sample.objects
        objects[name]?[60] ^= 1
        let store = try SampleRepository.store(of: objects)
        let report = try repair(store, options(moves: moves))
        #expect(report.kept.keys.sorted() == [name.path])
        #expect(report.moved == (moves ? [name.path] : []) && report.putBack == report.moved)
        #expect(try SampleRepository.contents(of: store) == (moves ? sample.objects : objects))
    }

    @Test(
        "is missed as well of a session that no collection has settled, and of none that is swept",
        arguments: [true, false])
    func ledger(hasLedger: Bool) throws {
        let fixture = try CollectionFixture()
        let swept = try fixture.commit(["a": CollectionFixture.bytes(1)])
        try fixture.commit(["b": CollectionFixture.bytes(2)])
        let published = ObjectName(.snapshots, swept.id.bytes)
        let bytes = try fixture.store.read(published)
        if hasLedger {
            try fixture.forget(swept)
            try fixture.collect { $0.isConfirmed = true }
            // A late publisher.
            try fixture.store.create(published, bytes)
        }
        try fixture.commit(["c": CollectionFixture.bytes(3)])
        #expect(try check(fixture.store, fixture).isWhole)
        for number in [2, 3] as [UInt64] {
            let store = try fixture.copy()
            let name = ObjectName(.sessions, number: number, part: .snapshot)
            try store.delete(name)
            #expect(try check(store, fixture).damage.map(\.object) == [name.path])
        }
    }

    @Test("is not missed where its snapshot is lost as well: nothing can be put back from it")
    func lostSnapshot() throws {
        let name = ObjectName(.sessions, number: 2, part: .snapshot)
        var objects = sample.objects
        objects[name] = nil
        objects[ObjectName(.snapshots, sample.snapshots[1].bytes)] = nil
        #expect(try Check(sample.reopened(objects)).run().isWhole)
    }

    @Test(
        "serves to publish the first again, which is damage once a collection is over that has seen it",
        arguments: [true, false])
    func unpublished(isSettled: Bool) throws {
        let fixture = try CollectionFixture()
        let snapshot = try fixture.commit(["a": CollectionFixture.bytes(1)])
        let swept = try fixture.commit(["b": CollectionFixture.bytes(2)])
        if isSettled {
            try fixture.forget(swept)
            try fixture.collect { $0.isConfirmed = true }
        }
        let whole = try SampleRepository.contents(of: fixture.store)
        let name = ObjectName(.snapshots, snapshot.id.bytes)
        try fixture.store.delete(name)
        let lacking = try SampleRepository.contents(of: fixture.store)
        let checked = try check(fixture.store, fixture)
        let found = isSettled ? checked.damage : checked.notes
        #expect(found.map(\.object) == [name.path])
        #expect(found.first?.what.contains("`pastfs repair snapshots` puts it back") == true)
        #expect(checked.isWhole == !isSettled)
        func repair(isDryRun: Bool) throws -> SnapshotRepairReport {
            try SnapshotRepair(
                fixture.repository.reopened(over: fixture.store), reading: .none, options: options(isDryRun: isDryRun)
            ).run()
        }
        let dry = try repair(isDryRun: true)
        #expect(dry.kept.keys.sorted() == [name.path] && dry.putBack.isEmpty)
        #expect(try SampleRepository.contents(of: fixture.store) == lacking)
        let report = try repair(isDryRun: false)
        #expect(report.kept.keys.sorted() == [name.path] && report.putBack == [name.path])
        #expect(report.wholeCount == (isSettled ? 1 : 2))
        #expect(try SampleRepository.contents(of: fixture.store) == whole)
        let again = try check(fixture.store, fixture)
        #expect(again.isWhole && again.notes.isEmpty)
    }

    @Test("serves to publish the first again where the outcome is damaged, and nobody misses the snapshot before")
    func damagedOutcome() throws {
        let fixture = try CollectionFixture()
        let snapshot = try fixture.commit(["a": CollectionFixture.bytes(1)])
        let outcome = ObjectName(.sessions, number: 1, part: .outcome)
        var bytes = try fixture.store.read(outcome)
        bytes[20] ^= 1
        try fixture.store.delete(outcome)
        try fixture.store.create(outcome, bytes)
        var client = RememberingClient()
        let repository = try fixture.repository.reopened(over: fixture.store)
        _ = try client.look(with: repository)
        client.remember(repository)
        // A repair has moved it away, and could not store the other.
        let name = ObjectName(.snapshots, snapshot.id.bytes)
        let manifest = try fixture.store.read(name)
        try fixture.store.delete(name)
        #expect(try client.look(at: fixture) == [])
        #expect(try check(fixture.store, fixture).notes.map(\.object) == [name.path])
        let report = try SnapshotRepair(
            fixture.repository.reopened(over: fixture.store), reading: .none, options: options()
        ).run()
        #expect(report.putBack == [name.path] && report.wholeCount == 1)
        #expect(try fixture.store.read(name) == manifest)
    }

    @Test("does not serve to publish what was swept, or a snapshot that it is not the manifest of")
    func notPublished() throws {
        let fixture = try CollectionFixture()
        let (kept, swept) = (
            try fixture.commit(["a": CollectionFixture.bytes(1)]), try fixture.commit(["b": CollectionFixture.bytes(2)])
        )
        let manifest = try fixture.store.read(ObjectName(.sessions, number: 2, part: .snapshot))
        try fixture.forget(swept)
        try fixture.collect { $0.isConfirmed = true }
        // A late writer.
        try fixture.store.create(ObjectName(.sessions, number: 2, part: .snapshot), manifest)
        let other = ObjectName(.sessions, number: 1, part: .snapshot)
        try fixture.store.delete(other)
        try fixture.store.create(other, manifest)
        try fixture.store.delete(ObjectName(.snapshots, kept.id.bytes))
        let report = try SnapshotRepair(
            fixture.repository.reopened(over: fixture.store), reading: .none, options: options(moves: true)
        ).run()
        #expect(report.putBack.isEmpty)
        #expect(try fixture.store.list(.snapshots).isEmpty)
        #expect(report.moved.isEmpty)
    }

    @Test("is moved away where it is damaged and its snapshot was given up, and not before", arguments: [true, false])
    func givenUp(isGivenUp: Bool) throws {
        let name = ObjectName(.sessions, number: 2, part: .snapshot)
        var objects = sample.objects
        objects[name]?[60] ^= 1
        objects[ObjectName(.snapshots, sample.snapshots[1].bytes)] = nil
        let repository = try sample.reopened(objects)
        if isGivenUp { _ = try repository.acceptedRecollection() }
        #expect(try Check(repository).run().damage.map(\.object) == [name.path])
        for moves in [false, true] {
            let report = try SnapshotRepair(repository, reading: .none, options: options(moves: moves)).run()
            #expect(report.beyondRepair.keys.sorted() == (isGivenUp ? [name.path] : []))
            #expect(report.moved == (isGivenUp && moves ? [name.path] : []))
        }
        #expect(try Check(repository).run().isWhole == isGivenUp)
        if isGivenUp { objects[name] = nil }
        #expect(try SampleRepository.contents(of: repository.store) == objects)
    }

    private func check(_ store: any ObjectStore, _ fixture: CollectionFixture) throws -> CheckReport {
        try Check(fixture.repository.reopened(over: store)).run()
    }

    private func repair(_ store: any ObjectStore, _ options: RepairOptions) throws -> SnapshotRepairReport {
        try SnapshotRepair(sample.repository.reopened(over: store), reading: .none, options: options).run()
    }
}
