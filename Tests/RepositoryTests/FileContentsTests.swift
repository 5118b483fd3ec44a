import Repository
import SystemInterface
import TestSupport
import Testing

@Suite("The bytes of a file")
struct FileContentsTests {
    /// A file of random chunks and holes, the bytes that it must have, and its entry.
    private func makeFile(
        segments count: Int, seed: UInt64, fixture: RepositoryFixture
    ) throws -> (entry: TreeEntry, bytes: [UInt8]) {
        var random = SeededGenerator(seed: seed)
        let session = try fixture.session()
        var builder = ContentBuilder(session: session)
        var bytes: [UInt8] = []
        for _ in 0..<count {
            let length = random.number(in: 1...300)
            if random.number(in: 0...3) == 0 {
                builder.addHole(bytes: UInt64(length))
                bytes += [UInt8](repeating: 0, count: length)
            } else {
                let chunk = random.bytes(length)
                try builder.addChunk(try session.add(chunk.span, .content), bytes: length)
                bytes += chunk
            }
        }
        var entry = TreeEntry(name: [97], type: .regular)
        entry.size = UInt64(bytes.count)
        entry.content = try builder.finish()
        var tree = TreeBuilder(session: session)
        try tree.add(entry)
        let root = TreeEntry(name: [], type: .directory, content: .tree(try tree.finish()))
        _ = try session.commit(RepositoryFixture.manifest(root: root))
        return (entry, bytes)
    }

    private func read(_ file: FileContents, at offset: Int, count: Int) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            initialized = try file.read(at: UInt64(offset), into: UnsafeMutableRawBufferPointer(buffer))
        }
    }

    @Test("Any range reads as it was written", arguments: [0, 1, 2, 8, 9, 5_000] as [Int])
    func ranges(segments: Int) throws {
        let fixture = try RepositoryFixture()
        let (entry, bytes) = try makeFile(segments: segments, seed: UInt64(segments) + 1, fixture: fixture)
        let file = try FileContents(entry, source: fixture.repository.makeSource(cacheBytes: 1 << 20))
        #expect(try read(file, at: 0, count: bytes.count + 10) == bytes)
        var random = SeededGenerator(seed: 9)
        for _ in 0..<200 {
            let offset = random.number(in: 0...bytes.count + 5)
            let count = random.number(in: 0...2_000)
            let expected = offset < bytes.count ? Array(bytes[offset..<min(bytes.count, offset + count)]) : []
            #expect(try read(file, at: offset, count: count) == expected)
        }
    }

    @Test("Holes and data are told apart as SEEK_HOLE and SEEK_DATA do", arguments: [1, 8, 3_000] as [Int])
    func holes(segments: Int) throws {
        let fixture = try RepositoryFixture()
        let (entry, _) = try makeFile(segments: segments, seed: UInt64(segments) + 77, fixture: fixture)
        let file = try FileContents(entry, source: fixture.repository.makeSource())
        var position: UInt64 = 0
        var data: UInt64 = 0
        while position < file.size, let start = try file.nextData(from: position) {
            #expect(try file.run(at: start).segment.chunk != nil)
            let end = try #require(try file.nextHole(from: start))
            #expect(end > start)
            data += end - start
            position = end
        }
        #expect(try file.dataBytes() == data)
        #expect(try file.nextHole(from: file.size) == nil)
    }

    @Test("A huge hole costs nothing")
    func hugeHole() throws {
        let fixture = try RepositoryFixture()
        let session = try fixture.session()
        var builder = ContentBuilder(session: session)
        builder.addHole(bytes: 1 << 62)
        try builder.addChunk(try session.add([1, 2, 3].span, .content), bytes: 3)
        builder.addHole(bytes: 1 << 40)
        var entry = TreeEntry(name: [97], type: .regular)
        entry.content = try builder.finish()
        entry.size = 1 << 62 + 3 + 1 << 40
        session.abandon()
        #expect(session.counters.bytesNew == 3)
    }

    @Test("Content that could not be read fails, and is never empty")
    func unreadable() throws {
        let fixture = try RepositoryFixture()
        var entry = TreeEntry(name: [97], type: .regular)
        entry.content = .unreadable
        #expect(throws: RepositoryError.self) {
            try FileContents(entry, source: fixture.repository.makeSource())
        }
    }
}
