import Repository
import Storage
import SystemInterface
import TestSupport
import Testing

@Suite("Comparing directories")
struct TreeComparisonTests {
    /// Stores directories of files by name and size, and opens them anew.
    private struct Stored {
        let store: FaultInjectingStore
        let source: ChunkSource
        let trees: [ChunkID]

        init(_ directories: [[String: UInt64]]) throws {
            let fixture = try RepositoryFixture()
            trees = try directories.map { files in
                let session = try fixture.session()
                var builder = TreeBuilder(session: session)
                for (name, size) in files.sorted(by: {
                    Array($0.key.utf8).lexicographicallyPrecedes(Array($1.key.utf8))
                }) {
                    var entry = TreeEntry(name: Array(name.utf8), type: .regular)
                    entry.size = size
                    entry.content = size == 0 ? .none : .chunk(try session.add([UInt8(size)].span, .content))
                    try builder.add(entry)
                }
                let tree = try builder.finish()
                let root = TreeEntry(name: [], type: .directory, content: .tree(tree))
                _ = try session.commit(RepositoryFixture.manifest(root: root))
                return tree
            }
            store = FaultInjectingStore(fixture.store, plan: .none)
            // Nothing is kept: what is read again is counted again.
            source = try RepositoryFixture.open(store).makeSource(cacheBytes: 0)
        }

        func open(_ index: Int) throws -> TreeDirectory { try TreeDirectory(trees[index], source: source) }
    }

    private func description(_ difference: TreeDifference) -> String {
        let name = String(decoding: difference.name, as: UTF8.self)
        switch difference {
        case .added(let entry): return "+\(name) \(entry.size)"
        case .removed(let entry): return "-\(name) \(entry.size)"
        case .changed(let old, let new): return "~\(name) \(old.size) \(new.size)"
        case .directories, .replaced: return "?\(name)"
        }
    }

    private func directory(_ generator: inout SeededGenerator, count: Int) -> [String: UInt64] {
        let pairs = (0..<count).map { _ in
            ("name \(generator.number(in: 0...count * 2))", UInt64(generator.number(in: 0...2)))
        }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }

    @Test(
        "differences are those of the names and entries, from every position on", arguments: 1...5, [0, 3, 40, 3_000])
    func findsDifferences(seed: Int, count: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let (old, new) = (directory(&generator, count: count), directory(&generator, count: count / 2))
        let stored = try Stored([old, new])
        let names = Set(old.keys).union(new.keys).sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
        let wanted: [String] = names.compactMap { name in
            switch (old[name], new[name]) {
            case (nil, let size?): "+\(name) \(size)"
            case (let size?, nil): "-\(name) \(size)"
            case (let left?, let right?) where left != right: "~\(name) \(left) \(right)"
            default: nil
            }
        }
        var comparison = TreeComparison(old: try stored.open(0), new: try stored.open(1))
        var found: [String] = []
        var positions = [comparison.position]
        while let difference = try comparison.next() {
            found.append(description(difference))
            positions.append(comparison.position)
        }
        #expect(found == wanted, "seed \(seed)")
        for index in stride(from: 0, to: positions.count, by: 1 + positions.count / 5) {
            var rest = TreeComparison(old: try stored.open(0), new: try stored.open(1), from: positions[index])
            #expect(try rest.next().map(description) == wanted.dropFirst(index).first, "seed \(seed) at \(index)")
        }
    }

    @Test("pages that both have are not read")
    func readsOnlyWhatDiffers() throws {
        let old = Dictionary(uniqueKeysWithValues: (0..<30_000).map { ("file \(1_000_000 + $0)", UInt64(1)) })
        var new = old
        new["file 1015000"] = 2
        let stored = try Stored([old, new])
        let (left, right) = (try stored.open(0), try stored.open(1))
        #expect(left.pageCount > 10)
        let before = stored.store.operationCount
        var comparison = TreeComparison(old: left, new: right)
        #expect(try comparison.next().map(description) == "~file 1015000 1 2")
        #expect(try comparison.next() == nil)
        #expect(stored.store.operationCount - before <= 6)
    }

    @Test("one directory alone is all added or all removed")
    func comparesWithNothing() throws {
        let stored = try Stored([["a": 1, "b": 0]])
        var added = TreeComparison(old: nil, new: try stored.open(0))
        #expect(try added.next().map(description) == "+a 1")
        var removed = TreeComparison(old: try stored.open(0), new: nil, from: .init(old: 1))
        #expect(try removed.next().map(description) == "-b 0")
        #expect(try removed.next() == nil)
    }
}
