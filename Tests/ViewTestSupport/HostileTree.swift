import Coding
import Repository
import SystemInterface

/// The root directory of a snapshot as somebody with a writer's key can make it: sealed as it must be, and saying
/// whatever he likes.
package struct HostileTree: Sendable, CustomStringConvertible {
    /// What is wrong with it.
    package let description: String
    /// Whether the root itself can be listed: what is wrong then lies below it.
    package let isListed: Bool
    private let root: @Sendable (WriteSession) throws -> ChunkID

    init(_ description: String, isListed: Bool = false, _ root: @escaping @Sendable (WriteSession) throws -> ChunkID) {
        self.description = description
        self.isListed = isListed
        self.root = root
    }

    /// Writes the tree, and gives the entry of its root.
    package func write(_ session: WriteSession) throws -> TreeEntry {
        TreeEntry(name: [], type: .directory, permissions: 0o755, content: .tree(try root(session)))
    }

    /// All that are refused as soon as they are listed.
    package static let refused: [HostileTree] = [
        leaf("a name with a slash", [fifo("../../etc/passwd")]),
        leaf("the name .", [fifo(".")]),
        leaf("the name ..", [fifo("..")]),
        leaf("a name with NUL", [fifo("a\0b")]),
        leaf("an empty name", [fifo("")]),
        leaf("a name of 256 bytes", [fifo(String(repeating: "a", count: 256))]),
        leaf("a name twice", [fifo("a"), fifo("a")]),
        leaf(
            "a file of 2^63 bytes",
            [
                entry("a", .regular) {
                    $0.varint(1 << 63)
                } content: {
                    $0.uint8(0)
                }
            ]),
        leaf("more entries than can be counted", [fifo("a")], count: .max),
        leaf("a link target of 5,000 bytes", [link("a", target: 5_000)]),
        leaf("a link count of nothing", [entry("a", .fifo, links: 0)]),
        HostileTree("eight levels of 2,048 times the same page") { session in
            try tower(session, .treePage, leaf: leafPage([fifo("a")]), weight: 1)
        },
        HostileTree("a page that is not there") { _ in ChunkID(.zero) },
    ]

    /// All that can be listed, and whose depth or content is what is wrong.
    package static let deceptive: [HostileTree] = [
        HostileTree("a directory in itself", isListed: true) { session in
            let own = ChunkID(try name(1))
            return try session.add(leafPage([directory("loop", own)]).span, .treePage, as: own)
        },
        HostileTree("100,000 directories in each other", isListed: true) { session in
            try (0..<100_000).reduce(try session.add(leafPage([fifo("end")]).span, .treePage)) { below, _ in
                try session.add(leafPage([directory("d", below)]).span, .treePage)
            }
        },
        HostileTree("a list of chunks without end", isListed: true) { session in
            let list = try tower(session, .listPage, leaf: [0, 1, 1, 0], weight: 1)
            return try session.add(leafPage([file("a", size: 1 << 20, list)]).span, .treePage)
        },
        HostileTree("the longest file, of holes", isListed: true) { session in
            var leaf = ByteWriter()
            leaf.append([0, 1])
            leaf.varint(Limits.fileBytesMax)
            leaf.uint8(0)
            let list = try session.add(leaf.bytes.span, .listPage)
            return try session.add(leafPage([file("a", size: Limits.fileBytesMax, list)]).span, .treePage)
        },
        HostileTree("32 files with 4 MB of attributes each", isListed: true) { session in
            let files = try (0..<32).map { number in
                let records = (0..<60).map { index in
                    ExtendedAttributeRecord(
                        name: Array("user.\(100 + index)".utf8),
                        value: [UInt8](repeating: UInt8(number), count: Limits.extendedAttributeValueBytesMax))
                }
                guard case .reference(let chunk) = try ExtendedAttributeSet.store(records, in: session) else {
                    throw Mismatch("attributes of 4 MB stand in an entry")
                }
                return entry("\(100 + number)", .regular, flags: 1 << 2) { writer in
                    writer.varint(0)
                    writer.bytes32(chunk.bytes)
                }
            }
            return try session.add(leafPage(files).span, .treePage)
        },
    ]

    /// A thousand million entries in ten pages: whoever walks through them gets tired, and nothing else.
    package static let bomb = HostileTree("10^9 entries", isListed: true) { session in
        try (0..<9).reduce(try session.add(leafPage([fifo("end")]).span, .treePage)) { below, _ in
            try session.add(leafPage((0..<10).map { directory("\($0)", below) }).span, .treePage)
        }
    }
}

extension HostileTree {
    /// Two directories that say that they share pages of 2^32 entries, which nobody has to read to compare them, and that
    /// differ in the entry behind those.
    package static let vastPair = ["older", "newer"].map { name in
        HostileTree("2^32 entries and one, \(name)", isListed: true) { session in
            let (shared, weight) = (ChunkID(try Self.name(2)), UInt64(Limits.treePageEntriesMax))
            var pages: [(weight: UInt64, name: String, page: ChunkID)] = []
            for number in 0..<128 {
                let names = (0..<2_048).map { String(1_000_000 + number * 2_048 + $0) }
                let page = try session.add(
                    innerPage(level: 1, names.map { (weight, $0, shared) }).span, .treePage)
                pages.append((weight * 2_048, names[0], page))
            }
            let last = try session.add(leafPage([fifo(name)]).span, .treePage)
            let above = try session.add(innerPage(level: 1, [(1, name, last)]).span, .treePage)
            pages.append((1, name, above))
            return try session.add(innerPage(level: 2, pages).span, .treePage)
        }
    }
}

// MARK: The forms of docs/format.md

extension HostileTree {
    private static func leaf(_ description: String, _ entries: [[UInt8]], count: UInt64? = nil) -> HostileTree {
        HostileTree(description) { try $0.add(leafPage(entries, count: count).span, .treePage) }
    }

    private static func leafPage(_ entries: [[UInt8]], count: UInt64? = nil) -> [UInt8] {
        var writer = ByteWriter()
        writer.append([0, 0, 0])
        writer.varint(count ?? UInt64(entries.count))
        for entry in entries { writer.append(entry) }
        return writer.bytes
    }

    /// An entry: `middle` writes what its type and flags add before its content.
    private static func entry(
        _ name: String, _ type: FileType, flags: UInt8 = 0, links: UInt64 = 1,
        _ middle: (inout ByteWriter) -> Void = { _ in }, content: (inout ByteWriter) -> Void = { $0.uint8(0) }
    ) -> [UInt8] {
        var writer = ByteWriter()
        writer.text(name)
        writer.uint8(type.rawValue)
        writer.uint8(flags)
        writer.uint16(0o755)
        // Owners, both times, inode and device.
        writer.append([UInt8](repeating: 0, count: 8))
        writer.varint(links)
        middle(&writer)
        content(&writer)
        return writer.bytes
    }

    private static func fifo(_ name: String) -> [UInt8] { entry(name, .fifo) }

    private static func link(_ name: String, target: Int) -> [UInt8] {
        entry(name, .symbolicLink) { $0.sizedBytes([UInt8](repeating: UInt8(ascii: "t"), count: target)) }
    }

    private static func directory(_ name: String, _ tree: ChunkID) -> [UInt8] {
        entry(name, .directory) { _ in
        } content: { writer in
            writer.uint8(4)
            writer.bytes32(tree.bytes)
        }
    }

    private static func file(_ name: String, size: UInt64, _ list: ChunkID) -> [UInt8] {
        entry(name, .regular) {
            $0.varint(size)
        } content: { writer in
            writer.uint8(3)
            writer.bytes32(list.bytes)
        }
    }

    private static func innerPage(level: UInt8, _ items: [(weight: UInt64, name: String, page: ChunkID)]) -> [UInt8] {
        var writer = ByteWriter()
        writer.uint8(level)
        writer.varint(UInt64(items.count))
        for item in items {
            writer.varint(item.weight)
            writer.text(item.name)
            writer.bytes32(item.page.bytes)
        }
        return writer.bytes
    }

    /// Eight levels of pages, each of which names the one below it 2,048 times.
    private static func tower(
        _ session: WriteSession, _ kind: ChunkKind, leaf: [UInt8], weight: UInt64
    ) throws -> ChunkID {
        var page = try session.add(leaf.span, kind)
        var weight = weight
        for level in 1...8 {
            var writer = ByteWriter()
            writer.uint8(UInt8(level))
            writer.varint(2_048)
            for _ in 0..<2_048 {
                writer.varint(weight)
                writer.text("")
                writer.bytes32(page.bytes)
            }
            page = try session.add(writer.bytes.span, kind)
            weight = weight.multipliedReportingOverflow(by: 2_048).partialValue & (1 << 62) | 1
        }
        return page
    }

    private static func name(_ number: UInt8) throws -> Bytes32 {
        guard let name = Bytes32([UInt8](repeating: number, count: Bytes32.count)) else {
            throw Mismatch("32 bytes are no name")
        }
        return name
    }
}
