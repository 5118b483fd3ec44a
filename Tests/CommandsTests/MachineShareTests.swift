import SystemInterface
import TestSupport
import Testing

@Suite("How much of the machine a backup takes")
struct MachineShareTests {
    private let pastfs: PastFS

    init() throws {
        pastfs = try PastFS()
    }

    /// Prints the name of each thread of the process that it is started by, its level, and its class at the disks, once
    /// that has begun to save.
    private static let threads =
        "until grep -qs pastfs-seal /proc/$PPID/task/*/comm; do sleep 0.01; done; "
        + "for t in /proc/$PPID/task/*; do set -- $(cat $t/stat); echo \"$2 ${19} $(ionice -p ${t##*/})\"; done"

    @Test("--nice lowers the level of every thread, and at 19 their priority at the disks too", arguments: [10, 19])
    func nice(level: Int) throws {
        let outcome = try pastfs.run(
            ["backup", "--nice", "\(level)", "--name", "x", "--stdin-from-command", "--", "sh", "-c", Self.threads])
        #expect(outcome.code == 0, "\(outcome.errors)")
        let lines = try pastfs.run(["cat", "latest:/x"]).lines
        #expect(lines.count > 2)
        #expect(lines.contains { $0.hasPrefix("(pastfs-seal") })
        for line in lines {
            let words = line.split(separator: " ")
            #expect(words[1] == "\(level)", "\(line)")
            #expect((words[2] == "idle") == (level == 19), "\(line)")
        }
    }

    @Test("--nice is for the hooks too, and nothing else makes a backup give way")
    func hooks() throws {
        try pastfs.writeSource()
        let outcome = try pastfs.run(
            ["backup", "--nice", "19", "--hook-before", "nice; ionice -p $$", pastfs.source.description])
        #expect(outcome.errors == "19\nidle\n")
        let plain = try pastfs.run(["backup", "--hook-before", "nice", pastfs.source.description])
        #expect(try plain.errors == pastfs.shell("nice").output)
    }

    @Test(
        "A limit makes a run take at least the time that its bytes are worth",
        arguments: ["--limit-read", "--limit-write"])
    func limit(option: String) throws {
        try pastfs.writeBulk(count: 3, bytes: 1 << 20)
        let clock = SystemMonotonicClock()
        let outcome = try pastfs.run(["backup", option, "2M", pastfs.source.description])
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(clock.seconds() >= 3.0 / 2 - RateLimit.burstSeconds)
    }

    @Test("A limit on reading is one on standard input too")
    func limitOfStream() throws {
        try pastfs.writeBulk(count: 1, bytes: 3 << 20)
        let clock = SystemMonotonicClock()
        let outcome = try pastfs.shell("$PASTFS backup --stdin --limit-read 2M < '\(pastfs.source)/bulk0'")
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(clock.seconds() >= 3.0 / 2 - RateLimit.burstSeconds)
    }
}
