import Repository
import Storage
import SystemInterface
import TestSupport
import Testing

@Suite("Comparing trees all the way down")
struct DeepTreeComparisonTests {
    private func differences(_ stored: StoredTrees, _ old: Int, _ new: Int) -> [String] {
        var comparison = DeepTreeComparison(
            old: stored.roots[old], new: stored.roots[new], path: "/", source: stored.source)
        var found: [String] = []
        while let difference = comparison.next() { found.append(description(difference)) }
        return found
    }

    private func description(_ difference: DeepDifference) -> String {
        let letter =
            switch difference.kind {
            case .added: "+"
            case .removed: "-"
            case .content: "M"
            case .metadata: "U"
            case .type: "T"
            case .unknown: "?"
            }
        return letter + String(decoding: difference.path.bytes.dropFirst(), as: UTF8.self)
    }

    private func expected(_ old: [String: UInt64], _ new: [String: UInt64]) -> [String] {
        let (before, after) = (StoredTrees.items(old), StoredTrees.items(new))
        return StoredTrees.sorted(Set(before.keys).union(after.keys)).compactMap { path in
            switch (before[path], after[path]) {
            case (nil, .some): return "+" + path
            case (.some, nil): return "-" + path
            case (.some(let left), .some(let right)) where (left == nil) != (right == nil): return "T" + path
            case (.some(let left), .some(let right)) where left != right: return "M" + path
            default: return nil
            }
        }
    }

    @Test("tells what a comparison of all paths tells, in its order", arguments: 1...40)
    func agrees(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let old = StoredTrees.draw(&generator, count: 40)
        var new = old.filter { _ in generator.number(in: 0...9) > 0 }
        for (path, size) in StoredTrees.draw(&generator, count: 6)
        where new.keys.allSatisfy({ !$0.hasPrefix(path + "/") && !path.hasPrefix($0 + "/") }) { new[path] = size }
        #expect(differences(try StoredTrees([old, new]), 0, 1) == expected(old, new), "seed \(seed)")
    }

    @Test("reads what differs, and not the subtrees that both have")
    func cost() throws {
        var old: [String: UInt64] = [:]
        for directory in 0..<300 {
            for file in 0..<10 { old["d\(directory % 10)/e\(directory)/f\(file)"] = UInt64(directory) + 1 }
        }
        var new = old
        new["d3/e3/f3"] = 999
        let stored = try StoredTrees([old, new])
        var before = stored.store.operationCount
        #expect(differences(stored, 0, 0).isEmpty)
        var root = stored.roots[0]
        root.permissions = 0o700
        var comparison = DeepTreeComparison(old: stored.roots[0], new: root, path: "/", source: stored.source)
        #expect(comparison.next().map(description) == "U")
        #expect(comparison.next() == nil)
        #expect(stored.store.operationCount == before)
        before = stored.store.operationCount
        #expect(differences(stored, 0, 1) == ["Md3/e3/f3"])
        // Three directories on the way in two trees; without a cache, each is read to be opened and to be listed.
        #expect(stored.store.operationCount - before == 12)
    }

    @Test("one place alone is all added or all removed, and a file can be compared by itself")
    func ends() throws {
        let stored = try StoredTrees([["a/b": 1, "c": 2]])
        var removed = DeepTreeComparison(old: stored.roots[0], new: nil, path: "/x", source: stored.source)
        var found: [String] = []
        while let difference = removed.next() { found.append(description(difference)) }
        #expect(found == ["-x", "-x/a", "-x/a/b", "-x/c"])
        let files = try TreeDirectory(stored.roots[0], source: stored.source).page(0).entries
        var files1 = DeepTreeComparison(old: files[1], new: files[0], path: "/y", source: stored.source)
        #expect(files1.next().map(description) == "Ty")
        #expect(files1.next().map(description) == "+y/b")
        #expect(files1.next() == nil)
    }

    @Test("metadata alone is told apart from content, with what differs")
    func metadata() throws {
        let stored = try StoredTrees([["a": 1]])
        let file = try TreeDirectory(stored.roots[0], source: stored.source).page(0).entries[0]
        var other = file
        other.permissions = 0o600
        other.modified = Timestamp(seconds: 5)
        var comparison = DeepTreeComparison(old: file, new: other, path: "/a", source: stored.source)
        let first = comparison.next()
        let difference = try #require(first)
        #expect(description(difference) == "Ua")
        #expect(difference.aspects == [.mode, .modified])
        other.size = 7
        comparison = DeepTreeComparison(old: file, new: other, path: "/a", source: stored.source)
        #expect(comparison.next().map(description) == "Ma")
        // The kernel's own time alone says nothing.
        var touched = file
        touched.changed = Timestamp(seconds: 9)
        comparison = DeepTreeComparison(old: file, new: touched, path: "/a", source: stored.source)
        #expect(comparison.next() == nil)
    }

    @Test("a directory that could not be read is told, and the rest compared")
    func unreadable() throws {
        let stored = try StoredTrees([["a/b": 1, "z": 1], ["a/b": 2, "z": 2]])
        let missing = ChunkID(.zero)
        var entry = stored.roots[0]
        entry.content = .tree(missing)
        var comparison = DeepTreeComparison(old: entry, new: stored.roots[1], path: "/", source: stored.source)
        let first = comparison.next()
        let difference = try #require(first)
        guard case .unknown(let error) = difference.kind else {
            Issue.record("\(difference.kind)")
            return
        }
        #expect(error.isDamage)
        #expect(comparison.next() == nil)
        entry.content = .unreadable
        comparison = DeepTreeComparison(old: entry, new: stored.roots[1], path: "/", source: stored.source)
        #expect(comparison.next().map(description) == "?")
    }

    @Test("whichever read fails, the directory that it was of is told, and all the others are compared")
    func failingReads() throws {
        // The one in the middle has many pages, which are read when the comparison is in it.
        var old: [String: UInt64] = ["a/b": 1, "z": 1]
        for number in 1_000..<2_500 { old["m/name\(number)"] = 0 }
        var new = old
        for (path, size) in [("a/b", 2), ("m/name1700", 2), ("z", 2)] as [(String, UInt64)] { new[path] = size }
        let stored = try StoredTrees([old, new])
        let counting = FaultInjectingStore(stored.store, plan: .none)
        _ = try RepositoryFixture.open(counting)
        var unread: [String: Int] = [:]
        for read in 1...100 {
            let failing = FaultInjectingStore(
                stored.store, plan: FaultPlan(failAt: counting.operationCount + read, code: .unreachable))
            let source = try RepositoryFixture.open(failing).makeSource(cacheBytes: 0)
            var comparison = DeepTreeComparison(
                old: stored.roots[0], new: stored.roots[1], path: "/", source: source)
            var found: [String] = []
            while let difference = comparison.next() { found.append(description(difference)) }
            let place = found.first { $0.hasPrefix("?") }.map { String($0.dropFirst()) }
            switch place {
            case nil: #expect(found == ["Ma/b", "Mm/name1700", "Mz"], "read \(read)")
            case "": #expect(found == ["?"], "read \(read)")
            case "a": #expect(found == ["?a", "Mm/name1700", "Mz"], "read \(read)")
            default: #expect(found == ["Ma/b", "?m", "Mz"], "read \(read)")
            }
            guard let place else { break }
            unread[place, default: 0] += 1
        }
        #expect(Set(unread.keys) == ["", "a", "m"])
        // More than to open both.
        #expect(unread["m", default: 0] > 4)
    }
}
