import FoundationEssentials
import Repository
import SnapshotView
import Storage
import SystemInterface
import Testing
import ViewTestSupport

@Suite(".pastfs")
struct StatusTests {
    private struct Report: Decodable {
        struct Snapshots: Decodable {
            let count: Int
            let newest: String?
        }

        let schema: String
        let snapshots: Snapshots
        let faults: Int
        let uptime_seconds: Int
        let requests: [String: Int]?
    }

    private let fixture: ViewFixture

    init() throws {
        fixture = try ViewFixture()
        try fixture.commit(1_000_000_000, ["a": "1", "bad": "unreadable"])
    }

    private func report(_ view: SnapshotView) throws -> Report {
        let file = try #require(try view.find(".pastfs/status.json"))
        let text = try view.text(file.node)
        #expect(UInt64(text.utf8.count) == file.size)
        return try JSONDecoder().decode(Report.self, from: Data(text.utf8))
    }

    @Test("the report is JSON, and tells of snapshots, faults and what was added to it")
    func reports() throws {
        let view = try fixture.view()
        view.addStatus("requests") { .object([("read", .count(3)), ("odd \"name\"\n", .number(-1))]) }
        fixture.clock.advance(seconds: 10)
        let first = try report(view)
        #expect(first.schema == "pastfs.mount-status.v1")
        #expect(first.snapshots.count == 1 && first.snapshots.newest == "2001-09-09T01-46-40Z")
        #expect(first.faults == 0 && first.uptime_seconds == 10)
        #expect(first.requests == ["read": 3, "odd \"name\"\n": -1])
        let bad = try #require(try view.find("latest").map { _ in try view.find("snapshots/2001-09-09T01-46-40Z/bad") })
        #expect(throws: ViewError.damaged) { try view.read(try #require(bad).node, at: 0, count: 1) }
        fixture.clock.advance(seconds: 1)
        #expect(try report(view).faults == 1)
    }

    @Test("a text stays as it is while it is being read, and not for long")
    func staysWhileRead() throws {
        let view = try fixture.view()
        let file = try #require(try view.find(".pastfs/status.json"))
        let before = try view.text(file.node)
        view.addStatus("more") { .text("of it") }
        #expect(try view.attributes(file.node).size == file.size)
        #expect(try view.text(file.node) == before)
        fixture.clock.advance(seconds: 1)
        let later = try view.attributes(file.node)
        #expect(later.size > file.size && later.modified > file.modified)
        #expect(try view.text(file.node).contains("\"more\":\"of it\""))
        #expect(later.validitySeconds == 0, "the kernel must ask each time")
    }

    @Test("the log has a line with its time for each fault, and only who mounts may read it")
    func logsFaults() throws {
        let view = try fixture.view()
        let empty = try #require(try view.find(".pastfs/errors.log"))
        #expect(empty.size == 0 && empty.permissions == 0o400 && empty.userID == 7)
        let bad = try #require(try view.find("snapshots/2001-09-09T01-46-40Z/bad"))
        #expect(throws: ViewError.damaged) { try view.read(bad.node, at: 0, count: 1) }
        fixture.clock.advance(seconds: 1)
        let file = try #require(try view.find(".pastfs/errors.log"))
        let text = try view.text(file.node)
        #expect(text.hasPrefix("2033-05-18T03-33-20Z cannot read /snapshots/2001-09-09T01-46-40Z/bad: "))
        #expect(text.hasSuffix("\n") && UInt64(text.utf8.count) == file.size)
    }

    @Test("files of the view are read at any offset like others")
    func readsParts() throws {
        let view = try fixture.view()
        let file = try #require(try view.find(".pastfs/status.json"))
        let size = Int(file.size)
        let whole = try view.text(file.node)
        let pieces = try view.read(file.node, at: 5, count: 4)
        #expect(pieces.reduce(0) { $0 + $1.count } == 4)
        #expect(try view.read(file.node, at: UInt64(size), count: 4).isEmpty)
        #expect(try view.read(file.node, at: .max, count: 4).isEmpty)
        #expect(try view.seek(file.node, from: 1, to: .hole) == UInt64(whole.utf8.count))
        #expect(throws: ViewError.noSuchOffset) { try view.seek(file.node, from: UInt64(size), to: .data) }
        let directory = try #require(try view.find(".pastfs"))
        #expect(throws: ViewError.isDirectory) { try view.read(directory.node, at: 0, count: 1) }
        #expect(try view.list(".pastfs") == [".", "..", "status.json", "errors.log"])
    }
}
