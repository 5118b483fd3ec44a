import Maintenance
import Repository
import Storage
import Testing

@Suite("A loss that somebody accepts")
struct AcceptanceTests {
    /// What may be lost for good, and what is said of it then.
    enum Loss: String, CaseIterable, CustomTestStringConvertible {
        case outcome, claim, snapshot, newestSnapshot, plan, sweep, closing, tombstone, everythingNewer
        var testDescription: String { rawValue }
    }

    private func lose(_ loss: Loss, in fixture: CollectionFixture, of store: ChronicleStore) throws -> any ObjectStore {
        let generation = try fixture.repository.newestGeneration()
        var names: [ObjectName] = []
        switch loss {
        case .outcome: names = [ObjectName(.sessions, number: 6, part: .outcome)]
        case .claim: names = [ObjectName(.sessions, number: 6)]
        case .snapshot:
            guard case .committed(let snapshot)? = try fixture.repository.sessionOutcome(6) else { break }
            names = [ObjectName(.snapshots, snapshot.bytes), ObjectName(.sessions, number: 6, part: .snapshot)]
        case .newestSnapshot:
            let session = try fixture.repository.newestSession()
            guard case .committed(let snapshot)? = try fixture.repository.sessionOutcome(session) else { break }
            names = [
                ObjectName(.snapshots, snapshot.bytes), ObjectName(.sessions, number: session, part: .snapshot),
            ]
        case .plan: names = [ObjectName(.quarantine, number: generation)]
        case .sweep: names = [ObjectName(.quarantine, number: 1, part: .sweep)]
        case .closing: names = [ObjectName(.quarantine, number: 1, part: .closed)]
        case .tombstone:
            names = try fixture.store.list(.tombstones).map(\.name).filter {
                guard let id = $0.id else { return false }
                return if case .forgotten = try fixture.repository.standing(of: SnapshotID(id)) { true } else { false }
            }
        case .everythingNewer: return try store.state(after: store.changeCount * 2 / 3)
        }
        let lossy = try fixture.copy()
        for name in names { try lossy.delete(name) }
        return lossy
    }

    @Test("is not asked for any more, by this client nor by a new one, but by all others", arguments: Loss.allCases)
    func accepted(_ loss: Loss) throws {
        let store = ChronicleStore()
        let history = try History(store: store)
        let fixture = history.fixture
        let lossy = try lose(loss, in: fixture, of: store)
        var client = history.actor
        #expect(try !client.look(at: fixture, through: lossy, thoroughly: true).isEmpty)
        let repository = try fixture.repository.reopened(over: lossy)
        _ = try repository.recall(history.actor.remembered, thoroughly: true)
        client = RememberingClient(try repository.acceptedRecollection())
        #expect(try client.look(at: fixture, through: lossy) == [])
        #expect(try client.look(at: fixture, through: lossy, thoroughly: true) == [])
        var other = history.actor
        #expect(try !other.look(at: fixture, through: lossy, thoroughly: true).isEmpty)
        for _ in 0..<2 {
            let process = try fixture.over(lossy)
            #expect(try client.look(with: process.repository) == [])
            _ = try process.commit(["after": [1]])
            client.remember(process.repository)
        }
        #expect(try client.look(at: fixture, through: lossy, thoroughly: true) == [])
        let collector = try fixture.over(lossy)
        #expect(try client.look(with: collector.repository) == [])
        var options = CollectionOptions(identity: RunIdentity(started: CollectionFixture.now))
        (options.isConfirmed, options.fencesSessions) = (true, true)
        let collection = Collection(collector.repository, options: options, entropy: fixture.entropy)
        #expect(try collection.run().end != .waiting)
        client.remember(collector.repository)
        var fresh = RememberingClient()
        #expect(try fresh.look(at: fixture, through: lossy) == [])
        #expect(try fresh.look(at: fixture, through: lossy, thoroughly: true) == [])
    }
}
