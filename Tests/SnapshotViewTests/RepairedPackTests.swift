import Coding
import Maintenance
import Repository
import SnapshotView
import Storage
import Synchronization
import SystemInterface
import TestSupport
import Testing
import ViewTestSupport

/// Whoever reads inside of a snapshot looks at no list that would bring the index up to date.
@Suite("A pack that is repaired while a view is open")
struct RepairedPackTests {
    private let fixture: ViewFixture
    private let root = "snapshots/2001-09-09T01-46-40Z"
    private let directory: TemporaryDirectory

    init() throws {
        fixture = try ViewFixture()
        directory = try TemporaryDirectory()
        try fixture.commit(1_000_000_000, ["a/file": "one", "a/other": "two"])
    }

    @Test("is read from the good copy, wherever the damaged one is now", arguments: [true, false])
    func readsCopy(isMoved: Bool) throws {
        let view = try fixture.view()
        let file = try #require(try view.find("\(root)/a/file"))
        let pack = try contentPack()
        try repair(pack, moving: isMoved)
        if !isMoved { try replace(pack) { bytes in for index in 28..<bytes.count { bytes[index] ^= 1 } } }
        #expect(try view.text(file.node) == "one")
        #expect(fixture.log.isEmpty)
    }

    @Test("is read from a good copy that no segment lists any more")
    func readsUnlistedCopy() throws {
        let view = try fixture.view()
        let file = try #require(try view.find("\(root)/a/file"))
        let segments = Set(try fixture.store.names(in: .index))
        let pack = try contentPack()
        try repair(pack, moving: false)
        for segment in try fixture.store.names(in: .index) where !segments.contains(segment) {
            try fixture.store.delete(ObjectName(.index, segment))
        }
        try replace(pack) { bytes in for index in 28..<bytes.count { bytes[index] ^= 1 } }
        #expect(try view.text(file.node) == "one")
    }

    @Test("costs a listing of the index every other second, however many reads fail")
    func listsSeldom() throws {
        try fixture.commit(1_000_000_001, Dictionary(uniqueKeysWithValues: (0..<40).map { ("f\($0)", "text \($0)") }))
        let store = FaultInjectingStore(fixture.store, plan: FaultPlan(failAt: nil, operations: [.list]))
        let view = try fixture.view(over: store)
        let files = try (0..<40).map { try #require(try view.find("snapshots/2001-09-09T01-46-41Z/f\($0)")).node }
        for pack in try fixture.store.list(.packs) { try fixture.store.delete(pack.name) }
        let before = store.operationCount
        for file in files {
            #expect(throws: ViewError.damaged) { try view.read(file, at: 0, count: 10) }
        }
        // The index, and the packs for those that it does not list.
        #expect(store.operationCount - before == 2)
        fixture.clock.advance(seconds: 2)
        for file in files {
            #expect(throws: ViewError.damaged) { try view.read(file, at: 0, count: 10) }
        }
        #expect(store.operationCount - before == 3)
    }

    @Test("is no damage where the storage does not answer when it is looked for")
    func keepsErrorsApart() throws {
        let store = UnlistableStore(fixture.store)
        let view = try fixture.view(over: store)
        let file = try #require(try view.find("\(root)/a/file"))
        for pack in try fixture.store.list(.packs) { try fixture.store.delete(pack.name) }
        store.isDeaf.store(true, ordering: .relaxed)
        #expect(throws: ViewError.damaged) { try view.read(file.node, at: 0, count: 10) }
        #expect(fixture.log.contains { $0.contains("does not answer") }, "\(fixture.log)")
        store.isDeaf.store(false, ordering: .relaxed)
        #expect(throws: ViewError.damaged) { try view.read(file.node, at: 0, count: 10) }
        #expect(fixture.log.contains { $0.contains("packs/") }, "\(fixture.log)")
    }

    @Test("shows the versions and names that it hid, half a minute later")
    func showsVersionsAgain() throws {
        let view = try fixture.view()
        let pack = try #require(try fixture.store.names(in: .packs).first { try kind(of: $0) == .metadata })
        let bytes = try fixture.store.read(ObjectName(.packs, pack))
        try fixture.store.delete(ObjectName(.packs, pack))
        #expect(throws: ViewError.damaged) { try view.find("versions/a/file/2001-09-09T01-46-40Z") }
        #expect(throws: ViewError.damaged) { try view.list("versions") }
        try fixture.store.create(ObjectName(.packs, pack), bytes)
        fixture.clock.advance(seconds: 30)
        #expect(try view.list("versions/a").dropFirst(2).sorted() == ["file", "other"])
        let version = try #require(try view.find("versions/a/file/2001-09-09T01-46-40Z"))
        #expect(try view.text(version.node) == "one")
    }

    private func kind(of pack: Bytes32) throws -> PackKind? {
        PackKind(rawValue: try fixture.store.read(ObjectName(.packs, pack))[10])
    }

    private func contentPack() throws -> Bytes32 {
        try #require(try fixture.store.names(in: .packs).first { try kind(of: $0) == .content })
    }

    /// Has another process copy the pack's bundles to a new one: its footer is damaged, and nothing else.
    private func repair(_ pack: Bytes32, moving isMoving: Bool) throws {
        try replace(pack) { $0[$0.count - 40] ^= 1 }
        let shelf = isMoving ? DamagedShelf(directory.path.appending("shelf")) : nil
        let report = try PackRepair(
            try TestRepository.open(fixture.store),
            options: RepairOptions(workers: 1, moving: shelf, entropy: SeededEntropy(seed: 5))
        ).run([pack])
        #expect(report.packsWritten == 1)
        #expect(try fixture.store.contains(ObjectName(.packs, pack)) == !isMoving)
    }

    private func replace(_ pack: Bytes32, _ change: (inout [UInt8]) -> Void) throws {
        let name = ObjectName(.packs, pack)
        var bytes = try fixture.store.read(name)
        change(&bytes)
        try fixture.store.delete(name)
        try fixture.store.create(name, bytes)
    }
}

/// A storage that lists nothing while it is deaf.
private final class UnlistableStore: ForwardingStore {
    let isDeaf = Atomic<Bool>(false)
    let base: any ObjectStore

    init(_ base: MemoryStore) {
        self.base = base
    }

    func list(_ folder: ObjectFolder) throws(StorageError) -> [ObjectEntry] {
        try hear()
        return try base.list(folder)
    }
    func names(in folder: ObjectFolder) throws(StorageError) -> [Bytes32] {
        try hear()
        return try base.names(in: folder)
    }

    private func hear() throws(StorageError) {
        guard !isDeaf.load(ordering: .relaxed) else {
            throw StorageError(.unreachable, .list, reason: "the storage does not answer")
        }
    }
}
