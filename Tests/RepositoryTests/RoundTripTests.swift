import Cryptography
import Repository
import Storage
import SystemInterface
import TestSupport
import Testing

@Suite("A repository gives back what was put in")
struct RoundTripTests {
    @Test("Files of every size come back from a repository that is opened anew", arguments: [1, 2, 3] as [UInt64])
    func roundTrip(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var files: [String: [UInt8]] = ["empty": [], "one byte": [7]]
        for index in 0..<200 {
            let count = Int.random(in: 1...6_000, using: &random)
            files["small \(index)"] = (0..<count).map { _ in UInt8.random(in: 0...15, using: &random) }
        }
        files["large"] = (0..<5_000_000).map { _ in UInt8.random(in: 0...255, using: &random) }
        let fixture = try RepositoryFixture(seed: seed)
        let snapshot = try fixture.commit(files)
        let reopened = try RepositoryFixture.open(fixture.store)
        #expect(reopened.snapshots() == [snapshot], "seed \(seed)")
        #expect(try RepositoryFixture.contents(of: snapshot, in: reopened) == files, "seed \(seed)")
        #expect(reopened.warnings.isEmpty)
    }

    @Test("Equal data is stored once")
    func deduplication() throws {
        let fixture = try RepositoryFixture()
        let files = ["a": [UInt8](repeating: 1, count: 100_000), "b": [UInt8](repeating: 1, count: 100_000)]
        try fixture.commit(files)
        let packs = try fixture.store.list(.packs).count
        let second = try fixture.commit(files, at: 1_000_000_100)
        #expect(try fixture.store.list(.packs).count == packs)
        #expect(second.manifest.statistics.bytesNew == 0)
    }

    @Test(
        "What a lost or emptied pack held is stored again by the next run, and read from there",
        arguments: [false, true])
    func lostPack(isEmptied: Bool) throws {
        let fixture = try RepositoryFixture()
        let files = ["a": [UInt8](repeating: 1, count: 100_000), "b": (0..<200_000).map { UInt8($0 % 251) }]
        let first = try fixture.commit(files)
        for pack in try fixture.store.list(.packs).map(\.name) {
            try fixture.store.delete(pack)
            if isEmptied { try fixture.store.create(pack, []) }
        }
        let second = try fixture.commit(files, at: 1_000_000_100)
        #expect(fixture.repository.warnings.contains { $0.contains("it is missing, empty or cut off") })
        let reopened = try RepositoryFixture.open(fixture.store)
        #expect(try RepositoryFixture.contents(of: second, in: reopened) == files)
        #expect(try RepositoryFixture.contents(of: first, in: reopened) == files)
    }

    @Test("A repository that has lost its format object is damaged, and not absent")
    func lostFormat() throws {
        let fixture = try RepositoryFixture()
        try fixture.commit(["a": [1]])
        try fixture.store.delete(.format)
        let error = #expect(throws: RepositoryError.self) { try Repository.probe(fixture.store) }
        #expect(error?.code == .damaged && error?.object == "format")
    }

    @Test("A catalog that turns out to be damaged while it is used is made up for")
    func damagedCatalog() throws {
        let fixture = try RepositoryFixture()
        let files = ["a": [UInt8](repeating: 1, count: 100_000), "b": [2]]
        let snapshot = try fixture.commit(files)
        let directory = try TemporaryDirectory()
        func open() throws -> Repository {
            try Repository.open(
                fixture.store, passphrase: RepositoryFixture.passphrase, cacheDirectory: directory.path)
        }
        // Closed, so that the next connection has no pages in memory.
        _ = try open()
        let repository = try open()
        let path = repository.cacheDirectory(below: directory.path).appending("catalog.sqlite")
        let bytes = try FileSystem.read(path, atMost: 1 << 24)
        try FileSystem.write(path, Array(bytes[..<4_096]) + [UInt8](repeating: 0xFF, count: bytes.count - 4_096))
        #expect(try RepositoryFixture.contents(of: snapshot, in: repository) == files)
        #expect(repository.warnings.contains { $0.contains("catalog was damaged") })
        let reopened = try open()
        #expect(reopened.warnings.isEmpty && reopened.snapshots() == [snapshot])
        #expect(try RepositoryFixture.contents(of: snapshot, in: reopened) == files)
    }

    @Test("A catalog with a page that a loss of power has damaged is made up for", arguments: [false, true])
    func damagedPage(isWriting: Bool) throws {
        let fixture = try RepositoryFixture()
        let files = ["a": [UInt8](repeating: 1, count: 1_000)]
        let snapshot = try fixture.commit(files)
        let directory = try TemporaryDirectory()
        func open(refreshing: Bool = true) throws -> Repository {
            try Repository.open(
                fixture.store, passphrase: RepositoryFixture.passphrase, cacheDirectory: directory.path,
                refreshing: refreshing)
        }
        let path = try open().cacheDirectory(below: directory.path).appending("catalog.sqlite")
        let bytes = try FileSystem.read(path, atMost: 1 << 24)
        for page in 1..<bytes.count / 4_096 {
            var damaged = bytes
            for offset in page * 4_096..<(page + 1) * 4_096 { damaged[offset] = 0xFF }
            // Open already, so that nobody makes the file anew.
            let repository = try open(refreshing: false)
            try FileSystem.write(path, damaged)
            if isWriting {
                _ = try repository.makeWriteSession(WriteSessionOptions(workers: 1), entropy: fixture.entropy)
            }
            try repository.refresh()
            #expect(try RepositoryFixture.contents(of: snapshot, in: repository) == files, "page \(page)")
        }
    }

    @Test("A lost index segment is made up for by footers")
    func lostIndex() throws {
        let fixture = try RepositoryFixture()
        let files = ["a": [UInt8](repeating: 1, count: 1_000)]
        let snapshot = try fixture.commit(files)
        for segment in try fixture.store.list(.index) { try fixture.store.delete(segment.name) }
        let reopened = try RepositoryFixture.open(fixture.store)
        #expect(try RepositoryFixture.contents(of: snapshot, in: reopened) == files)
        try reopened.refresh()
        #expect(try RepositoryFixture.contents(of: snapshot, in: reopened) == files)
    }

    @Test("A wrong passphrase is refused")
    func wrongPassphrase() throws {
        let fixture = try RepositoryFixture()
        let error = #expect(throws: RepositoryError.self) {
            try Repository.open(
                fixture.store, passphrase: SecretBytes(Array("another".utf8)), cacheDirectory: nil)
        }
        #expect(error?.code == .wrongKey)
    }

    @Test("A store without a repository is told from one with a damaged repository")
    func noRepository() throws {
        let error = #expect(throws: RepositoryError.self) { try RepositoryFixture.open(MemoryStore()) }
        #expect(error?.code == .noRepository)
    }

    @Test("A repository is created once")
    func createdOnce() throws {
        let fixture = try RepositoryFixture()
        let error = #expect(throws: RepositoryError.self) {
            try RepositoryFixture.create(in: fixture.store, entropy: fixture.entropy)
        }
        #expect(error?.code == .alreadyExists)
    }
}
