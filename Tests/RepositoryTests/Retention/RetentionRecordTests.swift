import Coding
import Repository
import Storage
import SystemInterface
import TestSupport
import Testing

@Suite("Tombstones and holds as they are stored")
struct RetentionRecordTests {
    private let fixture: RetentionFixture
    private let snapshot: SnapshotID
    private let other: SnapshotID

    /// Objects of every kind: two tombstones, each with an end, and a hold that is released.
    private static let names: @Sendable (SnapshotID) -> [ObjectName] = { snapshot in
        [
            ObjectName(.tombstones, snapshot.bytes, number: 1),
            ObjectName(.tombstones, snapshot.bytes, number: 1, part: .final),
            ObjectName(.tombstones, snapshot.bytes, number: 2),
            ObjectName(.tombstones, snapshot.bytes, number: 2, part: .final),
            ObjectName(.holds, snapshot.bytes, number: 1),
            ObjectName(.holds, snapshot.bytes, number: 1, part: .released),
        ]
    }

    init() throws {
        fixture = try RetentionFixture()
        snapshot = try fixture.stub(1, in: fixture.store)
        other = try fixture.stub(2, in: fixture.store)
        for id in [snapshot, other] {
            let (repository, entropy) = (fixture.repository, fixture.entropy)
            _ = try repository.addHold(
                of: id, by: RetentionFixture.someone(), until: Timestamp(seconds: 7), entropy: entropy)
            _ = try repository.releaseHold(1, of: id, by: RetentionFixture.someone(), entropy: entropy)
            _ = try repository.forget(id, by: RetentionFixture.someone(), entropy: entropy)
            _ = try repository.undoForget(id, by: RetentionFixture.someone(), entropy: entropy)
            let tombstone = try repository.forget(id, by: RetentionFixture.someone(), entropy: entropy).tombstone
            _ = try repository.sweep(tombstone, by: RetentionFixture.someone(), entropy: entropy)
        }
    }

    private func audit(_ name: ObjectName, holding bytes: [UInt8]) throws -> RepositoryError.Code? {
        try fixture.store.delete(name)
        try fixture.store.create(name, bytes)
        return RepositoryError.code { () throws(RepositoryError) in try fixture.repository.auditRetention(name) }
    }

    @Test("No bit of one can be changed, and none cut short or made longer", arguments: 0..<6)
    func everyBit(index: Int) throws {
        let name = Self.names(snapshot)[index]
        let whole = try fixture.store.read(name)
        #expect(try audit(name, holding: whole) == nil)
        var missed: [String] = []
        for position in whole.indices {
            var bytes = whole
            bytes[position] ^= 1 << (position % 8)
            let code = try audit(name, holding: bytes)
            if code != .damaged, code != .unsupportedVersion { missed.append("byte \(position)") }
            if try audit(name, holding: Array(whole[..<position])) != .damaged { missed.append("cut to \(position)") }
        }
        if try audit(name, holding: whole + [0]) != .damaged { missed.append("longer") }
        #expect(missed == [])
    }

    @Test("One says nothing in the place of any other", arguments: 0..<6, 0..<12)
    func otherPlaces(from: Int, to: Int) throws {
        let names = Self.names(snapshot) + Self.names(other)
        guard from != to else { return }
        let bytes = try fixture.store.read(names[from])
        #expect(try audit(names[to], holding: bytes) == .damaged)
    }

    @Test("Nobody without a signing key can make one")
    func needsSigningKey() throws {
        let id = try fixture.stub(3, in: fixture.store)
        let reader = try fixture.repository.reopenedWithoutSigning()
        #expect(
            RepositoryError.code { () throws(RepositoryError) in
                try reader.forget(id, by: RetentionFixture.someone(), entropy: fixture.entropy)
            } == .keyNotHeld)
        #expect(
            RepositoryError.code { () throws(RepositoryError) in
                try reader.addHold(of: id, by: RetentionFixture.someone(), entropy: fixture.entropy)
            } == .keyNotHeld)
        #expect(try reader.standing(of: id) == .live)
    }

    @Test("Who writes and reads nothing back can read all of them")
    func writers() throws {
        let writer = try fixture.repository.reopenedForWriting(cacheDirectory: nil)
        #expect(!writer.readsMetadata)
        guard case .swept = try writer.standing(of: snapshot) else {
            Issue.record("it is not swept")
            return
        }
        #expect(try writer.holds(of: snapshot).count == 1)
    }
}
