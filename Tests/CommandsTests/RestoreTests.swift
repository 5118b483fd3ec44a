import SystemInterface
import TestSupport
import Testing

@Suite("Restoring with the command")
struct RestoreTests {
    private func target(_ pastfs: PastFS) -> String { pastfs.directory.path.appending("target").description }

    @Test(
        "goes on where it was killed, whenever that was",
        arguments: [0.03, 0.06, 0.1, 0.15, 0.2, 0.3, 0.5] as [Double])
    func killed(_ seconds: Double) throws {
        let pastfs = try PastFS()
        let script = """
            mkdir -p "$S" && cd "$S"
            for d in $(seq 40); do mkdir $d; for f in $(seq 50); do echo "$d $f" > $d/$f; done; ln $d/1 $d/link; done
            head -c 20000000 /dev/urandom > large; chmod 0555 7
            "$PASTFS" backup "$S"
            """
        let prepared = try pastfs.shell(script, environment: ["S": pastfs.source.description])
        guard prepared.code == 0 else { throw PastFS.Unprepared(reason: prepared.errors) }
        let snapshot = "latest:\(pastfs.source)"
        let words = ["restore", snapshot, "--to", target(pastfs)]
        // Over nothing, and over older files, which are replaced one by one.
        let killed = try pastfs.run(
            words + ["--overwrite", "always"], signal: "KILL", afterSeconds: seconds)
        #expect([0, 137].contains(killed.code), "\(killed.errors)")
        let next = try pastfs.run(words + ["--overwrite", "if-changed"])
        #expect(next.code == 0, "\(next.errors)")
        let root = FilePath(#filePath).parent.parent.parent
        let compare = root.appending("scripts").appending("compare-trees").description
        let compared = try pastfs.shell("'\(compare)' '\(pastfs.source)' '\(target(pastfs))'")
        #expect(compared.code == 0, "\(compared.output)")
    }

    @Test("removes only what was confirmed, and lists in a dry run what would go")
    func deleting() throws {
        let pastfs = try PastFS.withSnapshot()
        let words = ["restore", "latest:\(pastfs.source)", "--to", target(pastfs), "--overwrite", "if-changed"]
        #expect(try pastfs.run(words).code == 0)
        let mine = pastfs.directory.path.appending("target/mine")
        try FileSystem.write(mine, [1])
        let unconfirmed = try pastfs.run(words + ["--delete"])
        #expect(unconfirmed.code == 2)
        #expect(unconfirmed.errors.contains("--confirm"))
        let dry = try pastfs.run(words + ["--delete", "-n"])
        #expect(dry.code == 0)
        #expect(dry.lines.first == "deleted \(pastfs.source)/mine")
        #expect(try FileSystem.exists(mine))
        #expect(try pastfs.run(words + ["--delete", "--confirm"]).code == 0)
        #expect(try !FileSystem.exists(mine))
    }

    @Test("removes nothing because a partial snapshot does not have it")
    func deletingByPartial() throws {
        let pastfs = try PastFS.withSnapshot()
        let late = ["backup", "--max-duration", "1s", "--hook-before", "sleep 1.1", "--on-timeout", "partial"]
        #expect(try pastfs.run(late + ["--kind", "full", pastfs.source.description]).code == 3)
        let partial = try #require(try pastfs.run(["snapshots"]).lines.last).prefix(8)
        let words = [
            "restore", "\(partial):\(pastfs.source)", "--to", pastfs.source.description, "--overwrite", "always",
        ]
        let before = try pastfs.shell("find '\(pastfs.source)' | wc -l").output
        let outcome = try pastfs.run(words + ["--delete", "--confirm"])
        #expect(outcome.code == 14 && outcome.errors.contains("is partial"))
        #expect(try pastfs.shell("find '\(pastfs.source)' | wc -l").output == before)
    }

    @Test(
        "of files whose sizes add up to more than a number holds counts as much as one does",
        .enabled(if: MountedMemory.isPossible))
    func enormousSizes() throws {
        let pastfs = try PastFS()
        let memory = try MountedMemory(size: "1m")
        #expect(try pastfs.shell("cd '\(memory.path)' && truncate -s 7E a b c").code == 0)
        #expect(try pastfs.run(["backup", memory.path.description]).code == 0)
        let dry = try pastfs.run(["--json", "restore", "latest", "--to", target(pastfs), "-n"])
        #expect(dry.code == 0 && dry.output.contains(#""bytes":18446744073709551615"#))
        #expect(try pastfs.shell("$PASTFS export --tar latest >/dev/null").code == 0)
    }

    @Test("verifies holes of any size without reading them", .enabled(if: MountedMemory.isPossible))
    func enormousHoles() throws {
        let pastfs = try PastFS()
        let memory = try MountedMemory(size: "4m")
        let script = "cd '\(memory.path)' && mkdir s && truncate -s 7E s/hole s/data && echo x >> s/other && "
        #expect(try pastfs.shell(script + "printf x | dd of=s/data bs=1 seek=3E conv=notrunc").code == 0)
        let (source, target) = (memory.path.appending("s"), memory.path.appending("t"))
        #expect(try pastfs.run(["backup", source.description]).code == 0)
        let words = ["restore", "latest:\(source)", "--to", target.description, "--verify"]
        let outcome = try pastfs.run(words)
        #expect(outcome.code == 0 && outcome.output.contains("3 files read back and the same"), "\(outcome.errors)")
        // Where the snapshot has a hole, what is there counts.
        let time = try FileSystem.status(target.appending("hole")).modified
        #expect(try pastfs.shell("printf y | dd of='\(target)/hole' bs=1 seek=5E conv=notrunc").code == 0)
        try FileDescriptor.workingDirectory.setTimesAt(
            target.appending("hole").bytes, accessed: nil, modified: time)
        let again = try pastfs.run(words + ["--overwrite", "if-changed"])
        #expect(again.code == 0 && again.output.contains("1 replaced, 2 left"), "\(again.output)\(again.errors)")
    }

    @Test(
        "refuses what makes no sense",
        arguments: [
            ["--delete", "--confirm"], ["--overwrite", "sometimes"], ["--map-user", "a"],
            ["--map-user", "0=nobody-of-this-name"],
            ["--exclude", "[x"], ["--workers", "0"],
        ])
    func refuses(_ words: [String]) throws {
        let pastfs = try PastFS.withSnapshot()
        let outcome = try pastfs.run(["restore", "latest", "--to", target(pastfs)] + words)
        #expect(outcome.code == 2)
        #expect(try !FileSystem.exists(pastfs.directory.path.appending("target")))
    }
}
