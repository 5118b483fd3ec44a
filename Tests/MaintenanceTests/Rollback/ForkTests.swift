import Repository
import Storage
import Testing

@Suite("A storage that has two continuations of one past")
struct ForkTests {
    private let fixture: CollectionFixture
    /// Two stores with the same beginning; both have all that comes later, each its own.
    private let one: CollectionFixture
    private let two: CollectionFixture
    private let common: RememberingClient

    init() throws {
        fixture = try CollectionFixture()
        try fixture.commit(["a": [0]])
        var client = RememberingClient()
        #expect(try client.look(at: fixture) == [])
        common = client
        one = try fixture.over(try fixture.copy())
        two = try fixture.over(try fixture.copy())
        for (seed, fork) in [one, two].enumerated() {
            for round in 0..<2 {
                let process = try fork.over(fork.store)
                let snapshot = try process.commit(["b": [UInt8(seed), UInt8(round)]])
                try process.forget(snapshot)
                try process.collectHere()
            }
            for round in 0..<3 { try fork.over(fork.store).commit(["c": [UInt8(seed), UInt8(round)]]) }
        }
        #expect(try one.repository.newestSession() == 6)
        #expect(try one.repository.newestGeneration() == 2)
    }

    @Test("is noticed by whoever has seen one and is shown the other", arguments: [false, true])
    func other(thoroughly: Bool) throws {
        var client = common
        #expect(try client.look(at: one) == [])
        var (same, moved) = (client, client)
        #expect(try same.look(at: one, thoroughly: thoroughly) == [])
        let missing = try moved.look(at: two, thoroughly: thoroughly)
        #expect(missing.contains("sessions/6"))
        #expect(missing.contains("sessions/6.outcome"))
        // Not even when the other has gone on since.
        try two.over(two.store).commit(["d": [1]])
        #expect(try moved.look(at: two, thoroughly: thoroughly).contains("sessions/6"))
    }

    @Test("is noticed when what was said of a snapshot is other than it was")
    func otherTombstone() throws {
        let snapshot = try #require(fixture.repository.snapshots().first).id
        for fork in [one, two] {
            let process = try fork.over(fork.store)
            let listed = try #require(process.repository.snapshots().first { $0.id == snapshot })
            try process.forget(listed)
        }
        var client = RememberingClient()
        #expect(try client.look(at: one) == [])
        let name = ObjectName(.tombstones, snapshot.bytes, number: 1)
        let mixed = try one.copy()
        try mixed.delete(name)
        try mixed.create(name, try two.store.read(name))
        #expect(try client.look(at: fixture, through: mixed) == [name.path])
    }

    @Test(
        "is noticed by whoever has seen neither, when one object is that of the other",
        arguments: [
            "sessions/3", "sessions/4", "sessions/5", "sessions/4.outcome", "sessions/5.outcome",
            "quarantine/1", "quarantine/1.sweep", "quarantine/1.closed",
            "quarantine/2", "quarantine/2.sweep", "quarantine/2.closed",
        ])
    func mixed(path: String) throws {
        let name = try #require(ObjectName(path: path))
        let mixed = try one.copy()
        try mixed.delete(name)
        try mixed.create(name, try two.store.read(name))
        var (fresh, early) = (RememberingClient(), common)
        #expect(try fresh.look(at: fixture, through: mixed).contains(path))
        #expect(try early.look(at: fixture, through: mixed).contains(path))
        var whole = RememberingClient()
        #expect(try whole.look(at: one) == [])
    }
}
