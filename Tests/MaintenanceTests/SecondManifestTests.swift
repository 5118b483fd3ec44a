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

    private func check(_ store: any ObjectStore, _ fixture: CollectionFixture) throws -> CheckReport {
        try Check(fixture.repository.reopened(over: store)).run()
    }

    private func repair(_ store: any ObjectStore, _ options: RepairOptions) throws -> SnapshotRepairReport {
        try SnapshotRepair(sample.repository.reopened(over: store), reading: .none, options: options).run()
    }
}
