import Coding
import Maintenance
import Repository
import Storage
import SystemInterface
import TestSupport
import Testing

/// A disk has a bad sector under one object for good. Nobody may lose anything, and as far as that can be, all goes on.
@Suite("One object that a disk does not give", .timeLimit(.minutes(20)))
struct UnreadableRecordTests {
    private let fixture: CollectionFixture
    private let stays = CollectionFixture.bytes(3)

    /// Three snapshots of which the first was swept, the second is forgotten and the third stays; a hold was released.
    init() throws {
        fixture = try CollectionFixture()
        let first = try fixture.commit(["a": CollectionFixture.bytes(1)])
        let second = try fixture.commit(["b": CollectionFixture.bytes(2)])
        let third = try fixture.commit(["c": stays])
        try fixture.forget(first)
        #expect(try fixture.collect { $0.isConfirmed = true }.end == .done)
        let by = CollectionFixture.attribution
        for snapshot in [second, third] {
            let hold = try fixture.repository.addHold(of: snapshot.id, by: by, entropy: fixture.entropy)
            _ = try fixture.repository.releaseHold(
                hold.number, of: snapshot.id, by: by, entropy: fixture.entropy)
        }
        try fixture.forget(second)
    }

    @Test("keeps prunes and backups from nothing, but for the newest claim, which the next one has to name")
    func records() throws {
        let names = try [ObjectFolder.quarantine, .sessions, .tombstones, .holds].flatMap { folder in
            try fixture.store.list(folder).map(\.name)
        }
        let newest = try fixture.repository.newestSession()
        var failed: [String] = []
        for name in names {
            let copy = try fixture.copy()
            let failing = try fixture.over(UnreadableStore(copy, [name]))
            do {
                _ = try failing.collect { ($0.isConfirmed, $0.fencesSessions) = (true, true) }
                // What could not be deleted for its sake goes once it can be read, and what stays is there.
                let snapshot = try failing.commit(["c": stays, "d": CollectionFixture.bytes(4)])
                #expect(try failing.contents(of: snapshot)["c"] == stays, "\(name)")
            } catch {
                failed.append(name.path)
            }
            let healed = try fixture.over(copy)
            _ = try healed.collect { ($0.isConfirmed, $0.fencesSessions) = (true, true) }
            let report = try Check(healed.repository.reopened(over: copy)).run()
            #expect(report.isWhole, "\(name): \(report.damage.map { "\($0.object): \($0.what)" })")
        }
        #expect(failed == [ObjectName(.sessions, number: newest).path])
    }

    @Test(
        "or that looks as if it were of a newer version keeps prunes and backups from nothing, where it is a pack of no use",
        arguments: [false, true])
    func pack(isListed: Bool) throws {
        let before = Set(try fixture.store.names(in: .packs))
        let fourth = try fixture.commit(["d": CollectionFixture.bytes(4)])
        try fixture.forget(fourth)
        let packs = try fixture.store.names(in: .packs).filter { !before.contains($0) }
        for pack in packs {
            let name = ObjectName(.packs, pack)
            var bytes = try fixture.store.read(name)
            bytes[8] = 0xFF
            try fixture.store.delete(name)
            try fixture.store.create(name, bytes)
        }
        if !isListed {
            for segment in try fixture.store.list(.index) { try fixture.store.delete(segment.name) }
        }
        let again = try fixture.over(fixture.store)
        #expect(try again.collect { ($0.isConfirmed, $0.fencesSessions) = (true, true) }.end == .done)
        // Nobody can tell what is in one that nothing lists.
        for pack in packs { #expect(try fixture.store.contains(ObjectName(.packs, pack)) == !isListed) }
        let snapshot = try again.commit(["c": stays])
        #expect(try again.contents(of: snapshot) == ["c": stays])
    }
}
