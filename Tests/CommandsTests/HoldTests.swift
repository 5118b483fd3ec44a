import TestSupport
import Testing

@Suite("pastfs hold")
struct HoldTests {
    private let pastfs: PastFS

    init() throws {
        pastfs = try PastFS.withSnapshot()
        #expect(try pastfs.run(["backup", pastfs.source.description]).code == 0)
    }

    private func snapshots() throws -> [String] {
        try pastfs.run(["snapshots"]).lines.dropFirst().map { String($0.prefix(8)) }
    }

    @Test("keeps a snapshot from policies and from being named, until each hold is released")
    func keeps() throws {
        let all = try snapshots()
        #expect(try pastfs.run(["hold", "add", all[0], "--reason", "case 4711"]).output.contains("hold \(all[0]).1"))
        #expect(try pastfs.run(["hold", "add", all[0], "--reason", "audit"]).output.contains("hold \(all[0]).2"))
        let named = try pastfs.run(["forget", all[0], all[1], "--confirm"])
        #expect(named.code == 14)
        #expect(named.errors.contains("held by \(all[0]).1"))
        #expect(try snapshots() == all, "neither is forgotten")
        let policy = try pastfs.run(["forget", "--keep-last", "1"])
        #expect(policy.code == 0)
        #expect(policy.lines.contains { $0.hasPrefix(all[0]) && $0.hasSuffix("  held") })
        let list = try pastfs.run(["hold", "list"])
        #expect(list.lines.count == 3)
        #expect(list.lines.contains { $0.hasPrefix("\(all[0]).1") && $0.hasSuffix("case 4711") })
        #expect(try pastfs.run(["hold", "release", "\(all[0]).1", "--reason", "closed"]).code == 0)
        #expect(try pastfs.run(["forget", all[0]]).code == 14)
        #expect(try pastfs.run(["hold", "release", "\(all[0]).2"]).code == 0)
        #expect(try pastfs.run(["hold", "list"]).output.isEmpty)
        let released = try pastfs.run(["hold", "list", "--all", all[0]]).lines
        #expect(released.filter { $0.contains(" (released 2") }.count == 2)
        #expect(released.contains { $0.hasSuffix(": closed)") })
        #expect(try pastfs.run(["forget", all[0]]).code == 0)
        #expect(try snapshots() == [all[1]])
    }

    @Test("of a forgotten snapshot undoes that it is forgotten")
    func undoes() throws {
        let all = try snapshots()
        #expect(try pastfs.run(["forget", all[0]]).code == 0)
        #expect(try pastfs.run(["hold", "add", all[0], "--reason", "needed"]).code == 0)
        #expect(try snapshots() == all)
    }

    @Test("that is not understood ends with 2, and there is no hold")
    func usage() throws {
        for arguments in [
            ["add", "latest"], ["add", "latest", "--reason", ""], ["add", "--reason", "x"],
            ["add", "latest", "--reason", "x", "--until", "yesterday"],
            ["add", "latest", "--reason", "x", "--until", "soon"], ["release", "latest"], ["release", "abcdef01.0"],
            ["release", "abc.1"], ["add", "latest:/etc", "--reason", "x"],
        ] {
            #expect(try pastfs.run(["hold"] + arguments).code == 2, "\(arguments)")
        }
        #expect(try pastfs.run(["hold", "list"]).output.isEmpty)
    }

    @Test("of what is not there ends with 18")
    func nothingMatched() throws {
        #expect(try pastfs.run(["hold", "add", "abcdef01", "--reason", "x"]).code == 18)
        #expect(try pastfs.run(["hold", "release", "abcdef01.1"]).code == 18)
        #expect(try pastfs.run(["hold", "list", "abcdef01"]).code == 18)
    }

    @Test("with an end that is over is shown as such, and no longer keeps the snapshot")
    func expiry() throws {
        let all = try snapshots()
        let soon = try pastfs.shell("date -u -d '+5 seconds' +%Y-%m-%dT%H:%M:%S").output.filter { $0 != "\n" }
        #expect(try pastfs.run(["hold", "add", all[0], "--reason", "short", "--until", soon]).code == 0)
        let isOver = try Wait.until(seconds: 30) {
            try pastfs.run(["hold", "list"]).output.contains("over") ? true : nil
        }
        #expect(isOver == true)
        let forgetting = try pastfs.run(["forget", all[0]])
        #expect(forgetting.code == 0)
        #expect(forgetting.errors.contains("warning: hold \(all[0]).1 was over at 2"))
        #expect(try pastfs.run(["hold", "list", "--all"]).output.contains("its time is over"))
    }
}
