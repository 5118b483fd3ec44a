import SystemInterface
import Testing

@Suite(
    "Commands where a disk fails under one record for good", .enabled(if: FaultyMount.isPossible),
    .timeLimit(.minutes(20)))
struct FailingRecordCommandTests {
    private let failing: FailingRepository
    private var pastfs: PastFS { failing.pastfs }
    private var mount: FaultyMount { failing.mount }
    /// The identifiers of the snapshots, the oldest first.
    private var all: [String] { failing.snapshots }

    init() throws {
        failing = try FailingRepository(snapshots: 2)
    }

    private func run(_ arguments: String...) throws -> PastFS.Outcome { try failing.run(arguments) }

    @Test(
        "a hold: those of other snapshots are listed all the same, and can be released",
        arguments: [".1", ".1.released"])
    func hold(record: String) throws {
        #expect(try run("hold", "add", all[0], "--reason", "why").code == 0)
        #expect(try run("hold", "release", "\(all[0]).1").code == 0)
        #expect(try run("hold", "add", all[1], "--reason", "because").code == 0)
        try mount.addRule("open", for: all[0] + record)
        let list = try run("hold", "list")
        #expect(list.code == 13, "\(list.errors)")
        #expect(list.lines.count == 2 && list.output.contains("because"))
        #expect(list.errors.contains("warning: the holds of snapshot \(all[0].prefix(8)) are left out: "))
        #expect(try run("hold", "list", all[1]).code == 0)
        #expect(try run("hold", "list", all[0]).code == 1)
        let release = try run("hold", "release", "\(all[1]).1")
        #expect(release.code == 0, "\(release.errors)")
        #expect(try run("hold", "release", "\(all[0]).1").code == 1)
    }

    @Test("the manifest of a snapshot that its session alone has: a backup goes on, and nobody takes that for hidden")
    func manifest() throws {
        let repository = mount.behind.appending("repository")
        try FileSystem.remove(repository.appending("snapshots").appending(all[0]))
        try mount.addRule("open", for: "1.snapshot")
        let backup = try run("backup", pastfs.source.description)
        #expect(backup.code == 0, "\(backup.errors)")
        #expect(backup.errors.contains("warning: snapshot \(all[0].prefix(8)) of session 1"))
        // What it needs is not known, so nothing goes.
        let prune = try run("prune", "--confirm")
        #expect(prune.code == 1, "\(prune.errors)")
        try mount.removeRules()
        #expect(try run("prune", "--confirm").code == 0)
        #expect(try FileSystem.exists(repository.appending("snapshots").appending(all[0])))
        #expect(try run("check").code == 0)
    }
}
