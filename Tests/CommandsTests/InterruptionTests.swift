import SystemInterface
import Testing

@Suite("A signal")
struct InterruptionTests {
    @Test(
        "ends a backup at any moment with nothing half committed", arguments: [0.02, 0.05, 0.1, 0.2, 0.3, 0.5],
        [("INT", Int32(130)), ("TERM", Int32(143))])
    func anyMoment(seconds: Double, signal: (name: String, code: Int32)) throws {
        let pastfs = try PastFS()
        try pastfs.writeBulk(count: 12, bytes: 4 << 20)
        let outcome = try pastfs.run(
            ["backup", pastfs.source.description], signal: signal.name, afterSeconds: seconds)
        #expect([0, signal.code].contains(outcome.code), "\(outcome.errors)")
        // A process that the signal meets before it listens ends without a word.
        // Where committing takes long, it says that it does not know.
        let isUnknown = outcome.errors.contains("something was being committed")
        #expect(
            outcome.code == 0 || outcome.errors.isEmpty || isUnknown || outcome.errors.contains("nothing was committed")
        )
        let listed = try pastfs.run(["snapshots"]).lines.count
        #expect(isUnknown ? [0, 2].contains(listed) : listed == (outcome.code == 0 ? 2 : 0))
        #expect(try pastfs.run(["check", "--read-data"]).code == 0)
        #expect(try pastfs.run(["backup", pastfs.source.description]).code == 0)
        #expect(try pastfs.run(["check", "--read-data"]).code == 0)
    }

    @Test(
        "is answered at once, with what it means",
        arguments: [("INT", Int32(130), "interrupted"), ("TERM", 143, "terminated"), ("HUP", 129, "terminated")])
    func atOnce(signal: String, code: Int32, word: String) throws {
        let pastfs = try PastFS()
        try pastfs.writeSource()
        // The command for the passphrase is a moment that is sure to come: it sends the signal to its parent.
        let command = "kill -\(signal) $PPID; exec sleep 20"
        let outcome = try pastfs.run(
            ["--passphrase-command", command, "backup", pastfs.source.description], passphrase: nil)
        #expect(outcome.code == code)
        #expect(outcome.errors == "\(word): nothing was committed\n")
        #expect(try pastfs.objects(in: "snapshots").isEmpty)
    }

    @Test("USR1 prints a line of progress and ends nothing")
    func progress() throws {
        let pastfs = try PastFS()
        try pastfs.writeSource()
        let outcome = try pastfs.run(
            ["--passphrase-command", PastFS.commandAfterProgress, "backup", pastfs.source.description], passphrase: nil)
        #expect(outcome.code == 0)
        #expect(outcome.errors.contains("saving: 0 files"))
    }
}
