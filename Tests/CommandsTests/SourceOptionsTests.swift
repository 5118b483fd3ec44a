import SystemInterface
import Testing

@Suite("What backup is told to save")
struct SourceOptionsTests {
    let pastfs: PastFS

    init() throws {
        pastfs = try PastFS()
        try pastfs.writeSource()
    }

    private func names(_ snapshot: String = "latest") throws -> [String] {
        let prefix = pastfs.source.description + "/"
        return try pastfs.run(["ls", "-R", "\(snapshot):\(pastfs.source)"]).lines
            .filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
    }

    @Test("Excludes come from the command line and from files, and includes go before them")
    func patterns() throws {
        for name in ["a.o", "keep.o", "b.c", "#odd"] { try FileSystem.write(pastfs.source.appending(name), [1]) }
        let file = try pastfs.directory.write("patterns", Array("# objects\n*.o  \nhello\n\\#odd\n".utf8))
        let outcome = try pastfs.run([
            "backup", "--exclude-file", file.description, "--exclude", "below/", "--include", "keep.o",
            pastfs.source.description,
        ])
        #expect(outcome.code == 0, "\(outcome.errors)")
        let names = try names()
        #expect(names.filter { $0.utf8.allSatisfy { $0 < 0x80 } } == ["b.c", "keep.o"])
        #expect(
            try pastfs.run(["--json", "snapshots"]).output.contains(##"["*.o","hello","\\#odd","below/","!keep.o"]"##)
        )
    }

    @Test("A pattern that can match nothing is refused, with its line in a file")
    func refusesPatterns() throws {
        #expect(try pastfs.run(["backup", "-e", "a//b", pastfs.source.description]).code == 2)
        let file = try pastfs.directory.write("patterns", Array("fine\n\n[open\n".utf8))
        let outcome = try pastfs.run(["backup", "--exclude-file", file.description, pastfs.source.description])
        #expect(outcome.code == 2)
        #expect(outcome.errors.contains("line 3: [open"))
        let missing = try pastfs.run(["backup", "--exclude-file", "/nonexistent/patterns", pastfs.source.description])
        #expect(missing.code == 1)
    }

    @Test("What things are leaves them out, too")
    func filters() throws {
        let tag = Array("Signature: 8a477f597d28d172789f06886806bc55".utf8)
        try pastfs.directory.makeDirectory("source/cache")
        try FileSystem.write(pastfs.source.appending("cache/CACHEDIR.TAG"), tag)
        try FileSystem.write(pastfs.source.appending("cache/object"), [1])
        try FileSystem.write(pastfs.source.appending("below/.nobackup"), [1])
        try FileSystem.write(pastfs.source.appending("large"), [UInt8](repeating: 1, count: 2_000))
        let outcome = try pastfs.run([
            "backup", "-x", "--exclude-caches", "--exclude-nodump", "--exclude-larger-than", "1K",
            "--exclude-if-present",
            ".nobackup", pastfs.source.description,
        ])
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("3 items left out"))
        let names = try names()
        #expect(Array(names.prefix(4)) == ["below", "below/.nobackup", "cache", "cache/CACHEDIR.TAG"])
        #expect(!names.contains("large"))
        #expect(try pastfs.run(["backup", "--exclude-if-present", "a/b", pastfs.source.description]).code == 2)
    }

    @Test("Lists of files come from files and from standard input, by lines and by NULs")
    func lists() throws {
        let list = "find $SOURCE -type f"
        let environment = ["SOURCE": pastfs.source.description]
        let zero = try pastfs.shell("\(list) -print0 | $PASTFS backup --files-from0 -", environment: environment)
        #expect(zero.code == 0, "\(zero.errors)")
        #expect(zero.output.contains("3 files"))
        let lines = try pastfs.shell(
            "echo $SOURCE/below > $HOME/list; echo >> $HOME/list; $PASTFS backup --files-from $HOME/list",
            environment: environment)
        #expect(lines.code == 0, "\(lines.errors)")
        #expect(try names() == ["below", "below/numbers"])
        let missing = try pastfs.shell(
            "printf '%s\\n' $SOURCE/hello $SOURCE/gone | $PASTFS backup --files-from -", environment: environment)
        #expect(missing.code == 3)
        #expect(missing.errors.contains("gone"))
        // What prints lists of directories puts slashes behind them.
        for path in ["gone/", "gone/.", "dangling/", "chain/", "absolute/"] {
            let one = try pastfs.shell(
                """
                cd $SOURCE && ln -sfn below/gone dangling && ln -sfn dangling chain && ln -sfn $PWD/below/gone absolute
                printf '%s\\n' hello "$NAME" | $PASTFS backup --files-from -
                """, environment: environment.merging(["NAME": path]) { _, new in new })
            #expect(one.code == 3, "\(path): \(one.errors)")
            let gone = path.hasPrefix("gone") ? "gone" : "below/gone"
            #expect(one.errors.contains("problem: \(pastfs.source)/\(gone): No such file"), "\(one.errors)")
            #expect(try names().contains("hello"))
        }
        let alone = "echo $SOURCE/gone/ | $PASTFS backup --files-from -"
        #expect(try pastfs.shell(alone, environment: environment).code == 1)
        #expect(try pastfs.shell("$PASTFS backup --files-from - < /dev/null").code == 1)
        #expect(try pastfs.run(["backup", "--files-from", "-", "--files-from0", "-"]).code == 2)
    }

    @Test("Standard input is saved as a file of the name that is given")
    func standardInput() throws {
        let outcome = try pastfs.shell("printf hello | $PASTFS backup --stdin --name dumps/db.sql")
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(try pastfs.run(["cat", "latest:/dumps/db.sql"]).output == "hello")
        #expect(try pastfs.shell("printf more | $PASTFS backup --stdin").code == 0)
        #expect(try pastfs.run(["cat", "latest:/stdin"]).output == "more")
    }

    @Test("What a command prints is saved, and its messages pass through")
    func command() throws {
        let outcome = try pastfs.run([
            "backup", "--stdin-from-command", "--name", "out", "--", "sh", "-c", "echo result; echo message >&2",
        ])
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(outcome.errors == "message\n")
        #expect(try pastfs.run(["cat", "latest:/out"]).output == "result\n")
    }

    @Test(
        "A command that fails leaves no snapshot",
        arguments: ["echo x; exit 3", "echo x; kill -9 $$", "exec /nonexistent/command"])
    func failingCommand(script: String) throws {
        let outcome = try pastfs.run(["backup", "--stdin-from-command", "--", "sh", "-c", script])
        #expect(outcome.code == 1)
        #expect(outcome.errors.contains("the command ended with"))
        #expect(try pastfs.objects(in: "snapshots").isEmpty)
    }

    @Test("A command that is not there is said to be")
    func missingCommand() throws {
        let outcome = try pastfs.run(["backup", "--stdin-from-command", "--", "no-such-command-anywhere"])
        #expect(outcome.code == 1)
        #expect(outcome.errors.contains("no-such-command-anywhere"))
    }

    @Test(
        "What does not go together is refused",
        arguments: [
            [], ["--stdin", "/tmp"], ["--stdin", "--stdin-from-command", "x"], ["--stdin-from-command"],
            ["--name", "x", "/tmp"],
            ["--stdin", "--kind", "full"], ["--stdin", "--files-from", "x"], ["--stdin", "--parent", "none"],
            ["--kind", "full", "--parent", "none", "/tmp"], ["--kind", "complete", "/tmp"],
            ["--on-timeout", "none", "/tmp"],
            ["--max-duration", "soon", "/tmp"], ["--max-duration", "0s", "/tmp"],
            ["--exclude-larger-than", "big", "/tmp"],
        ])
    func refuses(arguments: [String]) throws {
        let outcome = try pastfs.run(["backup"] + arguments)
        #expect(outcome.code == 2, "\(outcome.errors)")
        #expect(try pastfs.objects(in: "snapshots").isEmpty)
    }
}
