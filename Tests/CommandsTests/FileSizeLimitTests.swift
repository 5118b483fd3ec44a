import SystemInterface
import TestSupport
import Testing

@Suite("A limit of the sizes of files")
struct FileSizeLimitTests {
    @Test(
        "is an error that says so, with nothing committed, and what comes after a backup runs",
        .enabled(if: Sanitizer.beginsWithoutFiles))
    func backup() throws {
        let pastfs = try PastFS()
        try pastfs.writeBulk(count: 1, bytes: 1 << 20)
        let outcome = try pastfs.shell(
            "ulimit -f 64; exec \"$PASTFS\" backup --hook-after 'echo after >&2' '\(pastfs.source)'")
        #expect(outcome.code == 1)
        #expect(outcome.errors.contains("a limit of the process takes no file of this size"), "\(outcome.errors)")
        #expect(outcome.errors.contains("after\n"))
        #expect(try pastfs.objects(in: "snapshots").isEmpty)
        #expect(try pastfs.run(["backup", pastfs.source.description]).code == 0)
        #expect(try pastfs.run(["check", "--read-data"]).code == 0)
    }

    @Test("ends a program that is started as it ends any")
    func hook() throws {
        let pastfs = try PastFS()
        try pastfs.writeSource()
        let hook = "ulimit -f 0; echo text >'\(pastfs.directory.path)/file'"
        let outcome = try pastfs.run(["backup", "--hook-before", hook, pastfs.source.description])
        #expect(outcome.code == 1)
        #expect(outcome.errors.contains("--hook-before ended with 153"), "\(outcome.errors)")
    }

    @Test(
        "that keeps the keys from being made is no reason to put them back", .enabled(if: Sanitizer.beginsWithoutFiles))
    func keys() throws {
        let pastfs = try PastFS(isReady: false)
        // What is written to a pipe has no limit.
        let outcome = try pastfs.shell(
            "(ulimit -f 0; exec \"$PASTFS\" init --kdf-log-n 10 2>&1) | cat; exit ${PIPESTATUS[0]}")
        #expect(outcome.code == 1)
        #expect(outcome.output.contains("(EFBIG"), "\(outcome.output)")
        #expect(!outcome.output.contains("put this object back"), "\(outcome.output)")
        #expect(try pastfs.run(["init", "--kdf-log-n", "10"]).code == 0)
    }
}
