import Cryptography
import Repository
import Storage
import SystemInterface
import TestSupport
import Testing

@Suite("A garbage collection where chunks have copies")
struct CollectionCopiesTests {
    private let fixture: CollectionFixture
    private let old = CollectionFixture.bytes(2)
    private let new = CollectionFixture.bytes(3)

    init() throws {
        fixture = try CollectionFixture()
    }

    @Test("keeps one of two copies")
    func duplicates() throws {
        let first = try fixture.commit(["a": old])
        let stored = try fixture.takePacks()
        let second = try fixture.over(fixture.store).commit(["a": old])
        for (name, bytes) in stored { try fixture.store.create(name, bytes) }
        let report = try fixture.collect { $0.isConfirmed = true }
        #expect(report.end == .done && report.packCount == 2)
        #expect(try fixture.names(.packs).count == 2)
        #expect(try fixture.contents(of: first) == ["a": old])
        #expect(try fixture.contents(of: second) == ["a": old])
    }

    @Test("keeps a pack that another process has taken out of the shared catalog since the mark, and reads it")
    func sharedCatalog() throws {
        let first = try fixture.commit(["a": old])
        for entry in try fixture.store.list(.index) { try fixture.store.delete(entry.name) }
        let cache = try TemporaryDirectory()
        func open() throws -> Repository {
            try Repository.open(
                fixture.store, passphrase: SecretBytes(CollectionFixture.passphrase), cacheDirectory: cache.path)
        }
        let repository = try open()
        var mark = LivenessMark(repository)
        try mark.add(first)
        let content = try fixture.firstChunk(of: first)
        // It does not know what footers were read.
        _ = try open()
        for pack in try fixture.store.list(.packs).compactMap(\.name.id) {
            let verdict = try repository.verdict(on: pack, by: mark, CopyVerifier(repository)) { _ in true }
            guard case .needed = verdict else {
                Issue.record("\(pack) would go")
                continue
            }
        }
        #expect(try repository.makeSource().chunk(content, .content).copy() == old)
    }

    @Test("keeps the copy that is whole where the other is rotten, though no index lists it")
    func unlistedCopy() throws {
        let first = try fixture.commit(["a": old])
        let stored = try fixture.takePacks()
        try fixture.over(fixture.store).commit(["a": old])
        for entry in try fixture.store.list(.index) { try fixture.store.delete(entry.name) }
        var rotten: [ObjectName] = []
        for (name, bytes) in stored {
            var bytes = bytes
            if name.folder == .packs, bytes.count > old.count {
                rotten.append(name)
                bytes[bytes.count / 2] ^= 1
            }
            try fixture.store.create(name, bytes)
        }
        #expect(rotten.count == 1)
        #expect(try fixture.collect { $0.isConfirmed = true }.end == .done)
        for name in try rotten + fixture.store.list(.index).map(\.name) { try fixture.store.delete(name) }
        #expect(try fixture.over(fixture.store).contents(of: first) == ["a": old])
    }

    @Test("keeps the copy that is whole where the other is cut off")
    func cutOff() throws {
        let first = try fixture.commit(["a": old])
        let stored = try fixture.takePacks()
        try fixture.over(fixture.store).commit(["a": old])
        let whole = try fixture.names(.packs)
        for (name, bytes) in stored {
            try fixture.store.create(name, name.folder == .packs ? Array(bytes.prefix(100)) : bytes)
        }
        #expect(try fixture.collect { $0.isConfirmed = true }.end == .done)
        #expect(try fixture.names(.packs) == whole)
        #expect(try fixture.contents(of: first) == ["a": old])
    }

    // Which of two packs is judged first depends on their names, and so on the seed.
    @Test("drops no copy for one that is damaged, or is not what its name says", arguments: [false, true], 1...6)
    func untrueCopy(isLie: Bool, seed: UInt64) throws {
        let fixture = try CollectionFixture(seed: seed)
        let first = try fixture.commit(["a": old])
        let content = try fixture.firstChunk(of: first)
        let stored = try fixture.takePacks()
        let session = try fixture.over(fixture.store).session()
        try session.add((isLie ? new : old).span, .content, as: content)
        var builder = TreeBuilder(session: session)
        let tree = try builder.finish()
        _ = try session.commit(
            CollectionFixture.manifest(
                TreeEntry(name: [], type: .directory, permissions: 0o755, content: .tree(tree))))
        if !isLie {
            let largest = try #require(fixture.store.list(.packs).max { $0.bytes < $1.bytes })
            var bytes = try fixture.store.read(largest.name)
            bytes[100] ^= 1
            try fixture.store.delete(largest.name)
            try fixture.store.create(largest.name, bytes)
        }
        for (name, bytes) in stored { try fixture.store.create(name, bytes) }
        // The untrue copy goes if it is judged first, and both stay if not.
        try fixture.collect { $0.isConfirmed = true }
        for (name, _) in stored where name.folder == .packs { #expect(try fixture.store.contains(name)) }
    }

    @Test("drops no copy for one that only the index knows of", arguments: 1...UInt64(6))
    func listedCopy(seed: UInt64) throws {
        let fixture = try CollectionFixture(seed: seed)
        let snapshots = try [fixture.commit(["a": old]), fixture.commit(["a": new])]
        let packs = try fixture.store.names(in: .packs)
        try fixture.plantPack(
            of: (try fixture.firstChunk(of: snapshots[1]), new),
            listedAs: (try fixture.firstChunk(of: snapshots[0]), old))
        try fixture.collect { $0.isConfirmed = true }
        for pack in packs { #expect(try fixture.store.contains(ObjectName(.packs, pack))) }
        #expect(try snapshots.map { try fixture.contents(of: $0) } == [["a": old], ["a": new]])
    }
}
