import SystemInterface
import TestSupport
import Testing

@Suite(
    "A policy where a disk fails under one record", .enabled(if: FaultyMount.isPossible), .timeLimit(.minutes(20)))
struct FailingRecordPolicyTests {
    private let failing: FailingRepository
    private var pastfs: PastFS { failing.pastfs }
    private var mount: FaultyMount { failing.mount }
    /// The identifiers of the snapshots, the oldest first.
    private var all: [String] { failing.snapshots }

    init() throws {
        failing = try FailingRepository(snapshots: 3)
    }

    private func run(_ arguments: String...) throws -> PastFS.Outcome { try failing.run(arguments) }

    private func shown(_ options: String...) throws -> [String] {
        try mount.removeRules()
        let outcome = try failing.run(["--json", "snapshots"] + options)
        return try JSONLines.parse(outcome.output).compactMap { $0.strings["id"] }
    }

    @Test("once: the tombstone of the newest. It keeps the one before that")
    func once() throws {
        #expect(try run("forget", all[2]).code == 0)
        try mount.addRule("open 5 1", for: "\(all[2]).1")
        #expect(try run("forget", "--keep-last", "1").code == 0)
        #expect(try shown() == [all[1]])
    }

    @Test(
        "for good: the tombstone of any. It stays, takes no place, and keeps no other from being forgotten",
        arguments: [0, 2])
    func forGood(number: Int) throws {
        #expect(try run("forget", all[number]).code == 0)
        try mount.addRule("open", for: "\(all[number]).1")
        for _ in 0..<2 {
            let outcome = try run("forget", "--keep-last", "1")
            #expect(outcome.code == 0, "\(outcome.errors)")
            let line = outcome.lines.first { $0.hasPrefix(all[number].prefix(8)) }
            #expect(line?.hasSuffix("  cannot tell whether it is forgotten") == true, "\(outcome.output)")
            #expect(outcome.errors.contains("nobody can tell whether snapshot \(all[number].prefix(8)) is forgotten"))
        }
        #expect(try shown() == [number == 0 ? all[2] : all[1]])
        #expect(try run("forget", "--undo", all[number]).code == 0)
    }

    @Test("and a bit of a tombstone is another: the snapshot stays until it is named")
    func flipped() throws {
        #expect(try run("forget", all[2]).code == 0)
        let object = mount.behind.appending("repository").appending("tombstones").appending("\(all[2]).1")
        try Injury.flipped.apply(to: object, of: pastfs)
        #expect(try run("forget", "--keep-last", "1").code == 0)
        #expect(try shown() == [all[1], all[2]])
        #expect(try run("forget", all[2]).code == 0)
        #expect(try shown() == [all[1]])
    }

    @Test("for good: a hold, or its release, of a snapshot that is gone", arguments: [".1", ".1.released"])
    func holdOfGone(record: String) throws {
        #expect(try run("hold", "add", all[0], "--reason", "why").code == 0)
        #expect(try run("hold", "release", "\(all[0]).1").code == 0)
        #expect(try run("forget", all[0]).code == 0)
        #expect(try run("prune", "--confirm").code == 0)
        try mount.addRule("open", for: all[0] + record)
        #expect(try run("forget", "--keep-last", "1", "-n").code == 0)
        let outcome = try run("forget", "--keep-last", "1")
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(try shown() == [all[2]])
        try mount.addRule("open", for: all[0] + record)
        #expect(try run("backup", pastfs.source.description).code == 0)
    }

    @Test("for good: a hold of a snapshot that would go. That stays")
    func hold() throws {
        #expect(try run("hold", "add", all[0], "--reason", "why").code == 0)
        #expect(try run("hold", "release", "\(all[0]).1").code == 0)
        try mount.addRule("open", for: "\(all[0]).1")
        let outcome = try run("forget", "--keep-last", "1")
        #expect(outcome.code == 0)
        #expect(outcome.errors.contains("snapshot \(all[0].prefix(8)) is taken for one that is held"))
        #expect(outcome.lines.contains { $0.hasPrefix(all[0].prefix(8)) && $0.hasSuffix("keep    held") })
        #expect(try shown() == [all[0], all[2]])
    }

    @Test("for good: the end of a tombstone of a snapshot that is gone. Nobody takes that for hidden")
    func endOfGone() throws {
        #expect(try run("forget", all[0]).code == 0)
        #expect(try run("prune", "--confirm").code == 0)
        try mount.addRule("open", for: "\(all[0]).1.final")
        for arguments in [
            ["backup", pastfs.source.description], ["hold", "add", "latest", "--reason", "why"],
            ["prune", "--confirm"], ["backup", pastfs.source.description], ["forget", "--keep-last", "1"],
        ] {
            let outcome = try pastfs.run(
                arguments, environment: ["PASTFS_REPOSITORY": mount.path.appending("repository").description])
            #expect(outcome.code == 0, "\(arguments): \(outcome.errors)")
        }
    }
}
