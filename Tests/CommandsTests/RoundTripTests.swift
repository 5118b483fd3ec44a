import SystemInterface
import Testing

@Suite("The commands")
struct RoundTripTests {
    @Test("save, list, print and restore what was there")
    func roundTrip() throws {
        let pastfs = try PastFS.withSnapshot()
        let source = pastfs.source.description
        #expect(try pastfs.run(["cat", "latest:\(source)/hello"]).output == "hello, past\n")
        #expect(try pastfs.run(["ls", "latest:\(source)"]).output.contains("hello\n"))
        #expect(try pastfs.run(["ls", "-lR", "latest:\(source)"]).output.contains("\(source)/below/numbers\n"))
        let target = pastfs.directory.path.appending("target").description
        #expect(try pastfs.run(["restore", "latest:\(source)", "--to", target]).code == 0)
        #expect(try pastfs.shell("diff -r \(source) \(target)").output.isEmpty)
        #expect(try pastfs.run(["check", "--read-data"]).code == 0)
    }

    @Test("store nothing twice, and see what has not changed")
    func incremental() throws {
        let pastfs = try PastFS.withSnapshot()
        let outcome = try pastfs.run(["backup", pastfs.source.description])
        #expect(outcome.code == 0)
        #expect(outcome.output.contains("0 new, 0 changed, 3 unchanged, 0 removed\n"))
        #expect(try pastfs.run(["snapshots"]).lines.count == 3)
    }

    @Test("save what a link leads to where a slash is behind it, and say so where none is")
    func links() throws {
        let pastfs = try PastFS()
        try pastfs.writeSource()
        let link = pastfs.directory.path.appending("link")
        try FileDescriptor.workingDirectory.symbolicLinkAt(link.bytes, target: pastfs.source.bytes)
        let alone = try pastfs.run(["backup", link.description])
        #expect(alone.code == 0 && alone.errors.contains("only the link is saved"))
        let followed = try pastfs.run(["backup", "\(link)/"])
        #expect(followed.code == 0 && followed.errors.isEmpty)
        #expect(try pastfs.run(["cat", "latest:\(pastfs.source)/hello"]).output == "hello, past\n")
    }

    @Test("refuse a way to show progress that there is not, even where nothing would be shown")
    func progress() throws {
        let pastfs = try PastFS()
        #expect(try pastfs.run(["--progress", "nonsense", "snapshots"]).code == 2)
    }

    @Test("make a dry run that stores nothing")
    func dryRun() throws {
        let pastfs = try PastFS()
        try pastfs.writeSource()
        #expect(try pastfs.run(["backup", "-n", pastfs.source.description]).code == 0)
        #expect(try pastfs.objects(in: "packs").isEmpty && pastfs.objects(in: "snapshots").isEmpty)
    }

    @Test(
        "print JSON Lines and nothing else",
        arguments: [
            (["snapshots"], "pastfs.snapshot.v1"), (["ls", "-R", "latest"], "pastfs.entry.v1"),
            (["check", "--read-data"], "pastfs.check.v1"), (["stats"], "pastfs.stats.v1"),
            (["version"], "pastfs.version.v1"),
            (["restore", "latest", "--to", "TARGET"], "pastfs.restore.v1"),
        ])
    func json(arguments: [String], schema: String) throws {
        let pastfs = try PastFS.withSnapshot()
        let names = ["SOURCE": pastfs.source.description, "TARGET": pastfs.directory.path.appending("t").description]
        let outcome = try pastfs.run(["--json"] + arguments.map { names[$0] ?? $0 })
        #expect(outcome.code == 0)
        #expect(outcome.errors.isEmpty)
        let records = try JSONLines.parse(outcome.output)
        #expect(!records.isEmpty && records.allSatisfy { $0.schema == schema })
    }

    @Test("give a path that is not UTF-8 in Base64 too")
    func base64() throws {
        let pastfs = try PastFS.withSnapshot()
        let outcome = try pastfs.run(["--json", "ls", "latest:\(pastfs.source)"])
        let records = try JSONLines.parse(outcome.output)
        #expect(records.count == 3)
        #expect(records.filter { $0.names.contains("path_b64") }.count == 1)
    }

    @Test("take a path that is not UTF-8 as an argument")
    func bytes() throws {
        let pastfs = try PastFS.withSnapshot()
        let path = Array("latest:\(pastfs.source)/".utf8) + [0xFF, 0x1B, 0x5B]
        #expect(try pastfs.run(bytes: [Array("cat".utf8), path]).output == "\u{1}")
    }

    @Test("take passphrases from a file and from a command, and refuse both at once")
    func passphrases() throws {
        let pastfs = try PastFS()
        let file = try pastfs.directory.write("passphrase", Array((PastFS.passphrase + "\n").utf8)).description
        let command = "cat \(file)"
        #expect(try pastfs.run(["--passphrase-file", file, "snapshots"], passphrase: "wrong").code == 0)
        #expect(try pastfs.run(["--passphrase-command", command, "snapshots"], passphrase: nil).code == 0)
        #expect(
            try pastfs.run(["snapshots"], passphrase: nil, environment: ["PASTFS_PASSPHRASE_COMMAND": command]).code
                == 0)
        let both = try pastfs.run(["--passphrase-file", file, "--passphrase-command", command, "snapshots"])
        #expect(both.code == 2)
        #expect(try pastfs.run(["--passphrase-command", "exit 3", "snapshots"], passphrase: nil).code == 12)
    }

    @Test("end quietly when nobody reads their output any more")
    func brokenPipe() throws {
        let pastfs = try PastFS()
        try pastfs.directory.makeDirectory("source")
        for number in 0..<3_000 {
            try FileSystem.write(pastfs.source.appending("a-file-with-a-long-name-\(number)"), [])
        }
        #expect(try pastfs.run(["backup", pastfs.source.description]).code == 0)
        let outcome = try pastfs.shell("$PASTFS ls -lR latest | head -n 1; echo ${PIPESTATUS[0]}")
        #expect(outcome.lines.count == 2)
        #expect(outcome.lines.last == "141")
        #expect(outcome.errors.isEmpty)
    }

    @Test("tell of each command in its help, completion and manual page", arguments: ["backup", "mount", "restore"])
    func texts(name: String) throws {
        let pastfs = try PastFS(isReady: false)
        let help = try pastfs.run(["help", name])
        #expect(help.code == 0 && help.output.contains("pastfs \(name)"))
        #expect(help.lines.allSatisfy { $0.count <= 80 })
        #expect(try pastfs.run(["completion", "bash"]).output.contains(name))
        #expect(try pastfs.run(["man", name]).output.hasPrefix(".\\\""))
    }

    @Test("say the version within a moment")
    func version() throws {
        let outcome = try PastFS(isReady: false).run(["version"])
        #expect(outcome.code == 0)
        #expect(outcome.output.hasPrefix("pastfs "))
    }
}
