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

    /// The sample without the manifest of the run that died: that is a third copy of the first snapshot's.
    private var withoutThirdCopy: [ObjectName: [UInt8]] {
        sample.objects.filter { $0.key != SampleRepository.uncommitted }
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

    @Test(
        "is put into its place, and not moved away, where the session of another snapshot has the last that is whole",
        arguments: [[0], [1], [0, 1]])
    func exchanged(damaged: [Int]) throws {
        let names = [1, 2].map { ObjectName(.sessions, number: $0, part: .snapshot) }
        var objects = withoutThirdCopy
        (objects[names[0]], objects[names[1]]) = (objects[names[1]], objects[names[0]])
        let published = damaged.map { ObjectName(.snapshots, sample.snapshots[$0].bytes) }
        for name in published { objects[name]?[150] ^= 1 }
        let store = try SampleRepository.store(of: objects)
        let report = try repair(store, options(moves: true))
        #expect(report.putBack == Set((names + published).map(\.path)) && report.moved == report.putBack)
        #expect(report.beyondRepair.isEmpty)
        #expect(try SampleRepository.contents(of: store) == withoutThirdCopy)
    }

    @Test(
        "of another snapshot stays with a session whose own cannot be made whole, until that is put back",
        arguments: [0, 1], [true, false])
    func beyondRepair(lost: Int, knowsEnds: Bool) throws {
        let other = 1 - lost
        let places = [1, 2].map { ObjectName(.sessions, number: $0, part: .snapshot) }
        var objects = withoutThirdCopy
        objects[places[lost]] = objects[places[other]]
        objects[places[other]]?[150] ^= 1
        for snapshot in sample.snapshots { objects[ObjectName(.snapshots, snapshot.bytes)]?[150] ^= 1 }
        // Nobody knows then what belongs to the session whose snapshot it is.
        if !knowsEnds { objects[ObjectName(.sessions, number: UInt64(other) + 1, part: .outcome)]?[60] ^= 1 }
        let store = try SampleRepository.store(of: objects)
        let report = try repair(store, options(moves: true))
        let published = ObjectName(.snapshots, sample.snapshots[other].bytes)
        #expect(report.putBack.contains(published.path))
        #expect(report.beyondRepair.keys.sorted() == [ObjectName(.snapshots, sample.snapshots[lost].bytes).path])
        #expect(try store.read(published) == sample.objects[published])
        // Once that is so, nobody needs what stands in the wrong place.
        _ = try repair(store, options(moves: true))
        #expect(try store.list(.snapshots).map(\.name) == [published])
        if knowsEnds { #expect(try store.read(places[other]) == sample.objects[published]) }
        let readable = SampleRepository.readable(try sample.repository.reopened(over: store))
        #expect(readable.keys.contains { $0.hasSuffix("/own") })
    }

    @Test("of another snapshot is not deleted with the snapshot whose session has the last of it that is whole")
    func swept() throws {
        let fixture = try CollectionFixture()
        let kept = try fixture.commit(["a": CollectionFixture.bytes(1)])
        let swept = try fixture.commit(["b": CollectionFixture.bytes(2)])
        let places = [1, 2].map { ObjectName(.sessions, number: $0, part: .snapshot) }
        let manifests = try places.map { try fixture.store.read($0) }
        let published = ObjectName(.snapshots, kept.id.bytes)
        for name in places + [published] { try fixture.store.delete(name) }
        try fixture.store.create(places[0], manifests[1])
        try fixture.store.create(places[1], manifests[0])
        try fixture.store.create(published, manifests[0] + [0])
        try fixture.forget(swept)
        let report = try fixture.collect { $0.isConfirmed = true }
        #expect(report.snapshots == [swept.id])
        let repository = try fixture.repository.reopened(over: fixture.store)
        #expect(try SampleRepository.readAll(repository).keys.contains { $0.hasSuffix("/a") })
        #expect(repository.damagedSnapshots().isEmpty)
        _ = try SnapshotRepair(repository, reading: .none, options: options(moves: true)).run()
        #expect(try fixture.store.read(published) == manifests[0])
        #expect(try fixture.store.read(places[0]) == manifests[0])
        // Nobody needs it any more.
        try fixture.collect { $0.isConfirmed = true }
        #expect(try fixture.store.list(.sessions).allSatisfy { $0.name != places[1] })
        #expect(try check(fixture.store, fixture).isWhole)
    }

    private func check(_ store: any ObjectStore, _ fixture: CollectionFixture) throws -> CheckReport {
        try Check(fixture.repository.reopened(over: store)).run()
    }

    private func repair(_ store: any ObjectStore, _ options: RepairOptions) throws -> SnapshotRepairReport {
        try SnapshotRepair(sample.repository.reopened(over: store), reading: .none, options: options).run()
    }
}
