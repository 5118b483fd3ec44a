import Repository
import Storage
import SystemInterface
import TestSupport
import Testing

@Suite("Searching many snapshots")
struct SnapshotSearchTests {
    private func search(
        _ stored: StoredTrees, _ name: String?
    ) throws -> [String] {
        let wanted = name.map { Array($0.utf8) }
        var search = SnapshotSearch(below: "/", roots: stored.roots, source: stored.source) { _, name, _ in
            wanted == nil || name == wanted
        }
        var found: [String] = []
        while let match = try search.next() {
            let path = String(decoding: match.path.bytes.dropFirst(), as: UTF8.self)
            for (place, entry) in match.states {
                found.append("\(path) \(place) \(entry.type == .directory ? "directory" : "\(entry.size)")")
            }
        }
        return found
    }

    private func expected(_ trees: [[String: UInt64]], _ name: String?) -> [String] {
        let items = trees.map(StoredTrees.items)
        let paths = StoredTrees.sorted(Set(items.flatMap(\.keys)))
        return paths.filter { name == nil || $0.split(separator: "/").last.map(String.init) == name }.flatMap { path in
            items.enumerated().compactMap { place, items in
                items[path].map { "\(path) \(place) " + ($0.map { "\($0)" } ?? "directory") }
            }
        }
    }

    @Test("finds what looking at every path of every snapshot finds", arguments: 1...30, ["n3", nil])
    func agrees(seed: Int, name: String?) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        var trees = [StoredTrees.draw(&generator, count: 30)]
        for _ in 0..<4 {
            var next = trees[trees.count - 1].filter { _ in generator.number(in: 0...9) > 0 }
            for (path, size) in StoredTrees.draw(&generator, count: 4)
            where next.keys.allSatisfy({ !$0.hasPrefix(path + "/") && !path.hasPrefix($0 + "/") }) { next[path] = size }
            trees.append(next)
        }
        #expect(try search(StoredTrees(trees), name) == expected(trees, name), "seed \(seed)")
    }

    @Test("looks into what snapshots share once")
    func cost() throws {
        var tree: [String: UInt64] = [:]
        for directory in 0..<40 { for file in 0..<5 { tree["d\(directory)/f\(file)"] = UInt64(directory) + 1 } }
        var trees = [tree]
        for number in 1..<20 {
            tree["d7/f0"] = UInt64(100 + number)
            trees.append(tree)
        }
        let one = try StoredTrees([trees[0]])
        var before = one.store.operationCount
        #expect(try search(one, "f4").count == 40)
        let costOfOne = one.store.operationCount - before
        let all = try StoredTrees(trees)
        before = all.store.operationCount
        #expect(try search(all, "f4").count == 20 * 40)
        // Each further snapshot differs in its root and in one directory, which without a cache are read twice.
        #expect(all.store.operationCount - before == costOfOne + 19 * 4)
    }

    @Test("reads a page of a large directory once, however many snapshots have it")
    func pages() throws {
        var tree = Dictionary(uniqueKeysWithValues: (0..<30_000).map { ("file \(1_000_000 + $0)", UInt64(1)) })
        var trees = [tree]
        for number in 1..<4 {
            tree["file 10\(number)5000"] = 2
            trees.append(tree)
        }
        let stored = try StoredTrees(trees)
        let pageCount = try TreeDirectory(stored.roots[0], source: stored.source).pageCount
        #expect(pageCount > 10)
        let before = stored.store.operationCount
        #expect(try search(stored, "file 1000001").count == 4)
        // Inner pages, and the page that differs, of each; bundles hold several pages.
        #expect(stored.store.operationCount - before <= pageCount + 4 * 4)
    }

    @Test("tells of a directory that cannot be read, and goes on")
    func damage() throws {
        let stored = try StoredTrees([["a": 1], ["b": 1]])
        var missing = stored.roots[0]
        missing.content = .tree(ChunkID(.zero))
        var unread = stored.roots[0]
        unread.content = .unreadable
        var search = SnapshotSearch(
            below: "/", roots: [missing, stored.roots[1], unread], source: stored.source
        ) { _, _, _ in true }
        var places: [Int] = []
        for _ in 0..<2 {
            do throws(SnapshotSearch.Unread) {
                _ = try search.next()
            } catch {
                places.append(error.place)
            }
        }
        #expect(Set(places) == [0, 2])
        #expect(try search.next()?.path == "/b")
        #expect(try search.next() == nil)
    }

    @Test("tells of a directory on the way that cannot be read, once for all that share it, and looks into the others")
    func damageOnTheWay() throws {
        let stored = try StoredTrees([["home/anna/x": 1], ["home/anna/x": 2], ["other": 1]])
        var missing = stored.roots[0]
        missing.content = .tree(ChunkID(.zero))
        var unread = stored.roots[0]
        unread.content = .unreadable
        let roots = [missing, stored.roots[1], missing, unread, stored.roots[2]]
        var search = SnapshotSearch(below: "/home/anna", roots: roots, source: stored.source) { _, _, _ in true }
        var failures: [SnapshotSearch.Unread] = []
        for _ in 0..<2 {
            do throws(SnapshotSearch.Unread) {
                _ = try search.next()
            } catch {
                failures.append(error)
            }
        }
        #expect(Set(failures.map(\.place)) == [0, 3])
        #expect(failures.allSatisfy { $0.path == "/" })
        let found = try #require(try search.next())
        #expect(found.path == "/home/anna/x" && found.states.map(\.place) == [1])
        #expect(try search.next() == nil)
    }
}
