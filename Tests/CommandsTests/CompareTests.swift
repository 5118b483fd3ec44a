import SystemInterface
import Testing

@Suite("diff, versions and find")
struct CompareTests {
    private let pastfs: PastFS
    private var source: String { pastfs.source.description }

    /// Three snapshots: as it was, changed, and of another host.
    init() throws {
        pastfs = try PastFS.withSnapshot()
        let script = """
            set -e; cd \(pastfs.source)
            printf more >> hello; chmod 600 below/numbers; rm \(#"$'\xff\x1b['"#); mkdir new; echo 1 > new/letter.txt
            $PASTFS backup \(pastfs.source); $PASTFS backup --host other -t copy \(pastfs.source)
            """
        let outcome = try pastfs.shell(script)
        guard outcome.code == 0 else { throw PastFS.Unprepared(reason: outcome.errors) }
    }

    @Test("diff tells what came, went and changed, in order, and ends with 0")
    func diff() throws {
        let outcome = try pastfs.run(["diff", "latest~2", "latest", source])
        #expect(outcome.code == 0)
        #expect(
            outcome.lines.dropLast().filter { !$0.hasPrefix("-") }.map(String.init) == [
                "U \(source)/below/numbers", "M \(source)/hello", "+ \(source)/new/", "+ \(source)/new/letter.txt",
            ])
        #expect(outcome.lines.filter { $0.hasPrefix("- ") }.count == 1)
        let summary =
            "2 added (2 B), 1 removed (1 B), 1 with other content (16 B), 1 with other metadata, 0 of another type"
        #expect(outcome.lines.last.map(String.init) == summary)
        #expect(try pastfs.run(["diff", "latest~1", "latest"]).output == "no differences\n")
    }

    @Test("diff --exit-code ends with 1 where something differs, and with 0 where nothing does")
    func exitCode() throws {
        let differing = try pastfs.run(["diff", "--exit-code", "latest~2", "latest", source])
        #expect(differing.code == 1 && differing.errors.isEmpty)
        #expect(try differing.output == pastfs.run(["diff", "latest~2", "latest", source]).output)
        #expect(try pastfs.run(["diff", "--exit-code", "latest~1", "latest"]).code == 0)
        #expect(try pastfs.run(["--json", "diff", "--exit-code", "latest~2", "latest"]).code == 1)
        #expect(try pastfs.run(["diff", "--exit-code", "latest~2", "latest", "/nowhere"]).code == 18)
        // Only what differs below the path counts.
        #expect(try pastfs.run(["diff", "--exit-code", "latest~2:\(source)/new", "latest~2:\(source)/new"]).code == 18)
        #expect(try pastfs.run(["diff", "--exit-code", "latest:\(source)/new", "latest~1:\(source)/new"]).code == 0)
    }

    @Test("diff --exit-code that cannot write ends with 2, whether something differs or not", arguments: [1, 2])
    func exitCodeOfFailure(back: Int) throws {
        let script = "$PASTFS diff --exit-code latest~\(back) latest >/dev/full"
        let outcome = try pastfs.shell(script)
        #expect(outcome.code == 2)
        #expect(outcome.errors.contains("cannot write to standard output"))
        #expect(try pastfs.shell(script.replacing("--exit-code", with: "")).code == 1)
    }

    @Test("diff takes a path behind either snapshot or both, and says when there is none")
    func diffPaths() throws {
        let numbers = "\(source)/below/numbers"
        for arguments in [
            ["latest~2:\(numbers)", "latest"], ["latest~2", "latest:\(numbers)"], ["latest~2", "latest", numbers],
        ] {
            let outcome = try pastfs.run(["diff"] + arguments)
            #expect(outcome.lines.first.map(String.init) == "U \(numbers)")
        }
        let across = try pastfs.run(["diff", "latest:\(source)/below", "latest:\(source)/new"])
        #expect(
            across.lines.dropLast().map(String.init) == [
                "U \(source)/new/", "+ \(source)/new/letter.txt", "- \(source)/new/numbers",
            ]
                || across.lines.dropLast().map(String.init) == [
                    "+ \(source)/new/letter.txt", "- \(source)/new/numbers",
                ])
        #expect(try pastfs.run(["diff", "latest~2", "latest", "/nowhere"]).code == 18)
        #expect(try pastfs.run(["diff", "latest~2:/a", "latest", "/b"]).code == 2)
        #expect(try pastfs.run(["diff", "latest~2", "latest", "relative"]).code == 2)
    }

    @Test("diff with --json has a record for each path and one for the sums")
    func diffJSON() throws {
        let outcome = try pastfs.run(["--json", "diff", "latest~2", "latest", source])
        let records = try JSONLines.parse(outcome.output)
        #expect(records.map(\.schema) == Array(repeating: "pastfs.difference.v1", count: 5) + ["pastfs.diff.v1"])
        #expect(records.compactMap { $0.strings["change"] } == ["metadata", "content", "added", "added", "removed"])
        #expect(records.filter { $0.names.contains("path_b64") }.count == 1)
    }

    @Test("versions lists each version once, newest first, of a host where that is asked for")
    func versions() throws {
        let all = try JSONLines.parse(pastfs.run(["--json", "versions", "\(source)/hello"]).output)
        #expect(all.compactMap { $0.strings["change"] } == ["first", "content", "first"])
        #expect(all.compactMap { $0.integers["size"] } == [16, 16, 12])
        let other = try pastfs.run(["versions", "--host", "other", "\(source)/hello"])
        #expect(other.lines.count == 2)
        let mode = try JSONLines.parse(pastfs.run(["--json", "versions", "\(source)/below/numbers"]).output)
        #expect(mode.compactMap { $0.strings["change"] } == ["first", "metadata", "first"])
        let missing = try pastfs.run(["versions", "/nowhere"])
        #expect(missing.code == 18 && missing.output.isEmpty && missing.errors.contains("no snapshot has it"))
    }

    @Test("a partial snapshot makes no version of a directory, and diff warns of it")
    func partial() throws {
        let before = try pastfs.run(["versions", source]).lines.count
        // The time is over for certain before anything is read.
        let late = ["--max-duration", "1s", "--hook-before", "sleep 1.1", "--on-timeout", "partial", "--kind", "full"]
        let made = try pastfs.run(["--json", "backup"] + late + [source])
        #expect(made.code == 3)
        let id = try #require(JSONLines.parse(made.output).first?.strings["id"])
        #expect(try pastfs.run(["versions", source]).lines.count == before)
        let diff = try pastfs.run(["diff", "latest", id])
        #expect(diff.code == 0 && diff.errors.contains("is partial: "))
    }

    @Test("find looks by name and by path, and collapses snapshots that have the same")
    func find() throws {
        try #expect(pastfs.run(["backup", source]).code == 0)
        let found = try JSONLines.parse(pastfs.run(["--json", "find", "*.txt"]).output)
        #expect(found.compactMap { $0.strings["path"] } == Array(repeating: "\(source)/new/letter.txt", count: 2))
        #expect(found.compactMap { $0.integers["snapshots"] } == [2, 1])
        let path = try pastfs.run(["find", "\(source)/*/numbers", "--newest"])
        #expect(path.lines.count == 3)
        #expect(path.lines.dropFirst().allSatisfy { $0.hasSuffix("  \(source)/below/numbers") })
        #expect(
            try pastfs.run(["find", "-s", "latest~3", "--type", "directory", "*", "--path", source]).lines.count == 2)
        #expect(try pastfs.run(["find", "letter.txt", "-s", "latest~3"]).code == 18)
        #expect(try pastfs.run(["find", "letter.txt", "--host", "other"]).lines.count == 2)
        #expect(try pastfs.run(["find", "letter.txt", "--path", "\(source)/below"]).code == 18)
    }

    @Test(
        "find by a path tells of the snapshots that do not have a directory on the way, and finds it in the others",
        .enabled(if: FaultyMount.isPossible), .timeLimit(.minutes(20)))
    func findBehindUnsaved() throws {
        let mount = try FaultyMount(in: pastfs.directory)
        try FileSystem.makeDirectories(mount.behind.appending("home/anna"))
        try FileSystem.write(mount.behind.appending("home/anna/x.txt"), [1])
        try mount.addRule("status 5", for: "home")
        try #require(pastfs.run(["backup", mount.path.description]).code == 3)
        try mount.removeRules()
        try #require(pastfs.run(["backup", mount.path.description]).code == 0)
        for arguments in [["\(mount.path)/home/anna/x.txt"], ["x.txt", "--path", "\(mount.path)/home"]] {
            let found = try pastfs.run(["find"] + arguments)
            #expect(found.code == 3)
            #expect(found.lines.last?.hasSuffix("/home/anna/x.txt") == true, "\(found.output)")
            #expect(found.errors.hasPrefix("problem: \(mount.path)/home in snapshot "), "\(found.errors)")
        }
        let listed = try pastfs.run(["ls", "-R", "latest~1:\(mount.path)"])
        #expect(listed.code == 3 && listed.output == "\(mount.path)/home\n")
        #expect(listed.errors.contains("problem: \(mount.path)/home: the directory could not be read"))
        #expect(try pastfs.run(["ls", "latest~1:\(mount.path)"]).code == 0)
    }

    @Test(
        "find refuses what is no pattern, no type, or no snapshot",
        arguments: [["!a"], ["["], ["a", "--type", "nonsense"], ["a", "-s", "latest:/etc"], ["a", "-s", "-"]])
    func findUsage(arguments: [String]) throws {
        #expect(try pastfs.run(["find"] + arguments).code == 2)
    }

    @Test("damage on the way is named, the rest is told, and the code is 13", arguments: ["diff", "versions", "find"])
    func damage(command: String) throws {
        // Metadata lies in the smaller packs: all are cut to nothing but their heads.
        for pack in try pastfs.objects(in: "packs") {
            let bytes = try FileSystem.read(pack, atMost: 1 << 20)
            try pastfs.overwrite(pack, bytes.map { $0 ^ 0x55 })
        }
        let arguments = ["diff": ["latest~2", "latest"], "versions": ["\(source)/hello"], "find": ["hello"]]
        let outcome = try pastfs.run([command] + (arguments[command] ?? []))
        #expect(outcome.code == 13)
        #expect(outcome.errors.hasPrefix("problem: /"))
        if command == "diff" { #expect(try pastfs.run(["diff", "--exit-code", "latest~2", "latest"]).code == 13) }
    }
}
