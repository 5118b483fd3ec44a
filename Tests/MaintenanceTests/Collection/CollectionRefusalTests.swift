import Maintenance
import Repository
import Storage
import Synchronization
import SystemInterface
import Testing

@Suite("A garbage collection that might lose something")
struct CollectionRefusalTests {
    private let fixture: CollectionFixture
    private let shared = CollectionFixture.bytes(1)
    private let old = CollectionFixture.bytes(2)
    private let new = CollectionFixture.bytes(3)

    init() throws {
        fixture = try CollectionFixture()
    }

    @Test("is refused where a committed snapshot is nowhere, and deletes nothing")
    func missingSnapshot() throws {
        let first = try fixture.commit(["a": old])
        let second = try fixture.commit(["b": new])
        try fixture.forget(first)
        try fixture.store.delete(ObjectName(.snapshots, second.id.bytes))
        try fixture.store.delete(ObjectName(.sessions, number: 2, part: .snapshot))
        try expectRefusal(.damaged)
    }

    @Test("is refused where a pack is missing that a snapshot needs, and deletes nothing")
    func missingPack() throws {
        try fixture.commit(["b": new])
        let needed = try fixture.store.names(in: .packs)
        let second = try fixture.commit(["a": old])
        try fixture.forget(second)
        try fixture.store.delete(ObjectName(.packs, needed[0]))
        try expectRefusal(.damaged)
    }

    @Test("is refused where no snapshot would be left, unless that is confirmed")
    func lastSnapshot() throws {
        let only = try fixture.commit(["a": old])
        try fixture.forget(only)
        try expectRefusal(.refused)
        #expect(try fixture.collect { $0.isConfirmed = true }.end == .done)
        #expect(try fixture.names(.packs, .index, .snapshots) == [])
    }

    @Test("is refused where more than half of everything would go, unless that is confirmed")
    func mostOfIt() throws {
        let first = try fixture.commit(["a": old, "b": new])
        try fixture.commit(["c": Array(shared.prefix(1_000))])
        try fixture.forget(first)
        try expectRefusal(.refused)
        #expect(try fixture.collect { $0.isConfirmed = true }.end == .done)
    }

    @Test("that goes on with another's plan counts as little as that one what was moved before")
    func adoptsMoved() throws {
        let files = Dictionary(
            uniqueKeysWithValues: (0..<20).map { ("file\($0)", CollectionFixture.bytes(UInt64(100 + $0))) })
        let rest = files.filter { $0.value.first.map { $0 & 3 != 0 } ?? false }
        let first = try fixture.commit(files)
        let second = try fixture.commit(rest)
        let session = try fixture.session()
        try fixture.forget(first)
        let waiting = try fixture.collect { $0.unusedShareMax = 0 }
        #expect(waiting.end == .waiting && waiting.bytesMoved > 0)
        session.abandon()
        let before = try fixture.store.list(.packs).reduce(0) { $0 + $1.bytes }
        let report = try fixture.collect { $0.unusedShareMax = 0 }
        #expect(report.end == .done && report.bytesFreed > before / 2)
        #expect(try fixture.contents(of: second) == rest)
    }

    @Test("is refused where a snapshot that stays is from the future")
    func future() throws {
        let first = try fixture.commit(["a": old])
        try fixture.commit(["b": new, "c": shared])
        try fixture.forget(first)
        let error = #expect(throws: RepositoryError.self) {
            try fixture.collect { $0.identity.started = Timestamp(seconds: 1_800_000_000) }
        }
        #expect(error?.code == .refused)
        #expect(try fixture.collect().end == .done)
    }

    /// Backs up once, with a time of its own, while a collection waits for runs.
    private final class Latecomer: CollectionObserver {
        let fixture: CollectionFixture
        let saved = Mutex<Snapshot?>(nil)
        init(_ fixture: CollectionFixture) { self.fixture = fixture }
        func collectionDeleted(_ deletion: Deletion) {}
        func collectionAdvanced(_ phase: CollectionPhase, _ done: Int, of total: Int) {
            guard phase == .settling, saved.withLock({ $0 == nil }), let session = try? fixture.session(),
                let root = try? CollectionFixture.write(["late": [1, 2, 3]], into: session)
            else { return }
            var manifest = CollectionFixture.manifest(root)
            manifest.started = Timestamp(seconds: CollectionFixture.now.seconds + 3_600)
            let snapshot = try? session.commit(manifest)
            saved.withLock { $0 = snapshot }
        }
    }

    @Test("is not refused because a backup has begun after it")
    func latecomer() throws {
        try fixture.commit(["a": old])
        try fixture.commit(["b": new])
        try fixture.forget(try fixture.commit(["c": shared]))
        let observer = Latecomer(fixture)
        #expect(try fixture.collect(observer: observer).end == .done)
        let late = try #require(observer.saved.withLock { $0 })
        #expect(try fixture.contents(of: late) == ["late": [1, 2, 3]])
    }

    private func expectRefusal(_ code: RepositoryError.Code) throws {
        let before = try fixture.names(.packs, .index, .snapshots)
        let error = #expect(throws: RepositoryError.self) { try fixture.collect() }
        #expect(error?.code == code)
        #expect(try fixture.names(.packs, .index, .snapshots) == before)
    }
}
