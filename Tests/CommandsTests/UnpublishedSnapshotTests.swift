import SystemInterface
import Testing

/// A backup ended after its outcome and before `snapshots/<id>`, or that was lost: its session alone has the manifest.
@Suite("A snapshot that its session alone has")
struct UnpublishedSnapshotTests {
    private let pastfs: PastFS
    /// The identifiers of two snapshots, the oldest first, of which the first is not published.
    private var all: [String] = []

    init() throws {
        pastfs = try PastFS.withSnapshot()
        #expect(try pastfs.run(["backup", pastfs.source.description]).code == 0)
        all = try shown()
        try #require(all.count == 2)
        try FileSystem.remove(pastfs.repository.appending("snapshots").appending(all[0]))
        #expect(try shown() == all)
    }

    private func shown() throws -> [String] {
        try JSONLines.parse(try pastfs.run(["--json", "snapshots"]).output).compactMap { $0.strings["id"] }
    }

    private func isPublished() throws -> Bool {
        try FileSystem.exists(pastfs.repository.appending("snapshots").appending(all[0]))
    }

    @Test("is published by a prune, and not by a dry run")
    func prune() throws {
        #expect(try pastfs.run(["prune", "-n"]).code == 0)
        #expect(try !isPublished())
        #expect(try pastfs.run(["prune"]).code == 0)
        #expect(try isPublished())
        #expect(try pastfs.run(["check"]).code == 0)
        #expect(try shown() == all)
    }

    @Test("is forgotten by a policy that does not keep it, or by name", arguments: [true, false])
    func forget(isPolicy: Bool) throws {
        let outcome = try pastfs.run(isPolicy ? ["forget", "--keep-last", "1"] : ["forget", all[0]])
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("forgot 1 of 2 snapshots"))
        #expect(try shown() == [all[1]])
        #expect(try pastfs.run(["prune", "--confirm"]).output.contains("deleted 1 snapshot"))
        #expect(try !isPublished())
    }

    @Test("can be held")
    func hold() throws {
        let outcome = try pastfs.run(["hold", "add", all[0], "--reason", "why"])
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(try isPublished())
        #expect(try pastfs.run(["forget", all[0]]).code == 14)
    }
}
