import Repository
import Storage
import Synchronization
import SystemInterface
import TestSupport
import Testing

@Suite("What must not be lost")
struct LossTests {
    private static let files = [
        "one": [UInt8](repeating: 1, count: 3_000), "two": [UInt8](repeating: 2, count: 70_000),
    ]

    @Test("A session that has ended takes nothing in, and commits nothing")
    func endedSession() throws {
        let fixture = try RepositoryFixture()
        let session = try fixture.session()
        session.abandon()
        var error = #expect(throws: RepositoryError.self) { try session.add([1].span, .content) }
        #expect(error?.code == .cancelled)
        let root = TreeEntry(name: [], type: .directory, content: .unreadable)
        error = #expect(throws: RepositoryError.self) { try session.commit(RepositoryFixture.manifest(root: root)) }
        #expect(error?.code == .cancelled)
        #expect(try fixture.store.list(.snapshots).isEmpty)
    }

    @Test("A session that is abandoned while it commits commits all or nothing", arguments: 0..<12)
    func abandonedCommit(round: Int) throws {
        let fixture = try RepositoryFixture(seed: UInt64(round) + 1)
        let session = try fixture.session()
        var random = SeededGenerator(seed: UInt64(round))
        var builder = TreeBuilder(session: session)
        for index in 0..<40 {
            let bytes = random.bytes(30_000)
            var entry = TreeEntry(name: Array("\(100 + index)".utf8), type: .regular)
            entry.size = UInt64(bytes.count)
            entry.content = .chunk(try session.add(bytes.span, .content))
            try builder.add(entry)
        }
        let root = TreeEntry(name: [], type: .directory, content: .tree(try builder.finish()))
        let other = try Thread.spawn(name: "abandons") { session.abandon() }
        let snapshot = try? session.commit(RepositoryFixture.manifest(root: root))
        other.join()
        let reopened = try RepositoryFixture.open(fixture.store)
        #expect(reopened.snapshots().map(\.id) == (snapshot.map { [$0.id] } ?? []))
        if let snapshot { #expect(try RepositoryFixture.contents(of: snapshot, in: reopened).count == 40) }
    }

    @Test("What no index segment lists any more is stored anew by the next run, though it has read it by the footers")
    func segmentMissedByFooters() throws {
        let fixture = try RepositoryFixture()
        try fixture.commit(["other": [9]])
        let before = Set(try fixture.store.list(.index).map(\.name))
        let second = try fixture.commit(Self.files, at: 1_000_000_100)
        for segment in try fixture.store.list(.index).map(\.name) where !before.contains(segment) {
            try fixture.store.delete(segment)
        }
        let later = try RepositoryFixture(reopening: fixture)
        // As a walk does that goes by the snapshot before.
        #expect(try RepositoryFixture.contents(of: second, in: later.repository) == Self.files)
        let third = try later.commit(Self.files, at: 1_000_000_200)
        let listed = try RepositoryFixture.open(fixture.store).listedPacks()
        for pack in try fixture.store.list(.packs).map(\.name) where pack.id.map(listed.contains) == false {
            try fixture.store.delete(pack)
        }
        #expect(try RepositoryFixture.contents(of: third, in: RepositoryFixture.open(fixture.store)) == Self.files)
    }

    @Test("What a lost pack held is stored anew by the next run", arguments: PackKind.allCases)
    func lostPack(_ kind: PackKind) throws {
        let fixture = try RepositoryFixture()
        try fixture.commit(Self.files)
        for pack in try fixture.store.list(.packs) where try fixture.store.read(pack.name)[10] == kind.rawValue {
            try fixture.store.delete(pack.name)
        }
        let later = try RepositoryFixture(reopening: fixture)
        let snapshot = try later.commit(Self.files, at: 1_000_000_100)
        #expect(!later.repository.warnings.isEmpty)
        let reopened = try RepositoryFixture.open(fixture.store)
        #expect(try RepositoryFixture.contents(of: snapshot, in: reopened) == Self.files)
    }

    @Test("What no segment lists is stored anew while a pack is missing, and the footers of packs are not read for it")
    func unlistedPack() throws {
        let fixture = try RepositoryFixture()
        try fixture.commit(["one": [UInt8](repeating: 1, count: 3_000)])
        let packs = try fixture.store.names(in: .packs)
        let segments = try fixture.store.names(in: .index)
        let unlisted = [UInt8](repeating: 2, count: 70_000)
        try fixture.commit(["two": unlisted])
        // As a run leaves it that was killed before it could list what it had stored.
        for segment in try fixture.store.names(in: .index) where !segments.contains(segment) {
            try fixture.store.delete(ObjectName(.index, segment))
        }
        try fixture.store.delete(ObjectName(.packs, try #require(packs.first)))
        let store = FaultInjectingStore(fixture.store, plan: FaultPlan(failAt: nil, operations: [.read, .size, .list]))
        let repository = try RepositoryFixture.open(store)
        let session = try repository.makeWriteSession(WriteSessionOptions(workers: 1), entropy: fixture.entropy)
        let before = store.operationCount
        try session.add(unlisted.span, .content)
        #expect(session.counters.chunksNew == 1)
        #expect(store.operationCount == before)
        session.abandon()
    }

    @Test("Readers that need a lost segment at the same time all get their bytes")
    func lostSegment() throws {
        let fixture = try RepositoryFixture()
        let snapshot = try fixture.commit(Self.files)
        for segment in try fixture.store.list(.index) { try fixture.store.delete(segment.name) }
        let reopened = try RepositoryFixture.open(fixture.store)
        let failures = Mutex<[String]>([])
        let threads = try (0..<8).map { number in
            try Thread.spawn(name: "reader-\(number)") {
                do {
                    let found = try RepositoryFixture.contents(of: snapshot, in: reopened)
                    if found != Self.files { failures.withLock { $0.append("other bytes") } }
                } catch {
                    failures.withLock { $0.append("\(error)") }
                }
            }
        }
        for thread in threads { thread.join() }
        #expect(failures.withLock { $0 } == [])
    }

    @Test("One object that the disk fails to read costs no more than itself", arguments: 1...12)
    func unreadableObject(position: Int) throws {
        let fixture = try RepositoryFixture()
        let snapshot = try fixture.commit(Self.files)
        let plan = FaultPlan(failAt: position, code: .ioFailure, operations: [.read])
        let store = FaultInjectingStore(fixture.store, plan: plan)
        // The format and the only key slot are needed to open anything.
        guard let opened = try? RepositoryFixture.open(store) else {
            #expect(position <= 2)
            return
        }
        try opened.refresh()
        #expect(opened.snapshots() == [snapshot], "what could not be read is tried again")
        // A read that fails is told, and the next one succeeds.
        let first = try? RepositoryFixture.contents(of: snapshot, in: opened)
        #expect(try first ?? RepositoryFixture.contents(of: snapshot, in: opened) == Self.files)
    }

    @Test("A storage that says after a lost reply that the object is there has stored it")
    func lostReply() throws {
        let store = RepeatingStore(base: MemoryStore())
        let fixture = try RepositoryFixture(store: store)
        store.repeats.store(true, ordering: .relaxed)
        let snapshot = try fixture.commit(Self.files)
        let reopened = try RepositoryFixture.open(store)
        #expect(reopened.snapshots() == [snapshot])
        #expect(try RepositoryFixture.contents(of: snapshot, in: reopened) == Self.files)
    }

    @Test("A directory whose files have thousands of owners with long names is saved")
    func manyOwners() throws {
        let pages = try HostilePages()
        let entries = (0..<4_000).map { number in
            var entry = TreeEntry(name: Array("\(10_000 + number)".utf8), type: .fifo, userID: UInt32(number))
            entry.groupID = UInt32(number)
            entry.userName = String(repeating: "u", count: 250) + "\(number)"
            entry.groupName = String(repeating: "g", count: 250) + "\(number)"
            return entry
        }
        let (root, source) = try pages.plant { session in
            var builder = TreeBuilder(session: session)
            for entry in entries { try builder.add(entry) }
            return try builder.finish()
        }
        #expect(try HostilePages.readAll(root, source) == entries)
    }
}

/// A storage whose every object is created twice: as by a client that sends a request again when no reply came.
private final class RepeatingStore: ForwardingStore {
    let repeats = Atomic<Bool>(false)
    let base: any ObjectStore

    init(base: MemoryStore) {
        self.base = base
    }

    func create(_ name: ObjectName, _ parts: [[UInt8]]) throws(StorageError) {
        try base.create(name, parts)
        if repeats.load(ordering: .relaxed) { try base.create(name, parts) }
    }
}
