import Coding
import Repository
import SnapshotView
import Storage
import SystemInterface
import Testing
import ViewTestSupport

@Suite("Damage in a view")
struct DamageTests {
    private let fixture: ViewFixture
    private let root = "snapshots/2001-09-09T01-46-40Z"

    init() throws {
        fixture = try ViewFixture()
        try fixture.commit(1_000_000_000, ["a/file": "one", "unread": "unreadable", "empty": ""])
    }

    @Test("a file whose pack is gone is an error, once in the log with snapshot, path and pack")
    func reportsMissingContent() throws {
        let view = try fixture.view()
        let file = try #require(try view.find("\(root)/a/file"))
        let packs = try fixture.store.list(.packs)
        for pack in packs { try fixture.store.delete(pack.name) }
        for _ in 0..<3 {
            #expect(throws: ViewError.damaged) { try view.read(file.node, at: 0, count: 10) }
        }
        #expect(try view.attributes(file.node).size == 3)
        #expect(fixture.log.count == 1)
        let line = try #require(fixture.log.first)
        #expect(line.contains("/\(root)/a/file"))
        #expect(packs.contains { line.contains($0.name.path) })
    }

    @Test("a directory that cannot be read is an error, not empty, and its names are not missing")
    func reportsMissingDirectories() throws {
        let view = try fixture.view()
        let directory = try #require(try view.find(root))
        for pack in try fixture.store.list(.packs) { try fixture.store.delete(pack.name) }
        #expect(throws: ViewError.damaged) { try view.lookup(Array("a".utf8), in: directory.node) }
        #expect(throws: ViewError.damaged) { try view.lookup(Array("nothing".utf8), in: directory.node) }
        #expect(throws: ViewError.damaged) {
            try view.readDirectory(directory.node, from: 0, mode: .withReferences) { _ in true }
        }
        #expect(fixture.log.count == 1)
    }

    @Test("what lies before the damaged part of a file's list is read at the first try, in order")
    func readsUpToDamage() throws {
        let (part, count) = (64 << 10, 16)
        func page(_ chunk: ChunkID) -> [UInt8] {
            var writer = ByteWriter()
            writer.uint8(0)
            writer.varint(UInt64(count))
            for _ in 0..<count {
                writer.varint(UInt64(part))
                writer.uint8(1)
                writer.bytes32(chunk.bytes)
            }
            return writer.bytes
        }
        let (first, second) = ([UInt8](repeating: 1, count: part), [UInt8](repeating: 2, count: part))
        let before = Set(try fixture.store.list(.packs).map(\.name))
        // The second page lies in a pack of its own.
        var lost: ChunkID?
        try fixture.repository.commit(started: Timestamp(seconds: 1_000_000_010)) { session in
            var empty = TreeBuilder(session: session)
            lost = try session.add(page(try session.add(second.span, .content)).span, .listPage)
            return TreeEntry(name: [], type: .directory, content: .tree(try empty.finish()))
        }
        let damaged = Set(try fixture.store.list(.packs).map(\.name)).subtracting(before)
        try fixture.repository.commit(started: Timestamp(seconds: 1_000_000_020)) { session in
            var list = ByteWriter()
            list.uint8(1)
            list.varint(2)
            let whole = try session.add(page(try session.add(first.span, .content)).span, .listPage)
            for leaf in [whole, try #require(lost)] {
                list.varint(UInt64(part * count))
                list.text("")
                list.bytes32(leaf.bytes)
            }
            var file = TreeEntry(name: Array("long".utf8), type: .regular)
            file.size = UInt64(2 * part * count)
            file.content = .list(try session.add(list.bytes.span, .listPage))
            var root = TreeBuilder(session: session)
            try root.add(file)
            return TreeEntry(name: [], type: .directory, permissions: 0o755, content: .tree(try root.finish()))
        }
        for pack in damaged { try fixture.store.delete(pack) }
        let view = try fixture.view()
        let file = try #require(try view.find("snapshots/2001-09-09T01-47-00Z/long"))
        for offset in stride(from: 0, to: part * count, by: 128 << 10) {
            let pieces = try view.read(file.node, at: UInt64(offset), count: 128 << 10)
            #expect(pieces.map(\.count) == [part, part], "at \(offset)")
        }
        #expect(throws: ViewError.damaged) { try view.read(file.node, at: UInt64(part * count), count: 128 << 10) }
    }

    @Test("a file that the backup could not read is an error, and does not look empty")
    func reportsUnreadableFiles() throws {
        let view = try fixture.view()
        let file = try #require(try view.find("\(root)/unread"))
        #expect(file.size > 0)
        #expect(throws: ViewError.damaged) { try view.read(file.node, at: 0, count: 10) }
        #expect(fixture.log.first?.contains("could not be read when the backup was made") == true)
        let empty = try #require(try view.find("\(root)/empty"))
        #expect(empty.size == 0 && empty.blocks == 0)
        #expect(try view.read(empty.node, at: 0, count: 10).isEmpty)
    }
}
