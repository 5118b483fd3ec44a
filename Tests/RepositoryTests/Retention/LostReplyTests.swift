import Repository
import Storage
import TestSupport
import Testing

@Suite("Forgetting and holding where replies get lost")
struct LostReplyTests {
    private let fixture: RetentionFixture
    private let snapshot: SnapshotID

    init() throws {
        fixture = try RetentionFixture()
        snapshot = try fixture.stub(1, in: fixture.store)
    }

    /// The repository on a storage that creates the first object and does not say so.
    private func unreliable() throws -> Repository {
        try fixture.repository.over(
            FaultInjectingStore(
                fixture.store,
                plan: FaultPlan(failAt: 1, code: .unreachable, effect: .after, operations: [.create])))
    }

    @Test("One's own tombstone is told from somebody else's, and there is one")
    func forget() throws {
        let outcome = try unreliable().forget(snapshot, by: RetentionFixture.someone(), entropy: fixture.entropy)
        guard case .forgotten = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(try fixture.store.list(.tombstones).count == 1)
        #expect(try unreliable().undoForget(snapshot, by: RetentionFixture.someone(), entropy: fixture.entropy))
        #expect(try fixture.store.list(.tombstones).count == 2)
    }

    @Test("One's own hold is told from somebody else's, and there is one")
    func hold() throws {
        let (someone, entropy) = (RetentionFixture.someone(), fixture.entropy)
        #expect(try unreliable().addHold(of: snapshot, by: someone, entropy: entropy).number == 1)
        #expect(try fixture.store.list(.holds).count == 1)
        #expect(try unreliable().releaseHold(1, of: snapshot, by: someone, entropy: entropy))
        #expect(try fixture.store.list(.holds).count == 2)
    }
}
