import Maintenance
import Repository
import Storage
import Testing

@Suite("Moving what is left of packs")
struct RepackingTests {
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

    // Which packs are judged first depends on their names, and so on the seed.
    @Test(
        "of a bundle that lies makes no copy that a second attempt relies on", .timeLimit(.minutes(10)),
        arguments: 1...UInt64(4))
    func secondAttempt(seed: UInt64) throws {
        let fixture = try CollectionFixture(seed: seed)
        let wanted = CollectionFixture.bytes(1)
        // Beside it, a little that goes: its pack is the last one to be moved.
        var going = [try fixture.commit(["a": wanted, "b": CollectionFixture.bytes(2, count: 30_000)])]
        let honest = try fixture.commit(["a": wanted])
        let chunk = try fixture.firstChunk(of: honest)
        let stored = try (fixture.store.list(.index) + fixture.store.list(.packs)).map {
            ($0.name, try fixture.store.read($0.name))
        }
        for (name, _) in stored { try fixture.store.delete(name) }
        // A pack of a lie under the name of the chunk, and of more that goes: the first one to be moved.
        let session = try fixture.over(fixture.store).session()
        try session.add(CollectionFixture.bytes(3).span, .content, as: chunk)
        let root = try CollectionFixture.write(["b": CollectionFixture.bytes(4, count: 2 << 20)], into: session)
        going.append(try session.commit(CollectionFixture.manifest(root)))
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
        #expect(try fixture.contents(of: honest) == ["a": wanted])
        #expect(try fixture.contents(of: few) == rest)
    }
}
