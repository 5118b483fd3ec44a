import SystemInterface
import Testing

@Suite("How a backup is told to run")
struct BackupRunOptionsTests {
    let pastfs: PastFS

    init() throws {
        pastfs = try PastFS()
        try pastfs.writeSource()
    }

    private var source: String { pastfs.source.description }
    private var log: String { pastfs.directory.path.appending("log").description }

    private func logged() throws -> String {
        String(decoding: try FileSystem.read(FilePath(log), atMost: 4_096), as: UTF8.self)
    }

    private func after() -> [String] {
        ["--hook-after", "echo after $PASTFS_STATUS ${PASTFS_SNAPSHOT:-none} >> \(log)"]
    }

    @Test("Kinds are done as they are asked for, recorded, and shown")
    func kinds() throws {
        let first = try pastfs.run(["backup", "--kind", "differential", source])
        #expect(first.errors.contains("no full snapshot"))
        #expect(try pastfs.run(["backup", source]).code == 0)
        #expect(try pastfs.run(["backup", "--kind", "differential", source]).code == 0)
        #expect(try pastfs.run(["backup", "--kind", "full", source]).code == 0)
        let listed = try pastfs.run(["snapshots"]).lines.dropFirst()
        let kinds = listed.map { line in
            ["full", "incremental", "differential"].first { line.contains(" \($0) ") } ?? "none"
        }
        #expect(kinds == ["full", "incremental", "differential", "full"])
        let records = try pastfs.run(["--json", "snapshots"]).lines
        #expect(records.filter { $0.contains(#""kind":"differential""#) }.count == 1)
        #expect(records.allSatisfy { $0.contains(#""partial":false"#) })
    }

    @Test("The trees of the backup before are had from the cache when that is asked for, and left there")
    func filesCache() throws {
        let first = try pastfs.run(["backup", "--files-cache", "always", source])
        #expect(first.code == 0, "\(first.errors)")
        #expect(first.output.contains("3 new"))
        // No tree can be read from the repository any more; packs of another length would count as absent.
        for pack in try pastfs.objects(in: "packs") {
            let bytes = Int(try FileSystem.status(pack).size)
            try pastfs.overwrite(pack, Array(repeating: 0, count: bytes))
        }
        let second = try pastfs.run(["backup", "--files-cache", "always", source])
        #expect(second.output.contains("0 new, 0 changed, 3 unchanged, 0 removed"), "\(second.output)")
        #expect(try pastfs.run(["backup", source]).output.contains("3 new"))
        #expect(try pastfs.run(["backup", "--files-cache", "never", source]).output.contains("3 new"))
        #expect(try pastfs.run(["backup", "--files-cache", "perhaps", source]).code == 2)
    }

    @Test("Hooks run before and after, and what comes after is told how it went")
    func hooks() throws {
        let made = pastfs.source.appending("made by the hook")
        let outcome = try pastfs.run(
            ["backup", "--hook-before", "echo before >> \(log); touch '\(made)'; echo printed"] + after() + [source])
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(outcome.errors == "printed\n")
        let id = try #require(try pastfs.objects(in: "snapshots").first?.components.last)
        #expect(try logged() == "before\nafter done \(String(decoding: id, as: UTF8.self))\n")
        #expect(try pastfs.run(["ls", "latest:\(source)"]).output.contains("made by the hook"))
    }

    @Test("A snapshot begins before the hook: what that makes a snapshot of is as it was while it ran")
    func beginning() throws {
        let hook = "date -u +%Y-%m-%dT%H:%M:%S > \(log); sleep 2"
        #expect(try pastfs.run(["backup", "--hook-before", hook, source]).code == 0)
        let record = try #require(try JSONLines.parse(pastfs.run(["--json", "snapshots"]).output).first)
        let started = try #require(record.strings["started"])
        #expect(try String(started.prefix(19)) <= String(logged().prefix(19)), "\(started)")
    }

    @Test("A hook that fails before it leaves no backup, and the one after it runs all the same")
    func failingBefore() throws {
        let outcome = try pastfs.run(["backup", "--hook-before", "exit 7"] + after() + [source])
        #expect(outcome.code == 1)
        #expect(outcome.errors.contains("--hook-before ended with 7"))
        #expect(try logged() == "after failed none\n")
        #expect(try pastfs.objects(in: "snapshots").isEmpty)
    }

    @Test("What comes after runs when the backup fails or has problems")
    func failingBackup() throws {
        #expect(try pastfs.run(["backup"] + after() + ["/nonexistent/source"]).code == 1)
        #expect(try logged() == "after failed none\n")
    }

    @Test("A hook that fails after a backup is a problem, and the snapshot is kept")
    func failingAfter() throws {
        let outcome = try pastfs.run(["backup", "--hook-after", "exit 4", source])
        #expect(outcome.code == 3)
        #expect(outcome.errors.contains("--hook-after ended with 4"))
        #expect(try pastfs.objects(in: "snapshots").count == 1)
    }

    @Test("A dry run runs no hooks")
    func dryRun() throws {
        #expect(try pastfs.run(["backup", "-n", "--hook-before", "exit 1"] + after() + [source]).code == 0)
        #expect(try !FileSystem.exists(FilePath(log)))
    }

    @Test(
        "What comes after runs once when a signal ends the backup, in whatever it is",
        arguments: [("INT", Int32(130)), ("TERM", 143)], [true, false])
    func interrupted(signal: (name: String, code: Int32), inHook: Bool) throws {
        // The signal goes to the program alone, from the hook itself or from the command that is read.
        let waiting = "kill -\(signal.name) $PPID; exec sleep 30"
        let arguments =
            inHook
            ? ["--hook-before", waiting] + after() + [source]
            : after() + ["--stdin-from-command", "--", "sh", "-c", waiting]
        let outcome = try pastfs.run(["backup"] + arguments)
        #expect(outcome.code == signal.code)
        #expect(outcome.errors.contains("nothing was committed"))
        #expect(!outcome.errors.contains("error:"))
        #expect(try logged() == "after interrupted none\n")
        #expect(try pastfs.objects(in: "snapshots").isEmpty)
    }

    @Test("A backup out of time leaves nothing, or a partial snapshot that is marked and is not the latest")
    func outOfTime() throws {
        #expect(try pastfs.run(["backup", "--max-duration", "1h", source]).code == 0)
        // The time of the hook counts, so that it is over for certain before anything is read.
        let late = ["backup", "--max-duration", "1s", "--hook-before", "sleep 1.1"]
        let none = try pastfs.run(late + after() + [source])
        #expect(none.code == 1)
        #expect(none.errors.contains("the time that it was given is over"))
        #expect(try logged() == "after failed none\n")
        #expect(try pastfs.objects(in: "snapshots").count == 1)
        let partial = try pastfs.run(late + ["--on-timeout", "partial", "--kind", "full", source])
        #expect(partial.code == 3)
        #expect(partial.errors.contains("the snapshot is partial"))
        #expect(try pastfs.run(["snapshots"]).output.contains("full, partial"))
        #expect(try pastfs.run(["--json", "snapshots"]).output.contains(#""partial":true"#))
        #expect(try pastfs.run(["ls", "latest:\(source)"]).output.contains("hello"))
        #expect(try pastfs.run(["check"]).code == 0)
    }

    @Test("A stream out of time leaves nothing, and its command is asked to end")
    func streamOutOfTime() throws {
        let script = "trap 'echo ended >> \(log); exit' TERM; while :; do echo x; sleep 0.05; done"
        let outcome = try pastfs.shell(
            """
            $PASTFS backup --max-duration 4s --stdin-from-command -- sh -c "$SCRIPT"
            code=$?
            for i in $(seq 500); do grep -q ended "$LOG" 2>/dev/null && break; sleep 0.02; done
            exit $code
            """, environment: ["SCRIPT": script, "LOG": log])
        #expect(outcome.code == 1)
        #expect(try logged() == "ended\n")
        #expect(try pastfs.objects(in: "snapshots").isEmpty)
    }
}
