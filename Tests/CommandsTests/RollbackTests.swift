import SystemInterface
import Testing

@Suite("A repository that was put back to an older state")
struct RollbackTests {
    private let pastfs: PastFS
    private var newer: FilePath { pastfs.directory.path.appending("newer") }
    private var older: FilePath { pastfs.directory.path.appending("older") }
    private var state: FilePath { pastfs.directory.path.appending(".local").appending("state").appending("pastfs") }

    /// Two snapshots were seen, and the storage is as it was after the first; `newer` is how it should be.
    init() throws {
        pastfs = try PastFS.withSnapshot()
        try pastfs.directory.makeDirectory("other")
        _ = try pastfs.shell("cp -a \(pastfs.repository) \(pastfs.directory.path)/older")
        try FileSystem.write(pastfs.source.appending("new"), [1])
        #expect(try pastfs.run(["backup", pastfs.source.description]).code == 0)
        _ = try pastfs.shell(
            "cd \(pastfs.directory.path) && mv repository newer && cp -a older repository")
    }

    @Test(
        "is no reason not to read, and a warning",
        arguments: [
            ["snapshots"], ["ls", "latest"], ["stats"], ["find", "hello"], ["hold", "list"],
            ["restore", "latest", "--to", "$DIRECTORY/restored"],
            ["export", "--tar", "latest", "-o", "$DIRECTORY/tar"],
            ["backup", "-n", "$DIRECTORY/source"], ["prune", "-n"], ["forget", "-n", "--keep-last", "1"],
            ["verify", "--sample-restore", "100%"], ["diff", "latest", "latest"], ["repair", "index", "-n"],
        ])
    func reading(arguments: [String]) throws {
        let outcome = try run(arguments)
        #expect(outcome.code == 0)
        #expect(outcome.errors.contains("warning: session 2 is missing (sessions/2)"))
        #expect(outcome.errors.contains("does not show what was there before"))
        #expect(outcome.errors.contains(" of session 2, begun 2"))
        // It is said each time.
        #expect(try run(["snapshots"]).errors.contains("session 2 is missing"))
    }

    @Test(
        "is a reason to change nothing, with a code of its own",
        arguments: [
            ["backup", "$DIRECTORY/source"], ["forget", "latest", "--confirm"], ["forget", "--keep-last", "1"],
            ["forget", "--undo", "latest"], ["prune"], ["hold", "add", "latest", "--reason", "why"],
            ["repair", "index"], ["repair", "packs"], ["repair", "snapshots"],
        ])
    func changing(arguments: [String]) throws {
        let before = try pastfs.shell("cd \(pastfs.repository) && find . -type f | sort | xargs sha256sum")
        let outcome = try run(arguments)
        #expect(outcome.code == 19)
        #expect(outcome.errors.contains("problem: session 2 is missing (sessions/2)"))
        #expect(outcome.errors.contains("error: the storage at \(pastfs.repository) does not show"))
        #expect(outcome.errors.contains("pastfs check --accept-rollback"))
        let after = try pastfs.shell("cd \(pastfs.repository) && find . -type f | sort | xargs sha256sum")
        #expect(after.output == before.output)
    }

    @Test("is no reason not to try what would be undone")
    func tryingUndo() throws {
        // There is nothing to undo, which is found out behind the look at the storage.
        #expect(try run(["forget", "--undo", "-n", "latest"]).code == 18)
    }

    @Test("is told with --json too")
    func json() throws {
        let reading = try pastfs.run(["--json", "snapshots"])
        #expect(reading.code == 0)
        #expect(reading.errors.contains(#""schema":"pastfs.message.v1""#))
        let changing = try pastfs.run(["--json", "prune"])
        #expect(changing.code == 19)
        #expect(changing.errors.contains(#""exit_code":19"#))
    }

    @Test("is damage to a check, and no longer once it was accepted")
    func accepting() throws {
        let check = try pastfs.run(["check"])
        #expect(check.code == 13)
        #expect(check.output.contains("damaged: sessions/2: session 2 is missing"))
        #expect(try pastfs.run(["check", "--storage-only", "--accept-rollback"]).code == 2)
        let accepted = try pastfs.run(["check", "--accept-rollback"])
        #expect(accepted.code == 0)
        #expect(accepted.output.contains("given up: session 2 is missing (sessions/2)"))
        #expect(try pastfs.run(["check"]).code == 0)
        #expect(try pastfs.run(["backup", pastfs.source.description]).errors == "")
        #expect(try pastfs.run(["prune"]).code == 0)
        #expect(try pastfs.run(["snapshots"]).errors == "")
        // What was given up is another store from then on.
        _ = try pastfs.shell("cd \(pastfs.directory.path) && mv repository older2 && mv newer repository")
        #expect(try pastfs.run(["snapshots"]).errors.contains("session 2 is other than it was"))
        #expect(try pastfs.run(["backup", pastfs.source.description]).code == 19)
    }

    @Test("is not noticed without what was seen before, and whole again it is no reason for anything")
    func forgettingClient() throws {
        let elsewhere = ["XDG_STATE_HOME": pastfs.directory.path.appending("elsewhere").description]
        let fresh = try pastfs.run(["snapshots"], environment: elsewhere)
        #expect(fresh.code == 0 && fresh.errors == "")
        _ = try pastfs.shell("cd \(pastfs.directory.path) && mv repository away && mv newer repository")
        let whole = try pastfs.run(["backup", pastfs.source.description])
        #expect(whole.code == 0 && whole.errors == "")
        // The fresh one has seen the older state, which grew.
        let grown = try pastfs.run(["backup", pastfs.source.description], environment: elsewhere)
        #expect(grown.code == 0 && grown.errors == "")
    }

    @Test("is not kept in mind where that cannot be written or read, and nothing else depends on that")
    func unusableState() throws {
        _ = try pastfs.shell("cd \(pastfs.directory.path) && mv repository away && mv newer repository")
        let id = try #require(
            try FileDescriptor.open(state, [.readOnly, .directory]).directoryEntries().first {
                $0.name.count == 32
            })
        let seen = state.appending(id.name).appending("seen")
        try FileSystem.write(seen, [1, 2, 3])
        let damaged = try pastfs.run(["cat", "latest:\(pastfs.source)/hello"])
        #expect(damaged.code == 0 && damaged.output == "hello, past\n")
        #expect(damaged.errors.contains("warning: what was seen of the repository before is not known"))
        #expect(try pastfs.run(["snapshots"]).errors == "")
        let file = ["XDG_STATE_HOME": pastfs.source.appending("hello").description]
        let readOnly = try pastfs.run(["backup", pastfs.source.description], environment: file)
        #expect(readOnly.code == 0)
        #expect(readOnly.errors.contains("warning: "))
        let nowhere = try pastfs.run(["snapshots"], environment: ["HOME": "relative"])
        #expect(nowhere.code == 0)
        let warnings = nowhere.errors.split(separator: "\n")
        #expect(warnings.count == 1 && warnings[0].contains("set HOME or XDG_STATE_HOME"), "\(nowhere.errors)")
    }

    @Test("is noticed where HOME is empty, too: the user's home is asked for", .enabled(if: FullDiskTests.canMount))
    func emptyHome() throws {
        let users = try pastfs.directory.write("users", Array("root:x:0:0::\(pastfs.directory.path):/bin/sh\n".utf8))
        let script = "mount --bind '\(users)' /etc/passwd; exec \"$PASTFS\" backup '\(pastfs.source)'"
        let outcome = try pastfs.shell(
            "exec unshare -rm bash -ec \"$SCRIPT\"", environment: ["SCRIPT": script, "HOME": ""])
        #expect(outcome.code == 19, "\(outcome.errors)")
    }

    @Test("is not kept in mind where a fifo is in the way, which nobody waits for")
    func fifo() throws {
        _ = try pastfs.shell("cd \(pastfs.directory.path) && mv repository away && mv newer repository")
        let made = try pastfs.shell("cd '\(state)' && for seen in */seen; do mkfifo $seen.new || exit; done")
        try #require(made.code == 0, "\(made.errors)")
        let outcome = try pastfs.run(["backup", pastfs.source.description])
        #expect(outcome.code == 0)
        #expect(outcome.errors.contains("warning: what was seen of the repository cannot be remembered"))
    }

    @Test("is told from another repository in its place")
    func otherRepository() throws {
        _ = try pastfs.shell("cd \(pastfs.directory.path) && mv repository away")
        let made = try pastfs.run(
            ["init", "--kdf-log-n", "10"],
            environment: ["XDG_STATE_HOME": pastfs.directory.path.appending("elsewhere").description])
        #expect(made.code == 0)
        let reading = try pastfs.run(["snapshots"])
        #expect(reading.code == 0)
        #expect(reading.errors.contains("warning: another repository than before is at \(pastfs.repository)"))
        let changing = try pastfs.run(["backup", pastfs.source.description])
        #expect(changing.code == 19)
        #expect(changing.errors.contains("error: another repository than before is at \(pastfs.repository)"))
        let check = try pastfs.run(["check"])
        #expect(check.code == 13)
        #expect(check.errors.contains("warning: another repository than before is at \(pastfs.repository)"))
        #expect(check.output.contains("damaged: format: the repository at this place is other than it was"))
        let accepted = try pastfs.run(["check", "--accept-rollback"])
        #expect(accepted.code == 0)
        #expect(accepted.output.contains("given up: the repository at this place is other than it was (format)"))
        #expect(try pastfs.run(["backup", pastfs.source.description]).code == 0)
        // Both are known from then on, as of two disks that take turns.
        _ = try pastfs.shell("cd \(pastfs.directory.path) && mv repository second && mv newer repository")
        #expect(try pastfs.run(["backup", pastfs.source.description]).code == 0)
    }

    private func run(_ arguments: [String]) throws -> PastFS.Outcome {
        try pastfs.run(
            arguments.map { word in
                guard word.hasPrefix("$DIRECTORY") else { return word }
                return pastfs.directory.path.description + word.dropFirst("$DIRECTORY".count)
            })
    }
}
