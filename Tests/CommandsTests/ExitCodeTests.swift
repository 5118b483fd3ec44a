import SystemInterface
import Testing

@Suite("The exit code and the message")
struct ExitCodeTests {
    @Test("of a wrong passphrase are 12 and what to do")
    func wrongPassphrase() throws {
        let pastfs = try PastFS()
        let outcome = try pastfs.run(["snapshots"], passphrase: "wrong")
        #expect(outcome.code == 12)
        #expect(outcome.output.isEmpty)
        let lines = outcome.errors.split(separator: "\n")
        #expect(lines.map { $0.prefix(7) } == ["error: ", "  why: ", "  fix: "])
    }

    @Test("of no passphrase and no terminal are 12")
    func noPassphrase() throws {
        let outcome = try PastFS().run(["snapshots"], passphrase: nil)
        #expect(outcome.code == 12)
        #expect(outcome.errors.contains("no terminal to ask on"))
    }

    @Test("of a repository that is not there, not named, a file, or an empty directory are 10")
    func noRepository() throws {
        let pastfs = try PastFS(isReady: false)
        let missing = try pastfs.run(["snapshots"])
        #expect(missing.code == 10 && missing.errors.contains("no such directory"))
        let unnamed = try pastfs.run(["snapshots"], environment: ["PASTFS_REPOSITORY": ""])
        #expect(unnamed.code == 10 && unnamed.errors.contains("PASTFS_REPOSITORY"))
        let file = try pastfs.directory.write("file", [1])
        let outcome = try pastfs.run(["-r", file.description, "snapshots"])
        #expect(outcome.code == 10 && outcome.errors.contains("it is a file"))
        let empty = try pastfs.directory.makeDirectory("empty")
        #expect(try pastfs.run(["-r", empty.description, "snapshots"]).code == 10)
    }

    @Test(
        "of wrong usage are 2 and a suggestion",
        arguments: [("bakcup", "`backup`"), ("snapshots --hots a", "`--host`")])
    func usage(line: String, suggestion: String) throws {
        let outcome = try PastFS(isReady: false).run(line.split(separator: " ").map(String.init))
        #expect(outcome.code == 2)
        #expect(outcome.errors.contains("did you mean \(suggestion)"))
    }

    @Test(
        "of a tag or a host that cannot be a directory's name are 2, before anything is stored",
        arguments: [["--tag", "a/b"], ["--host", ".."], ["--tag", "tab\t"]])
    func unusableLabel(option: [String]) throws {
        let pastfs = try PastFS()
        try pastfs.writeSource()
        let before = try pastfs.shell("find \(pastfs.repository) -type f | wc -l").output
        #expect(try pastfs.run(["backup", pastfs.source.description] + option).code == 2)
        #expect(try pastfs.shell("find \(pastfs.repository) -type f | wc -l").output == before)
    }

    @Test("of wrong usage with --json are one JSON object")
    func usageJSON() throws {
        let outcome = try PastFS(isReady: false).run(["--json", "bakcup"])
        #expect(outcome.code == 2)
        let records = try JSONLines.parse(outcome.errors)
        #expect(records.map(\.schema) == ["pastfs.error.v1"])
        #expect(records.first?.integers["exit_code"] == 2)
    }

    @Test("of a newer format are 1 and advice to use a newer program")
    func newerFormat() throws {
        let pastfs = try PastFS()
        let format = pastfs.repository.appending("format")
        let text = String(decoding: try FileSystem.read(format, atMost: 1 << 16), as: UTF8.self)
        try pastfs.overwrite(format, Array(text.replacing("\"version\" : 1", with: "\"version\" : 2").utf8))
        let outcome = try pastfs.run(["snapshots"])
        #expect(outcome.code == 1)
        #expect(outcome.errors.contains("format version 2") && outcome.errors.contains("use a newer version"))
    }

    @Test("of a snapshot that is not there are 18, and of a name that is none 2")
    func noSnapshot() throws {
        let pastfs = try PastFS.withSnapshot()
        #expect(try pastfs.run(["ls", "latest~5"]).code == 18)
        #expect(try pastfs.run(["ls", "1999"]).code == 18)
        #expect(try pastfs.run(["ls", "!"]).code == 2)
        #expect(try pastfs.run(["cat", "latest:/nowhere"]).code == 18)
        #expect(try pastfs.run(["snapshots", "--tag", "none"]).code == 18)
    }

    @Test("of a source that is not there are 1, and no snapshot is made")
    func noSource() throws {
        let pastfs = try PastFS()
        let outcome = try pastfs.run(["backup", "/nonexistent/source"])
        #expect(outcome.code == 1)
        #expect(outcome.errors.contains("/nonexistent/source"))
        #expect(try pastfs.run(["snapshots"]).output.isEmpty)
    }

    @Test("of init in a directory that holds something are 1, and nothing in it is touched")
    func initRefuses() throws {
        let pastfs = try PastFS(isReady: false)
        try pastfs.directory.makeDirectory("repository")
        let file = try pastfs.directory.write("repository/mine", [1])
        let outcome = try pastfs.run(["init", "--kdf-log-n", "10"])
        #expect(outcome.code == 1)
        #expect(outcome.errors.contains("not empty"))
        #expect(try FileSystem.read(file, atMost: 10) == [1])
        #expect(try FileDescriptor.open(pastfs.repository, [.readOnly, .directory]).directoryEntries().count == 1)
    }

    @Test("of init where there is a repository say so")
    func initTwice() throws {
        let outcome = try PastFS().run(["init", "--kdf-log-n", "10"])
        #expect(outcome.code == 1)
        #expect(outcome.errors.contains("there is one already"))
    }

    @Test("of init after one that was interrupted before its last step are 0")
    func initAgain() throws {
        let pastfs = try PastFS()
        try FileSystem.remove(pastfs.repository.appending("format"))
        #expect(try pastfs.run(["init", "--kdf-log-n", "10"], passphrase: "another").code == 0)
        #expect(try pastfs.run(["snapshots"], passphrase: "another").code == 0)
        let check = try pastfs.run(["check"], passphrase: "another")
        #expect(check.code == 0)
        #expect(check.output.contains("an `init` was interrupted here"))
    }
}
