import Testing

@Suite("pastfs prune")
struct PruneTests {
    private let pastfs: PastFS

    init() throws {
        pastfs = try PastFS.withSnapshot()
        let script = "head -c 300000 /dev/urandom | $PASTFS backup --stdin && $PASTFS forget latest"
        guard try pastfs.shell(script).code == 0 else { throw PastFS.Unprepared(reason: "no snapshot to prune") }
    }

    @Test("that deletes more than half is to be confirmed, and a dry run says so")
    func confirmation() throws {
        let dry = try pastfs.run(["prune", "-n"])
        #expect(dry.code == 0)
        #expect(dry.output.contains("that needs --confirm: 9"))
        #expect(try pastfs.run(["--json", "prune", "-n"]).output.contains(#""needs_confirmation":true"#))
        let refused = try pastfs.run(["prune"])
        #expect(refused.code == 14)
        #expect(refused.errors.contains("would be deleted; nothing was deleted"))
        #expect(try pastfs.run(["prune", "-n", "--confirm"]).output.contains("--confirm") == false)
        #expect(try pastfs.run(["prune", "--confirm"]).output.contains("deleted 1 snapshot"))
    }

    @Test("that has to wait for a run ends with 11 and says for which, and a dry run says so before")
    func waiting() throws {
        // The backup ends when the file appears that it waits for.
        let name = pastfs.directory.path.appending("go")
        let outcome = try pastfs.shell(
            """
            (until [[ -e \(name) ]]; do sleep 0.05; done) | $PASTFS backup --stdin &
            until [[ -e \(pastfs.repository)/sessions/3 ]]; do sleep 0.05; done
            $PASTFS prune -n --confirm; echo "dry $?"
            $PASTFS prune --confirm; echo "real $?"
            touch \(name); wait; $PASTFS prune --confirm; echo "again $?"
            """)
        #expect(outcome.output.contains("would have to wait for session 3, which began 2"))
        #expect(outcome.output.contains("\ndry 0\n"))
        #expect(outcome.output.contains("has to wait for session 3, which began 2"))
        #expect(outcome.output.contains("\nreal 11\n"))
        #expect(outcome.errors.contains("why: 1 run may need what would go"))
        #expect(outcome.output.contains("\nagain 0\n"))
    }
}
