import Repository
import SnapshotView
import Storage
import SystemInterface
import Testing
import ViewTestSupport

@Suite("The top of a view")
struct TopDirectoryTests {
    private let fixture: ViewFixture

    init() throws {
        fixture = try ViewFixture()
    }

    /// The names of the three snapshots that tests commit.
    private let names = ["2001-09-09T01-46-40Z", "2001-09-09T01-46-41Z", "2001-09-09T01-46-42Z"]

    /// What stands in the top directory behind the lists of snapshots.
    private let views = ["at", "versions", "changes", ".pastfs"]

    private func commitThree() throws {
        try fixture.commit(1_000_000_000, host: "house", tags: ["daily"], ["a": "1"])
        try fixture.commit(1_000_000_001, host: "garden", ["a": "2"])
        try fixture.commit(1_000_000_002, host: "house", tags: ["daily", "weekly"], ["a": "3"])
    }

    @Test("without snapshots there is no link to the newest")
    func hasNoLatestAtFirst() throws {
        let view = try fixture.view()
        #expect(try view.list("") == [".", "..", "snapshots", "hosts", "tags"] + views)
        #expect(try view.list("snapshots") == [".", ".."])
        #expect(try view.find("latest") == nil)
    }

    @Test("a partial snapshot is listed, and nothing that asks for the newest leads to it")
    func passesOverPartial() throws {
        try fixture.commit(1_000_000_000, host: "house", tags: ["daily"], ["a": "1"])
        try fixture.commit(1_000_000_001, host: "garden", isPartial: true, ["a": "2"])
        try fixture.commit(1_000_000_002, host: "house", tags: ["daily", "weekly"], isPartial: true, ["a": "3"])
        let view = try fixture.view()
        #expect(try view.list("snapshots") == [".", ".."] + names)
        for list in ["hosts/house", "tags/daily"] {
            #expect(try view.readLink(try #require(try view.find("\(list)/latest")).node) == Array(names[0].utf8))
        }
        #expect(try view.list("hosts/garden") == [".", "..", names[1]])
        #expect(try view.list("tags/weekly") == [".", "..", names[2]])
        for link in ["latest", "at/2001-09-09T01-46-42Z", "at/now"] {
            let found = try #require(try view.find(link), "\(link)")
            #expect(try view.readLink(found.node).suffix(names[0].utf8.count) == Array(names[0].utf8)[...], "\(link)")
        }
    }

    @Test("a list that could never be read is an error and not empty, and is read when that is possible again")
    func failsBeforeTheFirstList() throws {
        try commitThree()
        // The first listing is that of the keys, when the repository is opened.
        let view = try fixture.view(failing: FaultPlan(failAt: 2, operations: [.list]))
        #expect(throws: ViewError.damaged) { try view.list("snapshots") }
        #expect(fixture.log.contains { $0.hasPrefix("cannot read /snapshots: ") })
        #expect(try view.list("snapshots") == [".", ".."] + names)
    }

    @Test("snapshots are listed by time, host and tag")
    func listsSnapshots() throws {
        try commitThree()
        let view = try fixture.view()
        #expect(try view.list("") == [".", "..", "latest", "snapshots", "hosts", "tags"] + views)
        #expect(try view.list("snapshots") == [".", ".."] + names)
        #expect(try view.list("hosts") == [".", "..", "house", "garden"])
        #expect(try view.list("hosts/house") == [".", "..", "latest", names[0], names[2]])
        #expect(try view.list("tags/weekly") == [".", "..", "latest", names[2]])
        let latest = try #require(try view.find("latest"))
        #expect(try view.readLink(latest.node) == Array("snapshots/\(names[2])".utf8))
        let garden = try #require(try view.find("hosts/garden/latest"))
        #expect(try view.readLink(garden.node) == Array(names[1].utf8))
        #expect(try view.find("hosts/garden/\(names[0])") == nil)
        let file = try #require(try view.find("tags/daily/\(names[0])/a"))
        #expect(try view.text(file.node) == "1")
    }

    @Test("names that only Unicode calls equal are two hosts and two tags")
    func tellsEquivalentNamesApart() throws {
        let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")
        try fixture.commit(1_000_000_000, host: composed, tags: [composed], ["a": "1"])
        try fixture.commit(1_000_000_001, host: decomposed, tags: [decomposed], ["a": "2"])
        let view = try fixture.view()
        for list in ["hosts", "tags"] {
            for (name, snapshot) in [(composed, names[0]), (decomposed, names[1])] {
                #expect(try view.list("\(list)/\(name)") == [".", "..", "latest", snapshot])
                let link = try #require(try view.find("\(list)/\(name)/latest"))
                #expect(try view.readLink(link.node) == Array(snapshot.utf8))
            }
            #expect(try view.find("\(list)/\(composed)/\(names[1])") == nil)
        }
        // Two hosts' versions follow one another by themselves.
        try fixture.commit(1_000_000_002, host: composed, ["a": "1"])
        #expect(try fixture.view().list("versions/a").count == 4)
    }

    @Test("directories of the view belong to who mounts, and cannot be written")
    func ownsItsDirectories() throws {
        let view = try fixture.view()
        for path in ["", "snapshots", "hosts", "tags"] + views {
            let attributes = try #require(try view.find(path))
            #expect(attributes.type == .directory)
            #expect(attributes.permissions == 0o555)
            #expect(attributes.userID == 7 && attributes.groupID == 8)
        }
    }

    @Test("a new snapshot appears when the list is two seconds old, and the directory has changed")
    func noticesNewSnapshots() throws {
        try commitThree()
        let view = try fixture.view()
        let before = try #require(try view.find("snapshots"))
        let link = try #require(try view.find("latest"))
        try fixture.commit(1_000_000_003, ["a": "4"])
        fixture.clock.advance(seconds: 1)
        #expect(try view.list("snapshots").count == 5)
        fixture.clock.advance(seconds: 1)
        #expect(try view.list("snapshots").last == "2001-09-09T01-46-43Z")
        #expect(try #require(try view.find("snapshots")).modified > before.modified)
        let moved = try #require(try view.find("latest"))
        #expect(moved.node != link.node, "a kernel that caches the target must ask again")
        #expect(try view.readLink(moved.node) == Array("snapshots/2001-09-09T01-46-43Z".utf8))
    }

    @Test("a clock that is set back does not hide new snapshots")
    func survivesAClockSetBack() throws {
        try commitThree()
        let view = try fixture.view()
        try fixture.commit(1_000_000_003, ["a": "4"])
        fixture.clock.advance(seconds: -100_000)
        #expect(try view.list("snapshots").count == 6)
    }

    @Test("a forgotten snapshot vanishes, and what is open stays readable")
    func dropsForgottenSnapshots() throws {
        let first = try fixture.commit(1_000_000_000, ["a": "old"])
        try fixture.commit(1_000_000_001, ["a": "new"])
        let view = try fixture.view()
        let open = try #require(try view.find("snapshots/\(names[0])/a"))
        try fixture.store.delete(ObjectName(.snapshots, first.id.bytes))
        fixture.clock.advance(seconds: 2)
        #expect(try view.list("snapshots") == [".", "..", names[1]])
        #expect(try view.find("snapshots/\(names[0])") == nil)
        #expect(try view.text(open.node) == "old")
    }

    @Test("a listing goes on rightly when a snapshot came or went meanwhile")
    func keepsPositions() throws {
        let first = try fixture.commit(1_000_000_000, ["a": "1"])
        try fixture.commit(1_000_000_001, ["a": "2"])
        try fixture.commit(1_000_000_002, ["a": "3"])
        let view = try fixture.view()
        let directory = try #require(try view.find("snapshots"))
        var position: UInt64 = 0
        try view.readDirectory(directory.node, from: 0, mode: .namesOnly) { entry in
            guard entry.nameBytes != Array(names[1].utf8) else { return false }
            position = entry.nextCookie
            return true
        }
        try fixture.store.delete(ObjectName(.snapshots, first.id.bytes))
        try fixture.commit(999_999_999, ["a": "0"])
        view.refresh()
        var rest: [String] = []
        try view.readDirectory(directory.node, from: position, mode: .namesOnly) { entry in
            rest.append(String(decoding: entry.name, as: UTF8.self))
            return true
        }
        #expect(rest == [names[1], names[2], "2001-09-09T01-46-39Z"])
    }

    @Test("snapshots of one second have different names")
    func tellsSnapshotsOfOneSecondApart() throws {
        let first = try fixture.commit(1_000_000_000, ["a": "1"])
        let second = try fixture.commit(1_000_000_000, ["a": "2"])
        let view = try fixture.view()
        for (snapshot, text) in [(first, "1"), (second, "2")] {
            let file = try #require(try view.find("snapshots/\(names[0])-\(snapshot.id.short)/a"))
            #expect(try view.text(file.node) == text)
        }
    }
}
