import Coding
import Repository
import TestSupport
import Testing

@Suite("Pages that somebody with a writer's key made up")
struct HostilePagesTests {
    typealias Pages = HostilePages

    /// A page, and pages that lie below it, built when its session is there.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let build: @Sendable (WriteSession) throws -> ChunkID

        init(_ description: String, _ build: @escaping @Sendable (WriteSession) throws -> ChunkID) {
            testDescription = description
            self.build = build
        }
    }

    private static func inner(
        _ level: UInt8, _ leaves: [(UInt64, String, [String])]
    ) -> @Sendable (WriteSession) throws -> ChunkID {
        { session in
            let items = try leaves.map { weight, name, names in
                (weight, name, try session.add(Pages.leaf(names).span, .treePage))
            }
            return try session.add(Pages.inner(level: level, items).span, .treePage)
        }
    }

    private static func page(_ bytes: [UInt8]) -> @Sendable (WriteSession) throws -> ChunkID {
        { try $0.add(bytes.span, .treePage) }
    }

    /// A page of level `levels` that names the page below it `fan` times, and so on down to one leaf.
    private static func tower(
        levels: UInt8, fan: Int, kind: ChunkKind, leaf: [UInt8], weight: UInt64
    ) -> @Sendable (WriteSession) throws -> ChunkID {
        { session in
            var id = try session.add(leaf.span, kind)
            var weight = weight
            for level in 1...levels {
                id = try session.add(
                    Pages.inner(level: level, Array(repeating: (weight, "", id), count: fan)).span, kind)
                weight = weight.multipliedReportingOverflow(by: UInt64(fan)).partialValue & (1 << 62) | 1
            }
            return id
        }
    }

    static let directories: [Case] = [
        Case("nothing at all", page([])),
        Case("a leaf of nothing", page([0])),
        Case("more entries than bytes", page(Pages.leaf(["a"], count: .max))),
        Case("more names of accounts than bytes", page([0] + [UInt8](repeating: 0xFF, count: 9) + [1])),
        Case("an account that owns nothing", page(Pages.leaf(["a"], users: [(7, "seven")]))),
        Case("accounts out of order", page(Pages.leaf(["a"], users: [(1, "one"), (0, "root")]))),
        Case("names out of order", page(Pages.leaf(["b", "a"]))),
        Case("a name twice", page(Pages.leaf(["a", "a"]))),
        Case("an empty name", page(Pages.leaf([""]))),
        Case("the name .", page(Pages.leaf(["."]))),
        Case("the name ..", page(Pages.leaf([".."]))),
        Case("a name with a slash", page(Pages.leaf(["../../etc/passwd"]))),
        Case("a name with NUL", page(Pages.leaf(["a\0b"]))),
        Case("a name of 256 bytes", page(Pages.leaf([String(repeating: "a", count: 256)]))),
        Case("bytes behind the last entry", page(Pages.leaf(["a"]) + [0])),
        Case("a page over the limit", page(Pages.leaf((0..<20_000).map { "\(100_000 + $0)" }))),
        Case("an inner page of nothing", page(Pages.inner(level: 1, []))),
        Case("more pages than bytes", page(Pages.inner(level: 1, count: .max, []))),
        Case("a level over the limit", page(Pages.inner(level: 9, [(1, "a", ChunkID(.zero))]))),
        Case("the highest level", page(Pages.inner(level: 255, [(1, "a", ChunkID(.zero))]))),
        Case("a page that is not there", page(Pages.inner(level: 1, [(1, "a", ChunkID(.zero))]))),
        Case("a leaf where an inner page should be", inner(2, [(1, "a", ["a"])])),
        Case("a weight that is too high", inner(1, [(2, "a", ["a"]), (1, "b", ["b"])])),
        Case("a weight that is too low", inner(1, [(1, "a", ["a", "b"])])),
        Case("a weight of nothing", inner(1, [(0, "a", ["a"])])),
        Case("the highest weight", inner(1, [(UInt64(Int64.max), "a", ["a"])])),
        Case("a weight over the limit", inner(1, [(.max, "a", ["a"])])),
        Case("weights whose sum overflows", inner(1, [(1 << 62, "a", ["a"]), (1 << 62, "b", ["b"])])),
        Case("a first name that is another", inner(1, [(1, "b", ["a"])])),
        Case("first names out of order", inner(1, [(1, "b", ["b"]), (1, "a", ["a"])])),
        Case("a leaf twice", inner(1, [(1, "a", ["a"]), (1, "a", ["a"])])),
        Case("a name that stands in the next leaf too", inner(1, [(2, "a", ["a", "b"]), (1, "b", ["b"])])),
        Case("a name that hides behind the next leaf", inner(1, [(2, "a", ["a", "c"]), (1, "b", ["b"])])),
        Case(
            "eight levels of 2,048 times the same page",
            tower(levels: 8, fan: 2_048, kind: .treePage, leaf: Pages.leaf(["a"]), weight: 1)),
    ]

    @Test("A directory that lies is damage, and never an answer", arguments: directories)
    func directory(_ hostile: Case) throws {
        let (root, source) = try HostilePages().plant(hostile.build)
        let error = #expect(throws: RepositoryError.self) { try Pages.readAll(root, source) }
        #expect(error?.code == .damaged)
    }

    private static let top = UInt64(Int64.max)
    private static let some = ChunkID(.zero)

    static let lists: [Case] = [
        Case("nothing at all", list([])),
        Case("a leaf of nothing", list([0, 0])),
        Case("more segments than bytes", list(Pages.list(count: .max, []))),
        Case("a segment of nothing", list(Pages.list([(0, some), (9, some)]))),
        Case("a chunk over the limit", list(Pages.list([(1 << 25, some)]))),
        Case("a hole over the limit", list(Pages.list([(.max, nil)]))),
        Case("lengths whose sum overflows a file", list(Pages.list([(top, nil), (1, some), (top, nil)]))),
        Case("holes that meet", list(Pages.list([(4, nil), (5, nil)]))),
        Case("a segment of no kind", list([0, 1, 9, 7])),
        Case("another size than the file's", list(Pages.list([(8, some)]))),
        Case("weights whose sum overflows", innerList([(top, 9), (top, 9)])),
        Case("a weight that is another", innerList([(4, 3), (5, 6)])),
        Case(
            "a list with names",
            { session in
                let leaf = try session.add(Pages.list([(9, some)]).span, .listPage)
                return try session.add(Pages.inner(level: 1, [(9, "a", leaf)]).span, .listPage)
            }),
        Case("a directory's page", page(Pages.leaf(["a"]))),
        Case(
            "eight levels of 2,048 times the same page",
            tower(levels: 8, fan: 2_048, kind: .listPage, leaf: Pages.list([(1, some)]), weight: 1)),
    ]

    private static func list(_ bytes: [UInt8]) -> @Sendable (WriteSession) throws -> ChunkID {
        { try $0.add(bytes.span, .listPage) }
    }

    private static func innerList(_ leaves: [(UInt64, UInt64)]) -> @Sendable (WriteSession) throws -> ChunkID {
        { session in
            let items = try leaves.map { weight, bytes in
                (weight, "", try session.add(Pages.list([(bytes, some)]).span, .listPage))
            }
            return try session.add(Pages.inner(level: 1, items).span, .listPage)
        }
    }

    @Test("A file's list that lies is damage, and never bytes", arguments: lists)
    func list(_ hostile: Case) throws {
        let (root, source) = try HostilePages().plant(hostile.build)
        let error = #expect(throws: RepositoryError.self) { try Pages.runs(root, size: 9, source) }
        #expect(error?.code == .damaged)
    }

    @Test("A chunk of another length than its file says is damage", arguments: [1, 4, 6, 1 << 20] as [UInt64])
    func chunkLength(size: UInt64) throws {
        let bytes = [UInt8](repeating: 1, count: 5)
        let (id, source) = try HostilePages().plant { try $0.add(bytes.span, .content) }
        var entry = TreeEntry(name: [97], type: .regular, content: .chunk(id))
        entry.size = size
        let file = try FileContents(entry, source: source)
        var buffer = [UInt8](repeating: 0, count: 8)
        let error = #expect(throws: RepositoryError.self) {
            try buffer.withUnsafeMutableBytes { _ = try file.read(at: size - 1, into: $0) }
        }
        #expect(error?.code == .damaged)
    }

    @Test("The longest file that can be reads as zeros at both ends")
    func longestFile() throws {
        let size = Limits.fileBytesMax
        let (root, source) = try HostilePages().plant { session in
            try session.add(Pages.list([(size, nil)]).span, .listPage)
        }
        #expect(try Pages.runs(root, size: size, source) == [ContentSegment(bytes: size, chunk: nil)])
        var entry = TreeEntry(name: [97], type: .regular, content: .list(root))
        entry.size = size
        let file = try FileContents(entry, source: source)
        var buffer = [UInt8](repeating: 1, count: 8)
        let count = try buffer.withUnsafeMutableBytes { try file.read(at: size - 3, into: $0) }
        #expect(count == 3)
        #expect(buffer == [0, 0, 0, 1, 1, 1, 1, 1])
    }
}
