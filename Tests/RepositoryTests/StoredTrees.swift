import Repository
import Storage
import SystemInterface
import TestSupport

/// Trees of files by path and size, stored and opened anew with an eye on what is read.
struct StoredTrees {
    /// Counts what is read.
    let store: FaultInjectingStore
    /// Keeps nothing: what is read again is counted again.
    let source: ChunkSource
    /// The root of each tree.
    let roots: [TreeEntry]

    init(_ trees: [[String: UInt64]]) throws {
        let fixture = try RepositoryFixture()
        roots = try trees.map { files in
            let session = try fixture.session()
            let paths = files.map { (names: $0.key.split(separator: "/").map { Array($0.utf8) }, size: $0.value) }
            let root = TreeEntry(name: [], type: .directory, content: .tree(try Self.store(paths, in: session)))
            _ = try session.commit(RepositoryFixture.manifest(root: root))
            return root
        }
        store = FaultInjectingStore(fixture.store, plan: .none)
        source = try RepositoryFixture.open(store).makeSource(cacheBytes: 0)
    }

    private static func store(
        _ paths: [(names: [[UInt8]], size: UInt64)], in session: WriteSession
    ) throws -> ChunkID {
        var builder = TreeBuilder(session: session)
        let byName = Dictionary(grouping: paths) { $0.names[0] }
        for name in byName.keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            let members = byName[name] ?? []
            let below = members.filter { $0.names.count > 1 }.map {
                (names: Array($0.names.dropFirst()), size: $0.size)
            }
            if below.isEmpty {
                var entry = TreeEntry(name: name, type: .regular)
                entry.size = members[0].size
                let data = [UInt8(truncatingIfNeeded: entry.size)]
                entry.content = entry.size == 0 ? .none : .chunk(try session.add(data.span, .content))
                try builder.add(entry)
            } else {
                try builder.add(
                    TreeEntry(name: name, type: .directory, content: .tree(try store(below, in: session))))
            }
        }
        return try builder.finish()
    }

    /// Paths of up to three names, drawn so that a path is a file in one tree and a directory in another now and then.
    static func draw(_ generator: inout SeededGenerator, count: Int) -> [String: UInt64] {
        var files: [String: UInt64] = [:]
        for _ in 0..<count {
            let depth = generator.number(in: 1...3)
            let path = (0..<depth).map { _ in "n\(generator.number(in: 0...6))" }.joined(separator: "/")
            let isPossible = files.keys.allSatisfy { !$0.hasPrefix(path + "/") && !path.hasPrefix($0 + "/") }
            if isPossible { files[path] = UInt64(generator.number(in: 0...2)) }
        }
        return files
    }

    /// What each path of a tree is: a file's size, or nil for a directory.
    static func items(_ files: [String: UInt64]) -> [String: UInt64?] {
        var items: [String: UInt64?] = [:]
        for (path, size) in files {
            let names = path.split(separator: "/")
            for depth in 1..<max(1, names.count) { items[names.prefix(depth).joined(separator: "/")] = .some(nil) }
            items[path] = size
        }
        return items
    }

    /// The order in which trees are told: a directory before what it holds, names in byte order.
    static func sorted(_ paths: some Sequence<String>) -> [String] {
        // A slash counts as less than any other byte.
        paths.sorted { left, right in
            left.utf8.map { $0 == 0x2F ? 0 : $0 }.lexicographicallyPrecedes(right.utf8.map { $0 == 0x2F ? 0 : $0 })
        }
    }
}
