import Repository
import TestSupport
import Testing

@Suite("What readers keep in memory")
struct BundleCacheTests {
    @Test("A dictionary with a limit keeps what was used last, and never more", arguments: [1, 2, 3] as [UInt64])
    func leastRecentlyUsed(seed: UInt64) {
        let costMax = 50
        var random = SeededGenerator(seed: seed)
        var kept = LeastRecentlyUsed<Int, Int>(costMax: costMax)
        // The model: in the order of their last use, the oldest first.
        var model: [(key: Int, value: Int, cost: Int)] = []
        for step in 0..<5_000 {
            let key = random.number(in: 0...20)
            if Bool.random(using: &random) {
                let found = kept.value(key)
                let index = model.firstIndex { $0.key == key }
                #expect(found == index.map { model[$0].value }, "seed \(seed), step \(step)")
                if let index { model.append(model.remove(at: index)) }
            } else {
                let cost = random.number(in: 1...60)
                var values: [Int] = []
                kept.insert(step, for: key, cost: cost, dropped: &values)
                var dropped = values.count
                if let index = model.firstIndex(where: { $0.key == key }) {
                    model.remove(at: index)
                    dropped -= 1
                }
                while !model.isEmpty, model.reduce(cost, { $0 + $1.cost }) > costMax {
                    model.removeFirst()
                    dropped -= 1
                }
                model.append((key, step, cost))
                #expect(dropped == 0, "seed \(seed), step \(step)")
            }
            #expect(kept.cost == model.reduce(0) { $0 + $1.cost }, "seed \(seed), step \(step)")
            #expect(kept.cost <= costMax || model.count == 1, "seed \(seed), step \(step)")
        }
    }

    /// A file of lone chunks of 300,000 bytes, each a bundle of its own.
    private func plant(_ count: Int, in fixture: RepositoryFixture) throws -> [(id: ChunkID, bytes: [UInt8])] {
        var random = SeededGenerator(seed: 5)
        let session = try fixture.session()
        let chunks = try (0..<count).map { _ in
            let bytes = random.bytes(300_000)
            return (id: try session.add(bytes.span, .content), bytes: bytes)
        }
        var builder = TreeBuilder(session: session)
        let root = TreeEntry(name: [], type: .directory, content: .tree(try builder.finish()))
        _ = try session.commit(RepositoryFixture.manifest(root: root))
        return chunks
    }

    @Test("Decoded bundles stay within their limit, and come back when they are wanted again")
    func staysWithinTheLimit() throws {
        let fixture = try RepositoryFixture()
        let chunks = try plant(12, in: fixture)
        let limit = 2 << 20
        let source = fixture.repository.makeSource(cacheBytes: limit)
        for round in 0..<2 {
            for chunk in chunks {
                #expect(try source.chunk(chunk.id, .content).copy() == chunk.bytes, "round \(round)")
                #expect(source.cacheStatistics.bytes <= limit)
            }
        }
        #expect(source.cacheStatistics.bytes > limit / 2, "the cache is used")
    }

    @Test("A bundle that is larger than the cache is read all the same, and not kept")
    func readsWithoutACache() throws {
        let fixture = try RepositoryFixture()
        let chunks = try plant(2, in: fixture)
        let source = fixture.repository.makeSource(cacheBytes: 0)
        for chunk in chunks { #expect(try source.chunk(chunk.id, .content).copy() == chunk.bytes) }
        #expect(source.cacheStatistics.bytes == 0)
    }

    @Test("Each of many small chunks is found in the bundle that they share")
    func findsSharedChunks() throws {
        let fixture = try RepositoryFixture()
        var random = SeededGenerator(seed: 6)
        let session = try fixture.session()
        let chunks = try (0..<3_000).map { _ in
            let bytes = random.bytes(random.number(in: 8...60))
            return (id: try session.add(bytes.span, .content), bytes: bytes)
        }
        var builder = TreeBuilder(session: session)
        let root = TreeEntry(name: [], type: .directory, content: .tree(try builder.finish()))
        _ = try session.commit(RepositoryFixture.manifest(root: root))
        let source = fixture.repository.makeSource()
        for chunk in chunks.shuffled(using: &random) {
            #expect(try source.chunk(chunk.id, .content).copy() == chunk.bytes)
        }
    }
}
