import Maintenance
import Repository
import Storage
import Testing

/// A run was interrupted between its outcome and `snapshots/<id>`, or that is lost: its session alone has the manifest.
@Suite("A snapshot that was committed and not published")
struct UnpublishedSnapshotTests {
    private let fixture: CollectionFixture
    private let first: Snapshot
    private let name: ObjectName

    init() throws {
        fixture = try CollectionFixture()
        first = try fixture.commit(["a": CollectionFixture.bytes(1)])
        try fixture.commit(["b": CollectionFixture.bytes(2)])
        name = ObjectName(.snapshots, first.id.bytes)
        try fixture.store.delete(name)
    }

    /// Another process that has looked, as each command does, whether the storage is complete.
    private func process() throws -> CollectionFixture {
        let process = try fixture.over(fixture.store)
        #expect(try process.repository.recall(nil, thoroughly: true, refusing: true).isEmpty)
        try process.repository.refresh()
        #expect(process.repository.snapshots().count == 2)
        return process
    }

    @Test("is published by a collection of somebody who knows of it, also where there is nothing to delete")
    func collected() throws {
        try process().collectHere()
        #expect(try fixture.store.contains(name))
        #expect(try fixture.contents(of: first) == ["a": CollectionFixture.bytes(1)])
    }

    @Test("counts for a dry run, which publishes nothing", arguments: [false, true])
    func dryRun(isKnown: Bool) throws {
        var options = CollectionOptions(
            identity: RunIdentity(started: CollectionFixture.now, host: "collector", processID: 8))
        options.isDryRun = true
        let repository = try isKnown ? process().repository : fixture.over(fixture.store).repository
        let report = try Collection(repository, options: options, entropy: fixture.entropy).run()
        #expect(report.snapshotsKept == 2 && report.packCount == 0)
        #expect(try !fixture.store.contains(name))
    }

    @Test("can be forgotten, is gone then, and is deleted by the next collection")
    func forgotten() throws {
        let process = try process()
        try process.forget(first)
        try process.repository.refresh()
        #expect(process.repository.snapshots().count == 1)
        #expect(try fixture.collect { $0.isConfirmed = true }.snapshots == [first.id])
        #expect(try !fixture.store.contains(name))
        #expect(try !fixture.store.contains(ObjectName(.sessions, number: 1, part: .snapshot)))
    }

    @Test("can be held, and is published by that")
    func held() throws {
        let process = try process()
        _ = try process.repository.addHold(of: first.id, by: CollectionFixture.attribution, entropy: fixture.entropy)
        #expect(try fixture.store.contains(name))
        let error = #expect(throws: RepositoryError.self) { try process.forget(first) }
        #expect(error?.code == .held)
    }

    @Test("is not published again by somebody who looked before it was swept")
    func sweptSince() throws {
        let late = try process()
        try process().forget(first)
        #expect(try fixture.collect { $0.isConfirmed = true }.end == .done)
        let error = #expect(throws: RepositoryError.self) { try late.forget(first) }
        #expect(error?.code == .noSuchSnapshot)
        #expect(try !fixture.store.contains(name))
    }

    @Test("and of which a disk does not give the manifest is damaged; where that is another or gone, it is missing")
    func damaged() throws {
        let manifest = ObjectName(.sessions, number: 1, part: .snapshot)
        let unreadable = try fixture.over(UnreadableStore(fixture.store, [manifest])).repository
        let found = try unreadable.recall(nil, thoroughly: true)
        #expect(found.map(\.object) == [name.path] && found.map(\.isRollback) == [false])
        // Where nobody can read either that it was committed, nothing else would keep a prune from deleting what it needs.
        let outcome = ObjectName(.sessions, number: 1, part: .outcome)
        var client = RememberingClient()
        #expect(try client.look(at: fixture) == [])
        #expect(try client.look(at: fixture, through: UnreadableStore(fixture.store, [manifest])) == [])
        let both = UnreadableStore(fixture.store, [manifest, outcome])
        #expect(try client.look(at: fixture, through: both, thoroughly: true).contains(name.path))
        var bytes = try fixture.store.read(manifest)
        bytes[bytes.count - 20] ^= 1
        try fixture.store.delete(manifest)
        try fixture.store.create(manifest, bytes)
        let flipped = try fixture.over(fixture.store).repository.recall(nil, thoroughly: true)
        #expect(flipped.map(\.object) == [name.path] && flipped.map(\.isRollback) == [true])
        try fixture.store.delete(manifest)
        let gone = try fixture.over(fixture.store).repository.recall(nil, thoroughly: true)
        #expect(gone.map(\.object) == [name.path] && gone.map(\.isRollback) == [true])
    }
}
