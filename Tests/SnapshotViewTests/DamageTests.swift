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
