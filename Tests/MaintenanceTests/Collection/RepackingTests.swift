import Maintenance
import Repository
import Storage
import Testing

@Suite("Moving what is left of packs")
struct RepackingTests {
    private let fixture: CollectionFixture
    private let old = CollectionFixture.bytes(2)
    private let new = CollectionFixture.bytes(3)

    init() throws {
        fixture = try CollectionFixture()
    }

    @Test("lists the new packs in as many segments as the limit asks for")
    func segments() throws {
        let fixture = try CollectionFixture()
        let files = ["a": CollectionFixture.bytes(1), "b": CollectionFixture.bytes(2)]
        let snapshot = try fixture.commit(files)
        let repository = fixture.repository
        var mark = LivenessMark(repository)
        try mark.add(snapshot)
        var repacking = Repacking(repository, entropy: fixture.entropy, segmentChunksMax: 1)
        let packs = try fixture.store.names(in: .packs)
        for pack in packs { try repacking.add(pack, mark) }
        let before = try fixture.store.names(in: .index).count
        try repacking.finish()
        #expect(packs.count == 2 && repacking.newPacks.count == 2)
        #expect(try fixture.store.names(in: .index).count == before + 2)
        for pack in packs { try fixture.store.delete(ObjectName(.packs, pack)) }
        #expect(try fixture.contents(of: snapshot) == files)
    }

    // Which packs are judged first depends on their names, and so on the seed. A pack of which something else is needed
    // stays, lie and all, until it is moved: then readers that do not compute names may be given the lie, as before.
    @Test(
        "of a bundle that lies makes no copy that is relied on, nor a second attempt", .timeLimit(.minutes(20)),
        arguments: 1...UInt64(4), [false, true])
    func secondAttempt(seed: UInt64, holdsMore: Bool) throws {
        let fixture = try CollectionFixture(seed: seed)
        let wanted = CollectionFixture.bytes(1)
        // Beside it, a little that goes: its pack is the last one to be moved.
        var going = [try fixture.commit(["a": wanted, "b": CollectionFixture.bytes(2, count: 30_000)])]
        let honest = try fixture.commit(["a": wanted])
        let chunk = try fixture.firstChunk(of: honest)
        let stored = try fixture.takePacks()
        // A pack of a lie under the name of the chunk, and of more that goes: the first one to be moved.
        let session = try fixture.over(fixture.store).session()
        try session.add(CollectionFixture.bytes(3).span, .content, as: chunk)
        let more = ["c": CollectionFixture.bytes(5)]
        let root = try CollectionFixture.write(
            (holdsMore ? more : [:]).merging(["b": CollectionFixture.bytes(4, count: 2 << 20)]) { $1 }, into: session)
        going.append(try session.commit(CollectionFixture.manifest(root)))
        let beside = holdsMore ? try fixture.over(fixture.store).commit(more) : nil
        for (name, bytes) in stored { try fixture.store.create(name, bytes) }
        // What is moved between the two fills the new pack that the lie comes to.
        let process = try fixture.over(fixture.store)
        let files = Dictionary(
            uniqueKeysWithValues: (0..<26).map {
                ("c\($0)", CollectionFixture.bytes(UInt64(10 + $0), count: 1 << 20))
            })
        let many = try process.commit(files)
        let rest = files.filter { Int($0.key.dropFirst()) ?? 0 < 16 }
        let few = try process.commit(rest)
        going.append(many)
        for snapshot in going { try process.forget(snapshot) }

        let full = FullOnceStore(fixture.store, noRoomFor: ObjectName(.quarantine, number: 1))
        for store in [full, fixture.store, fixture.store] as [any ObjectStore] {
            _ = try fixture.over(store).collect { ($0.isConfirmed, $0.unusedShareMax) = (true, 0) }
        }
        #expect(try fixture.contents(of: honest, verifies: true) == ["a": wanted])
        #expect(try fixture.contents(of: few) == rest)
        if let beside { #expect(try fixture.contents(of: beside) == more) }
    }

    @Test("moves what is left of packs without opening it, and frees the rest")
    func repacks() throws {
        let first = try fixture.commit(["a": old, "b": new, "c": CollectionFixture.bytes(9)])
        let second = try fixture.commit(["b": new])
        try fixture.forget(first)
        let dry = try fixture.collect { $0.isDryRun = true }
        let report = try fixture.collect { $0.isConfirmed = true }
        #expect(report.end == .done && report.packsRepacked == 1)
        #expect(dry.packCount == report.packCount && dry.bytesFreed == report.bytesFreed && dry.bytesUnused == 0)
        #expect(report.bytesUnused == 0 && report.bytesFreed > UInt64(old.count))
        #expect(try fixture.contents(of: second) == ["b": new])
        #expect(try fixture.collect().end == .nothingToDo)
        let check = try Check(fixture.repository.reopened(over: fixture.store), options: CheckOptions(readsData: true))
            .run()
        #expect(check.damage.map(\.object) == [])
    }

    @Test("moves nothing out of the reach of who opened the repository before")
    func readerBefore() throws {
        let first = try fixture.commit(["a": old, "b": new])
        let second = try fixture.commit(["b": new])
        let reader = try fixture.repository.reopened(over: fixture.store).makeSource()
        let content = try fixture.firstChunk(of: second)
        try fixture.forget(first)
        #expect(try fixture.collect { $0.isConfirmed = true }.packsRepacked == 1)
        #expect(try reader.chunk(content, .content).copy() == new)
    }

    @Test("divides a bundle of which little is needed, if its key opens that", arguments: [false, true])
    func divides(isMaintainer: Bool) throws {
        let files = Dictionary(
            uniqueKeysWithValues: (0..<40).map { ("\($0)", CollectionFixture.bytes(UInt64($0 + 100), count: 9_000)) })
        let first = try fixture.commit(files)
        let few = files.filter { ["3", "17", "31"].contains($0.key) }
        let second = try fixture.commit(few)
        try fixture.forget(first)
        let report = try fixture.collect(as: isMaintainer) {
            $0.isConfirmed = true
            $0.unusedShareMax = 0
        }
        #expect(report.end == .done)
        #expect((report.bytesFreed > 300_000) == !isMaintainer)
        #expect((report.bytesHidden > 300_000) == isMaintainer)
        #expect(try fixture.contents(of: second) == few)
        let check = try Check(fixture.repository.reopened(over: fixture.store), options: CheckOptions(readsData: true))
            .run()
        #expect(check.damage.map(\.object) == [])
        #expect(try fixture.collect(as: isMaintainer) { $0.unusedShareMax = 0 }.end == .nothingToDo)
    }

    @Test("leaves packs as they are while little of them is of no use")
    func leavesPacks() throws {
        let first = try fixture.commit(["a": old, "b": new])
        let second = try fixture.commit(["b": new])
        try fixture.forget(first)
        let report = try fixture.collect { $0.unusedShareMax = 1 }
        #expect(report.packsRepacked == 0 && report.bytesUnused > UInt64(old.count))
        #expect(try fixture.contents(of: second) == ["b": new])
    }
}
