import Maintenance
import Repository
import Storage
import Synchronization
import Testing

@Suite("One object that a storage does not delete")
struct UndeletableObjectTests {
    private let fixture: CollectionFixture
    private let stays: Snapshot
    private let kept = CollectionFixture.bytes(1)

    private final class Log: CollectionObserver {
        let deleted = Mutex<[ObjectName]>([])
        func collectionAdvanced(_ phase: CollectionPhase, _ done: Int, of total: Int) {}
        func collectionDeleted(_ deletion: Deletion) { deleted.withLock { $0.append(deletion.name) } }
    }

    /// A forgotten snapshot, whose index segment lists a pack that goes and one that stays, one that stays, and a run that
    /// died behind its manifest.
    init() throws {
        fixture = try CollectionFixture()
        let goes = try fixture.commit(["a": kept, "b": CollectionFixture.bytes(2)])
        stays = try fixture.commit(["a": kept])
        _ = try fixture.session(startedAt: 0)
        try fixture.store.create(ObjectName(.sessions, number: 3, part: .snapshot), [1, 2, 3])
        try fixture.forget(goes)
    }

    /// Collects in `store`, and moves nothing.
    private func collect(
        in store: any ObjectStore, observer: (any CollectionObserver)? = nil
    ) throws -> CollectionReport {
        try fixture.over(store).collect(observer: observer) { ($0.isConfirmed, $0.unusedShareMax) = (true, 1) }
    }

    @Test("keeps no collection from ending, is not counted, and goes when that can be", .timeLimit(.minutes(20)))
    func diskFails() throws {
        let log = Log()
        let whole = try collect(in: fixture.copy(), observer: log)
        #expect(whole.end == .done && whole.segmentsReplaced > 0 && whole.packCount == 1)
        let names = log.deleted.withLock { $0 }
        #expect(Set(names.map(\.folder)) == [.snapshots, .sessions, .index, .packs])
        for name in names {
            let copy = try fixture.copy()
            let failing = UndeletableStore(copy, name)
            let log = Log()
            let report = try collect(in: failing, observer: log)
            #expect(report.end == .done, "\(name)")
            let told = log.deleted.withLock { $0 }
            #expect(try copy.contains(name) && !told.contains(name), "\(name)")
            #expect(try copy.contains(ObjectName(.quarantine, number: 1, part: .closed)), "\(name)")
            #expect(report.packCount == whole.packCount - (name.folder == .packs ? 1 : 0), "\(name)")
            #expect((report.bytesFreed < whole.bytesFreed) == (name.folder == .packs), "\(name)")
            #expect(
                report.segmentsReplaced == whole.segmentsReplaced - (name.folder == .index ? 1 : 0), "\(name)")
            // What replaces a segment is not stored once more.
            let segments = try copy.names(in: .index)
            #expect(try collect(in: failing).end == (name.folder == .index ? .nothingToDo : .done), "\(name)")
            #expect(try copy.names(in: .index) == segments, "\(name)")
            _ = try collect(in: copy)
            #expect(try !copy.contains(name), "\(name)")
            #expect(try collect(in: copy).end == .nothingToDo, "\(name)")
            let after = try fixture.over(copy)
            #expect(try after.contents(of: stays) == ["a": kept], "\(name)")
            #expect(try Check(after.repository.reopened(over: copy)).run().isWhole, "\(name)")
        }
    }

    @Test("and is a snapshot that was swept stays gone where nobody can read how its tombstone ended")
    func unreadableEnd() throws {
        let store = try fixture.copy()
        let goes = try #require(try store.names(in: .snapshots).first { $0 != stays.id.bytes })
        let failing = UndeletableStore(store, ObjectName(.snapshots, goes))
        #expect(try collect(in: failing).end == .done)
        let end = try #require(try store.list(.tombstones).map(\.name).first { $0.path.hasSuffix(".final") })
        var bytes = try store.read(end)
        bytes[bytes.count - 20] ^= 1
        try store.delete(end)
        try store.create(end, bytes)
        let after = try fixture.over(failing)
        #expect(after.repository.snapshots().map(\.id) == [stays.id])
        #expect(try collect(in: failing).end == .done)
        #expect(try after.contents(of: stays) == ["a": kept])
    }

    @Test("since it does not answer is deleted by the next collection, which says what stays")
    func unreachable() throws {
        let pack = try #require(try deletedPack())
        let store = try fixture.copy()
        let error = #expect(throws: RepositoryError.self) {
            try collect(in: UndeletableStore(store, pack, code: .unreachable))
        }
        #expect(error?.code == .storage(.unreachable))
        let report = try collect(in: store)
        #expect(report.end == .done && report.hasFinishedAnother && report.packCount > 0)
        #expect(report.snapshotsKept == 1 && report.bytesKept > UInt64(kept.count))
        #expect(try !store.contains(pack))
    }

    private func deletedPack() throws -> ObjectName? {
        let log = Log()
        _ = try collect(in: fixture.copy(), observer: log)
        return log.deleted.withLock { $0 }.last { $0.folder == .packs }
    }

    @Test("since the user may not look at it is no damage")
    func forbidden() throws {
        let packs = Set(try fixture.store.list(.packs).map(\.name))
        let error = #expect(throws: RepositoryError.self) { try collect(in: ForbiddenStore(fixture.store, packs)) }
        #expect(error?.code == .storage(.permissionDenied))
    }
}
