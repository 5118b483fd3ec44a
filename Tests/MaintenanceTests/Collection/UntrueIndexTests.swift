import Coding
import Cryptography
import Maintenance
import Repository
import Storage
import SystemInterface
import TestSupport
import Testing

/// What segments say of a pack need not be so: everybody who writes holds the key that they are sealed under. And what a
/// disk does not give at one moment may be the only place of something.
@Suite("A garbage collection where what is in a pack is in doubt")
struct UntrueIndexTests {
    private let fixture: CollectionFixture
    private let old = CollectionFixture.bytes(2)
    private let new = CollectionFixture.bytes(3)

    init() throws {
        fixture = try CollectionFixture()
    }

    @Test("keeps a pack of which a segment says that it holds something else", arguments: [true, false])
    func understated(comesFirst: Bool) throws {
        // Their packs are listed together, and those of the other tree go: so the segments are rewritten.
        let gone = try fixture.commit(["a": old])
        let kept = try fixture.commit(["b": old])
        let packs = try fixture.store.names(in: .packs)
        try list(packs, comesFirst: comesFirst) { holder in
            holder.table([(ChunkID(.zero), [1])], storedBytes: 100, plaintextBytes: 40, .content)
        }
        try fixture.forget(gone)
        for _ in 0..<2 {
            _ = try fixture.collect { $0.isConfirmed = true }
            #expect(try fixture.contents(of: kept) == ["b": old])
        }
    }

    @Test("goes by what is in a pack, and not by what a segment says of it")
    func overstated() throws {
        let kept = try fixture.commit(["b": old])
        let pack = try contentPack()
        let holder = try KeyHolder(fixture.repository, entropy: fixture.entropy)
        let chunk = try #require(try holder.chunks(ofPack: pack).chunks.first)
        // A bundle that reaches beyond the pack's end, with one chunk that is needed, and a large one that is not.
        let other = (id: ChunkID(.zero), bytes: [UInt8](repeating: 0, count: 3_000_000))
        try list([pack], comesFirst: true) { holder in
            holder.table([chunk, other], storedBytes: 900_000, plaintextBytes: 3_300_000, .content)
        }
        #expect(try fixture.collect { $0.isConfirmed = true }.end == .nothingToDo)
        #expect(try fixture.contents(of: kept) == ["b": old])
    }

    @Test("keeps a pack that no segment lists while its footer cannot be read", arguments: [false, true])
    func unreadFooter(isDamage: Bool) throws {
        let first = try fixture.commit(["a": old])
        for entry in try fixture.store.list(.index) { try fixture.store.delete(entry.name) }
        let cache = try TemporaryDirectory()
        let store = UnreadableStore(fixture.store)
        let over = try fixture.over(store)
        let repository = try over.repository.reopened(cacheDirectory: cache.path)
        var mark = LivenessMark(repository)
        try mark.add(first)
        // It does not know what footers were read.
        _ = try over.repository.reopened(cacheDirectory: cache.path)
        let name = ObjectName(.packs, try contentPack())
        let pack = try #require(name.id)
        let bytes = try fixture.store.read(name)
        if isDamage {
            try fixture.store.delete(name)
            try fixture.store.create(name, bytes.dropLast() + [0])
        } else {
            store.fail([name], times: 1)
        }
        #expect(try repository.verdict(on: pack, by: mark, CopyVerifier(repository)) { _ in true } == .unclear)
    }

    @Test("judges no pack where the storage does not say whether another is there")
    func unansweredPlace() throws {
        let snapshot = try fixture.commit(["a": old])
        let pack = try contentPack()
        let stored = try fixture.takePacks()
        try fixture.over(fixture.store).commit(["a": old])
        for (name, bytes) in stored where name.folder == .packs { try fixture.store.create(name, bytes) }
        try list([pack], comesFirst: true) { holder in
            holder.table([(ChunkID(.zero), [1])], storedBytes: 100, plaintextBytes: 40, .content)
        }
        let repository = try fixture.repository.reopened(over: fixture.store)
        var mark = LivenessMark(repository)
        try mark.add(snapshot)
        let error = #expect(throws: RepositoryError.self) {
            _ = try repository.verdict(on: pack, by: mark, CopyVerifier(repository)) { (_) throws(RepositoryError) in
                throw RepositoryError(.storage(.ioFailure), "a bad sector")
            }
        }
        #expect(error?.code == .storage(.ioFailure))
    }

    @Test("deletes a pack that is listed and not needed, though its disk does not give it")
    func badSector() throws {
        let gone = try fixture.commit(["a": old])
        let packs = try fixture.store.names(in: .packs)
        try fixture.commit(["b": new])
        try fixture.forget(gone)
        let store = UnreadableStore(fixture.store, packs.map { ObjectName(.packs, $0) })
        #expect(try fixture.over(store).collect { $0.isConfirmed = true }.packCount == packs.count)
        for pack in packs { #expect(try !fixture.store.contains(ObjectName(.packs, pack))) }
    }

    private func contentPack() throws -> Bytes32 {
        try #require(
            try fixture.store.names(in: .packs).first { pack in
                try fixture.store.read(ObjectName(.packs, pack))[10] == PackKind.content.rawValue
            })
    }

    /// Stores a segment that says `table` of each of the packs, and that catalogs load before all others, or behind them.
    private func list(
        _ packs: [Bytes32], comesFirst: Bool, _ table: (KeyHolder) -> [UInt8]
    ) throws {
        let listed = try fixture.store.names(in: .index)
        while true {
            let holder = try KeyHolder(fixture.repository, entropy: fixture.entropy)
            let table = table(holder)
            let segment = try holder.segment(
                KeyHolder.segmentTable(packs.map { ($0, try kind(of: $0), table) }))
            let name = SHA256.hash(segment.span)
            guard listed.allSatisfy({ (name < $0) == comesFirst }) else { continue }
            return try fixture.store.create(ObjectName(.index, name), segment)
        }
    }

    private func kind(of pack: Bytes32) throws -> PackKind {
        try #require(PackKind(rawValue: try fixture.store.read(ObjectName(.packs, pack))[10]))
    }
}
