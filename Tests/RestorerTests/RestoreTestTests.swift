import BackupTestSupport
import Coding
import Cryptography
import Repository
import Restorer
import Storage
import SystemInterface
import TestSupport
import Testing

@Suite("A restore test")
struct RestoreTestTests {
    private static let names = ["a", "b", "c"]

    @Test("names the file whose chunk is not what its name says, and goes on with the others", arguments: names)
    func misnamedChunk(name: String) throws {
        let store = MemoryStore()
        let fixture = try BackupFixture(store: store)
        var generator = SeededGenerator(seed: 3)
        // Each is one chunk, in a pack of its own: of a bundle in which one chunk is wrong none is believed.
        for name in Self.names.dropLast() {
            try FileSystem.write(fixture.source.appending(name), generator.bytes(3000))
            try fixture.backUp()
        }
        try FileSystem.write(fixture.source.appending("c"), generator.bytes(3000))
        let snapshot = try fixture.backUp().committed()
        let wanted = try FileSystem.read(fixture.source.appending(name), atMost: 3000)
        try misname(wanted, in: fixture, store)
        let outcome = try RestoreTest(
            BackupFixture.open(store), snapshot, options: RestoreTestOptions(millionths: 1_000_000, seed: 1),
            scratch: fixture.directory.makeDirectory("scratch")
        ).run()
        #expect(outcome.failures.map(\.path) == [fixture.source.appending(name)])
        #expect(outcome.failures.map(\.isDamage) == [true])
        #expect(outcome.failureCount == 1)
        #expect(outcome.fileCount == 3 && outcome.testedCount == 3 && outcome.testedBytes == 9000)
    }

    /// Puts a pack in place of the one of the content in which one chunk has other bytes, as many, under its name.
    private func misname(_ wanted: [UInt8], in fixture: BackupFixture, _ store: MemoryStore) throws {
        let holder = try KeyHolder(fixture.repository, entropy: SeededEntropy(seed: 4))
        let pack = try #require(
            try store.names(in: .packs).first { try holder.chunks(ofPack: $0).chunks.contains { $0.bytes == wanted } })
        var (family, chunks) = try holder.chunks(ofPack: pack)
        let place = try #require(chunks.firstIndex { $0.bytes == wanted })
        chunks[place].bytes[0] ^= 1
        let plaintext = KeyHolder.plaintext(chunks)
        let bundle = try holder.bundle(frame: holder.frame(plaintext), plaintextBytes: plaintext.count, family)
        let table = holder.table(chunks, storedBytes: bundle.count, plaintextBytes: plaintext.count, family)
        let bytes = try holder.pack(bundle, table: table, family)
        let name = SHA256.hash(bytes.span)
        try store.create(ObjectName(.packs, name), bytes)
        let segment = try holder.segment(KeyHolder.segmentTable([(name, family, table)]))
        try store.create(ObjectName(.index, SHA256.hash(segment.span)), segment)
        try store.delete(ObjectName(.packs, pack))
    }
}
