import Repository
import Storage
import SystemInterface
import TestSupport
import Testing

@Suite("Forgetting a snapshot")
struct ForgettingTests {
    private let fixture: RetentionFixture
    private let older: Snapshot
    private let newer: Snapshot

    init() throws {
        fixture = try RetentionFixture()
        older = try fixture.base.commit(["a": [1]], at: 1_000)
        newer = try fixture.base.commit(["a": [2]], at: 1_001)
    }

    private func forget(_ snapshot: Snapshot, in repository: Repository? = nil) throws(RepositoryError) {
        _ = try (repository ?? fixture.repository).forget(
            snapshot.id, by: RetentionFixture.someone(), entropy: fixture.entropy)
    }

    private func undo(_ snapshot: Snapshot) throws(RepositoryError) -> Bool {
        try fixture.repository.undoForget(
            snapshot.id, by: RetentionFixture.someone("never mind"), entropy: fixture.entropy)
    }

    @Test("hides it, here and in every other process, and keeps all of it")
    func hides() throws {
        let other = try fixture.reopened()
        try forget(newer)
        #expect(fixture.repository.snapshots() == [older])
        #expect(other.snapshots() == [older, newer])
        let generation = other.snapshotsGeneration
        try other.refresh()
        #expect(other.snapshots() == [older])
        #expect(other.snapshotsGeneration != generation)
        #expect(other.forgottenSnapshots().map(\.snapshot) == [newer])
        #expect(other.forgottenSnapshots().map(\.tombstone.attribution) == [RetentionFixture.someone()])
        #expect(try RepositoryFixture.contents(of: newer, in: other) == ["a": [2]])
        try fixture.repository.refresh()
        #expect(fixture.repository.snapshots() == [older])
        #expect(try fixture.store.contains(ObjectName(.snapshots, newer.id.bytes)))
    }

    @Test("makes the one before it the latest")
    func latest() throws {
        try forget(newer)
        let selector = try SnapshotSelector.parse("latest", now: .zero)
        #expect(try selector.resolve(in: fixture.repository.snapshots()) == older)
    }

    @Test("is undone, and can be done again and undone again")
    func undone() throws {
        for round in 1...3 {
            try forget(newer)
            #expect(try fixture.reopened().snapshots() == [older], "round \(round)")
            #expect(try undo(newer))
            #expect(fixture.repository.snapshots() == [older, newer])
            #expect(fixture.repository.forgottenSnapshots().isEmpty)
            #expect(try fixture.reopened().snapshots() == [older, newer], "round \(round)")
        }
        #expect(try fixture.store.list(.tombstones).count == 6)
        #expect(try !undo(newer))
    }

    @Test("twice is one tombstone, and who did it first is remembered")
    func twice() throws {
        let first = try fixture.repository.forget(
            newer.id, by: RetentionFixture.someone("first"), entropy: fixture.entropy)
        let second = try fixture.reopened().forget(
            newer.id, by: RetentionFixture.someone("second"), entropy: fixture.entropy)
        guard case .forgotten(let tombstone) = first, case .wasForgotten(let found) = second else {
            Issue.record("\(first), \(second)")
            return
        }
        #expect(tombstone == found)
        #expect(found.attribution.reason == "first")
        #expect(try fixture.store.list(.tombstones).count == 1)
    }

    @Test("that does not exist is refused, and so is undoing that")
    func missing() throws {
        let id = SnapshotID(.zero)
        #expect(
            RepositoryError.code { () throws(RepositoryError) in
                try fixture.repository.forget(id, by: RetentionFixture.someone(), entropy: fixture.entropy)
            } == .noSuchSnapshot)
        #expect(
            RepositoryError.code { () throws(RepositoryError) in
                try fixture.repository.undoForget(id, by: RetentionFixture.someone(), entropy: fixture.entropy)
            } == .noSuchSnapshot)
        #expect(try fixture.store.list(.tombstones).isEmpty)
    }

    @Test("cannot be undone once it was swept, and a swept snapshot is never shown again")
    func swept() throws {
        try forget(newer)
        guard case .forgotten(let tombstone) = try fixture.repository.standing(of: newer.id) else {
            Issue.record("it is not forgotten")
            return
        }
        #expect(try fixture.repository.sweep(tombstone, by: RetentionFixture.someone(), entropy: fixture.entropy))
        #expect(RepositoryError.code { () throws(RepositoryError) in try undo(newer) } == .removed)
        #expect(RepositoryError.code { () throws(RepositoryError) in try forget(newer) } == .removed)
        let other = try fixture.reopened()
        #expect(other.snapshots() == [older])
        #expect(other.forgottenSnapshots().isEmpty)
        // Another collector may come to the same end.
        #expect(try other.sweep(tombstone, by: RetentionFixture.someone(), entropy: fixture.entropy))
    }

    @Test("cannot be swept once it was undone, and the next tombstone is another")
    func sweepIsTooLate() throws {
        try forget(newer)
        guard case .forgotten(let tombstone) = try fixture.repository.standing(of: newer.id) else {
            Issue.record("it is not forgotten")
            return
        }
        #expect(try undo(newer))
        #expect(try !fixture.repository.sweep(tombstone, by: RetentionFixture.someone(), entropy: fixture.entropy))
        try forget(newer)
        #expect(try !fixture.repository.sweep(tombstone, by: RetentionFixture.someone(), entropy: fixture.entropy))
        #expect(try undo(newer))
    }

    @Test("hides nothing when the tombstone is damaged, and says so, until somebody forgets the snapshot once more")
    func damagedTombstone() throws {
        try forget(newer)
        let name = ObjectName(.tombstones, newer.id.bytes, number: 1)
        var bytes = try fixture.store.read(name)
        bytes[bytes.count / 2] ^= 1
        try fixture.store.delete(name)
        try fixture.store.create(name, bytes)
        let other = try fixture.reopened()
        #expect(other.snapshots() == [older, newer])
        #expect(other.warnings.contains { $0.contains(name.path) })
        // Another tombstone takes its place.
        try forget(newer, in: other)
        #expect(try fixture.reopened().snapshots() == [older])
        #expect(try undo(newer))
        #expect(try fixture.reopened().snapshots() == [older, newer])
    }

    @Test("of a user's or machine's name, or with a reason, that is too long is refused")
    func tooLong() throws {
        let reason = String(repeating: "x", count: Limits.reasonBytesMax + 1)
        #expect(
            RepositoryError.code { () throws(RepositoryError) in
                try fixture.repository.forget(newer.id, by: RetentionFixture.someone(reason), entropy: fixture.entropy)
            } == .invalidArgument)
        #expect(fixture.repository.snapshots() == [older, newer])
    }
}
