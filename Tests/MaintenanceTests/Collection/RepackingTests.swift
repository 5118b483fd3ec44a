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
}
