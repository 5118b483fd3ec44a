import Repository
import Storage
import SystemInterface
import TestSupport
import Testing

@Suite("Holding a snapshot")
struct HoldingTests {
    private let fixture: RetentionFixture
    private let snapshot: Snapshot

    init() throws {
        fixture = try RetentionFixture()
        snapshot = try fixture.base.commit(["a": [1]], at: 1_000)
    }

    @discardableResult
    private func hold(_ reason: String = "case 4711", until: Int64? = nil) throws(RepositoryError) -> Hold {
        try fixture.repository.addHold(
            of: snapshot.id, by: RetentionFixture.someone(reason), until: until.map { Timestamp(seconds: $0) },
            entropy: fixture.entropy)
    }

    private func release(_ number: UInt64) throws(RepositoryError) -> Bool {
        try fixture.repository.releaseHold(
            number, of: snapshot.id, by: RetentionFixture.someone("closed"), entropy: fixture.entropy)
    }

    private func forget(at seconds: Int64 = 2_000) throws(RepositoryError) {
        _ = try fixture.repository.forget(
            snapshot.id, by: RetentionFixture.someone(at: seconds), entropy: fixture.entropy)
    }

    private func codeOfForgetting(at seconds: Int64 = 2_000) -> RepositoryError.Code? {
        RepositoryError.code { () throws(RepositoryError) in try forget(at: seconds) }
    }

    @Test("keeps it from being forgotten until the last of several holds is released")
    func several() throws {
        #expect(try hold("first").number == 1)
        #expect(try hold("second").number == 2)
        #expect(codeOfForgetting() == .held)
        #expect(try release(1))
        #expect(codeOfForgetting() == .held)
        #expect(try release(2))
        #expect(codeOfForgetting() == nil)
        #expect(try fixture.store.list(.tombstones).count == 1)
    }

    @Test("is written down with who, when, why and until when, and so is its release")
    func recorded() throws {
        let hold = try hold("why", until: 5_000)
        #expect(try fixture.reopened().holds(of: snapshot.id) == [hold])
        #expect(hold.attribution == RetentionFixture.someone("why"))
        #expect(hold.until == Timestamp(seconds: 5_000))
        #expect(hold.id == "\(snapshot.id).1")
        #expect(try fixture.reopened().snapshotsWithHolds() == [snapshot.id])
        #expect(try release(1))
        let released = try fixture.reopened().holds(of: snapshot.id)
        #expect(released.map(\.release) == [RetentionFixture.someone("closed")])
        #expect(try fixture.reopened().bindingHolds(of: snapshot.id).isEmpty)
    }

    @Test("undoes that it is forgotten")
    func undoesForgetting() throws {
        try forget()
        #expect(try fixture.reopened().snapshots().isEmpty)
        try hold()
        #expect(fixture.repository.snapshots() == [snapshot])
        #expect(try fixture.reopened().snapshots() == [snapshot])
    }

    @Test("comes too late when it was swept, and leaves no hold that binds")
    func tooLate() throws {
        try forget()
        guard case .forgotten(let tombstone) = try fixture.repository.standing(of: snapshot.id) else {
            Issue.record("it is not forgotten")
            return
        }
        #expect(try fixture.repository.sweep(tombstone, by: RetentionFixture.someone(), entropy: fixture.entropy))
        #expect(RepositoryError.code { () throws(RepositoryError) in try hold() } == .removed)
        #expect(try fixture.repository.bindingHolds(of: snapshot.id).isEmpty)
    }

    @Test("binds a collector whatever its time, and whoever forgets only as long as that")
    func expiry() throws {
        try hold(until: 5_000)
        #expect(codeOfForgetting(at: 5_000) == .held)
        // Somebody forgot it and did not come to look for holds.
        let other = try fixture.repository.claimedTombstone(of: snapshot.id, entropy: fixture.entropy)
        #expect(try !fixture.repository.sweep(other, by: RetentionFixture.someone(at: 9_000), entropy: fixture.entropy))
        #expect(try fixture.reopened().snapshots() == [snapshot], "it is held, so it is not forgotten")
        #expect(codeOfForgetting(at: 5_001) == nil)
        let holds = try fixture.repository.holds(of: snapshot.id)
        #expect(holds.map(\.release?.reason) == ["its time is over"])
        #expect(try fixture.repository.sweep(other, by: RetentionFixture.someone(), entropy: fixture.entropy))
    }

    @Test("binds though one before it is lost", arguments: [true, false])
    func lostBefore(isReleased: Bool) throws {
        try hold("first")
        if isReleased { #expect(try release(1)) }
        try hold("second")
        try fixture.store.delete(ObjectName(.holds, snapshot.id.bytes, number: 1))
        let other = try fixture.reopened()
        #expect(try other.bindingHolds(of: snapshot.id).map(\.number) == [2])
        #expect(
            RepositoryError.code { () throws(RepositoryError) in
                try other.forget(snapshot.id, by: RetentionFixture.someone(), entropy: fixture.entropy)
            } == .held)
        let third = try other.addHold(of: snapshot.id, by: RetentionFixture.someone(), entropy: fixture.entropy)
        #expect(try other.bindingHolds(of: snapshot.id).contains(third))
    }

    @Test("binds where some were released that are lost", arguments: [1, UInt64(Limits.holdGapMax) + 2])
    func releasesWithoutHold(count: UInt64) throws {
        for number in 1...count {
            try hold("\(number)")
            #expect(try release(number))
        }
        for number in 1...count {
            try fixture.store.delete(ObjectName(.holds, snapshot.id.bytes, number: number))
        }
        let other = try fixture.reopened()
        let hold = try other.addHold(of: snapshot.id, by: RetentionFixture.someone(), entropy: fixture.entropy)
        #expect(try other.bindingHolds(of: snapshot.id) == [hold])
    }

    @Test("that a clock has ended too early is told, and binds again when that is undone")
    func clockAhead() throws {
        try hold("case 4711", until: 5_000)
        try hold("audit", until: 6_000)
        try forget(at: 9_000)
        #expect(fixture.repository.warnings.count { $0.contains("was over at") } == 2)
        #expect(fixture.repository.warnings.contains { $0.contains("case 4711") })
        func undo(at seconds: Int64) throws -> [String] {
            let someone = RetentionFixture.someone("sorry", at: seconds)
            #expect(try fixture.repository.undoForget(snapshot.id, by: someone, entropy: fixture.entropy))
            return try fixture.reopened().bindingHolds(of: snapshot.id).map {
                "\($0.number) \($0.attribution.reason) \($0.until?.seconds ?? 0)"
            }
        }
        // By this clock, the first is over all the same.
        #expect(try undo(at: 5_001) == ["3 audit 6000"])
        #expect(fixture.repository.warnings.contains { $0.contains(".3 takes the place of") })
        #expect(codeOfForgetting(at: 5_001) == .held)
        // Twice, and there is no more of it than there was.
        try forget(at: 9_000)
        #expect(try undo(at: 2_000) == ["4 case 4711 5000", "5 audit 6000"])
        #expect(codeOfForgetting() == .held)
    }

    @Test("that somebody has released stays released when forgetting is undone")
    func releasedByHand() throws {
        try hold(until: 5_000)
        #expect(try release(1))
        try forget()
        func undo() throws {
            #expect(
                try fixture.repository.undoForget(
                    snapshot.id, by: RetentionFixture.someone(), entropy: fixture.entropy))
        }
        try undo()
        #expect(try fixture.reopened().bindingHolds(of: snapshot.id).isEmpty)
        // Also one that has taken the place of another.
        try hold("again", until: 5_000)
        try forget(at: 9_000)
        try undo()
        #expect(try release(3))
        try forget()
        try undo()
        #expect(try fixture.reopened().bindingHolds(of: snapshot.id).isEmpty)
    }

    @Test("A tombstone that was left open behind a hold is undone by whoever forgets next")
    func leftOpen() throws {
        _ = try fixture.repository.claimedTombstone(of: snapshot.id, entropy: fixture.entropy)
        try fixture.repository.claimHold(of: snapshot.id, entropy: fixture.entropy)
        #expect(try fixture.reopened().snapshots() == [snapshot])
        #expect(codeOfForgetting() == .held)
        #expect(try fixture.reopened().snapshots() == [snapshot])
    }

    @Test("shows a snapshot to whoever looks all the time, also before a tombstone that is open, and its end hides it")
    func watched() throws {
        let watcher = try fixture.reopened()
        _ = try fixture.repository.claimedTombstone(of: snapshot.id, entropy: fixture.entropy)
        try watcher.refresh()
        #expect(watcher.snapshots().isEmpty)
        try fixture.repository.claimHold(of: snapshot.id, entropy: fixture.entropy)
        try watcher.refresh()
        #expect(watcher.snapshots() == [snapshot])
        #expect(try release(1))
        try watcher.refresh()
        #expect(watcher.snapshots().isEmpty)
    }

    @Test("needs a reason and a snapshot that is there")
    func refused() throws {
        #expect(RepositoryError.code { () throws(RepositoryError) in try hold("") } == .invalidArgument)
        #expect(
            RepositoryError.code { () throws(RepositoryError) in
                try fixture.repository.addHold(
                    of: SnapshotID(.zero), by: RetentionFixture.someone(), entropy: fixture.entropy)
            } == .noSuchSnapshot)
        #expect(try fixture.store.list(.holds).isEmpty)
    }

    @Test("Releasing a hold that is not there is refused, and releasing one twice is done once")
    func releasing() throws {
        #expect(RepositoryError.code { () throws(RepositoryError) in try release(1) } == .noSuchHold)
        try hold()
        #expect(try release(1))
        #expect(try !release(1))
        #expect(RepositoryError.code { () throws(RepositoryError) in try release(2) } == .noSuchHold)
        #expect(try fixture.store.list(.holds).count == 2)
    }

    @Test("A hold that cannot be read keeps the snapshot until it is released")
    func damaged() throws {
        try hold()
        let name = ObjectName(.holds, snapshot.id.bytes, number: 1)
        let bytes = try fixture.store.read(name)
        try fixture.store.delete(name)
        try fixture.store.create(name, bytes.dropLast())
        #expect(codeOfForgetting() == .held)
        #expect(try fixture.reopened().snapshots() == [snapshot])
        #expect(try release(1))
        try forget()
    }
}

extension ObjectStore {
    /// Creates an object of a part of an array.
    func create(_ name: ObjectName, _ bytes: ArraySlice<UInt8>) throws(StorageError) {
        try create(name, Array(bytes))
    }
}
