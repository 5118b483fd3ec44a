import Repository
import SnapshotView
import Storage
import SystemInterface
import Testing
import ViewTestSupport

@Suite("at")
struct TimeTests {
    private let fixture: ViewFixture

    init() throws {
        fixture = try ViewFixture()
        try fixture.commit(1_999_900_000, host: "garden", ["a": "1"])
        try fixture.commit(1_999_990_000, host: "house", ["a": "2"])
    }

    private func target(_ view: SnapshotView, _ time: String) throws -> String? {
        try view.find("at/\(time)").map { String(decoding: try view.readLink($0.node), as: UTF8.self) }
    }

    @Test(
        "a time is a link to the newest snapshot not after it",
        arguments: [
            ("now", "2033-05-18T00-46-40Z"), ("2033", "2033-05-18T00-46-40Z"), ("2h", "2033-05-18T00-46-40Z"),
            ("3h", "2033-05-16T23-46-40Z"), ("2033-05-17", "2033-05-16T23-46-40Z"),
            ("2033-05-17T01-46-40+0200", "2033-05-16T23-46-40Z"), ("@GMT-2033.05.16-23.46.40", "2033-05-16T23-46-40Z"),
            ("2033-05-16T23-46-39Z", nil), ("2032", nil), ("nonsense", nil), ("latest", nil), ("3h ", nil),
        ] as [(String, String?)])
    func links(_ time: String, name: String?) throws {
        #expect(try target(try fixture.view(), time) == name.map { "../snapshots/\($0)" })
    }

    @Test("an age moves on with the clock, to another node")
    func movesOn() throws {
        let view = try fixture.view()
        let before = try #require(try view.find("at/3h"))
        fixture.clock.advance(seconds: 3_600)
        let after = try #require(try view.find("at/3h"))
        #expect(before.node != after.node)
        #expect(try view.readLink(after.node) == Array("../snapshots/2033-05-18T00-46-40Z".utf8))
        #expect(after.nameValiditySeconds <= 1)
    }

    @Test("lists nothing, for there is no end of times")
    func listsNothing() throws {
        #expect(try fixture.view().list("at") == [".", ".."])
    }

    @Test("a mount of some snapshots knows no others, under any name")
    func filters() throws {
        try fixture.commit(1_999_995_000, host: "house", tags: ["daily", "kept"], ["a": "3"])
        let house = try fixture.view { $0.filter = SnapshotFilter(hosts: ["house"]) }
        #expect(try house.list("snapshots").count == 4)
        #expect(try house.list("hosts") == [".", "..", "house"])
        #expect(try target(house, "2033-05-17") == nil)
        #expect(try house.find("versions/a/2033-05-16T23-46-40Z") == nil)
        let kept = try fixture.view {
            $0.filter = SnapshotFilter(hosts: ["house", "garden"], tags: ["daily", "kept"])
        }
        #expect(try kept.list("snapshots") == [".", "..", "2033-05-18T02-10-00Z"])
        let none = try fixture.view { $0.filter = SnapshotFilter(tags: ["daily", "other"]) }
        #expect(try none.list("snapshots") == [".", ".."])
        #expect(try none.find("latest") == nil)
    }

    @Test("snapshots are called as the mount was asked to", arguments: SnapshotNameStyle.allCases)
    func namesSnapshots(_ style: SnapshotNameStyle) throws {
        let view = try fixture.view { $0.nameStyle = style }
        let wanted = style.format(Timestamp(seconds: 1_999_900_000))
        #expect(try view.list("snapshots").contains(wanted))
        #expect(try view.find("versions/a/\(wanted)") != nil)
        #expect(try view.find("changes/\(wanted)..latest/changed/a") != nil)
        #expect(try target(view, wanted) == "../snapshots/\(wanted)")
    }
}
