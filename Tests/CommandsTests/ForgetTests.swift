import SystemInterface
import TestSupport
import Testing

@Suite("pastfs forget")
struct ForgetTests {
    private let pastfs: PastFS

    init() throws {
        pastfs = try PastFS.withSnapshot()
    }

    /// The first eight digits of the snapshots that are shown, oldest first.
    private func shown(_ options: String...) throws -> [String] {
        try pastfs.run(["snapshots"] + options).lines.dropFirst().map { String($0.prefix(8)) }
    }

    private func backUp(_ count: Int) throws {
        for _ in 0..<count { #expect(try pastfs.run(["backup", pastfs.source.description]).code == 0) }
    }

    @Test("by a policy says why each snapshot stays, and hides the others until that is undone")
    func policy() throws {
        try backUp(2)
        let all = try shown()
        let dry = try pastfs.run(["forget", "--keep-last", "1", "-n"])
        #expect(dry.code == 0)
        #expect(dry.output.contains("would forget 2 of 3 snapshots"))
        #expect(try shown() == all)
        let outcome = try pastfs.run(["forget", "--keep-last", "1", "--time-zone", "utc", "--keep-yearly", "1"])
        #expect(outcome.code == 0)
        #expect(outcome.lines.contains { $0.hasPrefix(all[2]) && $0.contains("keep    last 1; yearly 2") })
        #expect(outcome.lines.filter { $0.contains("forget") && all[..<2].contains(String($0.prefix(8))) }.count == 2)
        #expect(outcome.lines.allSatisfy { $0.last != " " })
        #expect(outcome.output.contains("forgot 2 of 3 snapshots"))
        #expect(try shown() == [all[2]])
        #expect(try shown("--forgotten") == [all[0], all[1]])
        #expect(try pastfs.run(["snapshots", "--forgotten"]).output.contains("policy: last 1, yearly 1"))
        #expect(try pastfs.run(["ls", all[0]]).code == 18)
        #expect(try pastfs.run(["forget", "--undo", all[0], all[1]]).code == 0)
        #expect(try shown() == all)
    }

    @Test("by name forgets these, and the latest is then the one before")
    func byName() throws {
        try backUp(2)
        let all = try shown()
        #expect(try pastfs.run(["forget", "latest", "latest~2", "--reason", "a mistake"]).code == 0)
        #expect(try shown() == [all[1]])
        #expect(try pastfs.run(["snapshots", "--forgotten"]).output.contains("a mistake"))
        #expect(try pastfs.run(["ls", "latest"]).code == 0)
        // The next backup has a parent that is not forgotten.
        #expect(
            try pastfs.run(["--json", "backup", pastfs.source.description]).output.contains("\"parent\":\"\(all[1])"))
    }

    @Test("of all snapshots, or of more than half of many, is to be confirmed")
    func confirmation() throws {
        #expect(try pastfs.run(["forget", "latest"]).code == 14)
        #expect(try shown().count == 1)
        try backUp(6)
        let refused = try pastfs.run(["forget", "--keep-last", "1"])
        #expect(refused.code == 14)
        #expect(refused.errors.contains("6 of 7 snapshots would go"))
        #expect(refused.output.contains("last 1"), "the table is shown all the same")
        let records = try JSONLines.parse(try pastfs.run(["--json", "forget", "--keep-last", "1"]).output)
        #expect(records.map { $0.booleans["dry_run"] } == Array(repeating: true, count: 7))
        #expect(try shown().count == 7)
        let dry = try pastfs.run(["forget", "--keep-last", "1", "--dry-run"])
        #expect(dry.code == 0)
        #expect(dry.output.contains("that needs --confirm"))
        #expect(try pastfs.run(["forget", "--keep-last", "1", "--confirm"]).code == 0)
        #expect(try shown().count == 1)
        #expect(try pastfs.run(["forget", "latest", "--confirm"]).code == 0)
        #expect(try shown().isEmpty)
    }

    @Test("of the last complete snapshot is to be confirmed, though a partial one is left")
    func leavesPartial() throws {
        let late = ["backup", "--max-duration", "1s", "--hook-before", "sleep 1.1", "--on-timeout", "partial"]
        #expect(try pastfs.run(late + ["--kind", "full", pastfs.source.description]).code == 3)
        let all = try shown()
        #expect(try pastfs.run(["forget", all[0]]).code == 14)
        #expect(try pastfs.run(["forget", all[1]]).code == 0)
        #expect(try pastfs.run(["forget", "--undo", all[1]]).code == 0)
        #expect(try pastfs.run(["forget", all[0], "--confirm"]).code == 0)
    }

    @Test("with a policy that leaves nothing is refused")
    func leavesNothing() throws {
        let outcome = try pastfs.run(["forget", "--keep-tag", "weekly"])
        #expect(outcome.code == 14)
        #expect(outcome.errors.contains("keeps no complete snapshot of host"))
        #expect(try shown().count == 1)
    }

    @Test(
        "that is not understood ends with 2, and nothing is forgotten",
        arguments: [
            [], ["--keep-last", "0"], ["--keep-last", "1", "latest"], ["--undo"], ["--undo", "--keep-last", "1"],
            ["--undo", "latest", "--host", "nas"], ["--keep-within", "3m"],
            ["--keep-last", "1", "--group-by", "hosts"],
            ["--keep-last", "1", "--time-zone", "Mars"], ["--keep-last", "1", "--time-zone", "+1500"],
            ["latest", "--group-by", "host"], ["--undo", "latest", "--time-zone", "utc"],
            ["latest:/etc"], ["--host", "nas"], ["latest", "--reason", String(repeating: "x", count: 5_000)],
        ])
    func usage(arguments: [String]) throws {
        #expect(try pastfs.run(["forget"] + arguments).code == 2)
        #expect(try shown().count == 1)
        #expect(try shown("--forgotten").isEmpty)
    }

    @Test("of what is not there ends with 18")
    func nothingMatched() throws {
        #expect(try pastfs.run(["forget", "abcdef01"]).code == 18)
        let filtered = try pastfs.run(["forget", "--keep-last", "1", "--host", "nowhere"])
        #expect(filtered.code == 18)
        #expect(filtered.errors.contains("no snapshot is of this host"))
        #expect(try pastfs.run(["forget", "--undo", "latest"]).code == 18)
    }

    @Test("by a time is of the one that began then, or of none")
    func byTime() throws {
        try backUp(1)
        let all = try shown()
        let year = try pastfs.shell("date -u +%Y").output.filter { $0 != "\n" }
        #expect(try pastfs.run(["forget", year]).code == 2, "there are two")
        #expect(try pastfs.run(["forget", all[1]]).code == 0)
        let later = try pastfs.run(["forget", "2199", "--confirm"])
        #expect(later.code == 18)
        #expect(later.errors.contains("the newest before it is \(all[0])"))
        #expect(try pastfs.run(["hold", "add", "2199", "--reason", "x"]).code == 18)
        #expect(try pastfs.run(["forget", year, "--confirm"]).code == 0)
        #expect(try pastfs.run(["forget", "--undo", year]).code == 2)
        #expect(try shown().isEmpty)
    }

    @Test(
        "that stops where storage fails says which snapshots it did not come to",
        .enabled(if: Sanitizer.beginsWithoutFiles))
    func stopped() throws {
        try backUp(2)
        let all = try shown()
        // No file can be written then; the table goes through a pipe.
        let outcome = try pastfs.shell(
            "(trap '' XFSZ; ulimit -f 0; $PASTFS forget --keep-last 1; echo \"ended with $?\") 2>/dev/null | cat")
        let words = outcome.lines.dropFirst(2).map { $0.split(separator: " ").dropFirst(3).joined(separator: " ") }
        #expect(words.prefix(3) == ["keep last 1", "keep not reached", "keep failed"], "\(outcome.output)")
        #expect(outcome.lines.last?.hasPrefix("ended with ") == true && outcome.lines.last != "ended with 0")
        #expect(try shown() == all)
        #expect(try shown("--forgotten").isEmpty)
    }

    @Test(
        "names hours with the distance of the place from UTC",
        arguments: [
            ("Pacific/Auckland", "T\\d\\d\\+1[23]00"), ("UTC", "T\\d\\d\\+0000"),
            ("America/St_Johns", "T\\d\\d-0[23]30"),
        ])
    func timeZone(zone: String, pattern: String) throws {
        let hourly = ["--json", "forget", "--keep-hourly", "5", "-n"]
        let outcome = try pastfs.run(hourly, environment: ["TZ": zone])
        #expect(outcome.code == 0)
        let expression = try Regex(pattern)
        #expect(outcome.output.contains(expression))
        #expect(try pastfs.run(hourly + ["--time-zone", "-01:30"], environment: ["TZ": zone]).output.contains("-0130"))
    }

    @Test("is not shown in a mount any more", .enabled(if: MountTests.canMount))
    func mount() throws {
        try backUp(1)
        let point = try pastfs.directory.makeDirectory("mount")
        defer { _ = try? pastfs.run(["umount", point.description]) }
        #expect(try pastfs.run(["mount", point.description]).code == 0)
        let snapshots = point.appending("snapshots")
        #expect(try names(snapshots).count == 2)
        #expect(try pastfs.run(["forget", "latest"]).code == 0)
        #expect(try Wait.until(seconds: 30) { try names(snapshots).count == 1 ? true : nil } == true)
        #expect(try pastfs.run(["forget", "--undo", "latest"]).code == 0)
        #expect(try Wait.until(seconds: 30) { try names(snapshots).count == 2 ? true : nil } == true)
    }

    private func names(_ path: FilePath) throws -> [String] {
        try FileDescriptor.open(path, [.readOnly, .directory]).directoryEntries().map {
            String(decoding: $0.name, as: UTF8.self)
        }
    }
}
