import SystemInterface
import TestSupport
import Testing

@Suite("A loss of power without one kind of fsync", .enabled(if: RecordingMount.isPossible))
struct OmittedSyncTests {
    private static let omitted = [
        OmittedSync(folder: "keys", isOfFiles: true), OmittedSync(folder: "packs", isOfFiles: true),
        OmittedSync(folder: "index", isOfFiles: true), OmittedSync(folder: "snapshots", isOfFiles: true),
        OmittedSync(folder: "format", isOfFiles: true), OmittedSync(folder: "keys", isOfFiles: false),
        OmittedSync(folder: "packs", isOfFiles: false), OmittedSync(folder: "snapshots", isOfFiles: false),
        OmittedSync(folder: nil, isOfFiles: false), OmittedSync(folder: "..", isOfFiles: false),
    ]

    @Test("is found", arguments: omitted)
    func isFound(_ omitted: OmittedSync) throws {
        let recording = try Recording(commands: Scenario.backups.commands, seed: 1, on: .unnamedFiles)
        var loss = PowerLoss(
            recording: recording, images: CrashImages(enumeratedMax: 64, drawn: 8, tornVersions: 2), seed: 1)
        loss.omitted = omitted
        loss.stopsAtProblem = true
        let problems = try loss.run().problems
        #expect(!problems.isEmpty)
    }

    @Test("costs no snapshot where it is that of the index's names: packs are read instead, and `check` tells")
    func index() throws {
        let recording = try Recording(commands: Scenario.backups.commands, seed: 1, on: .unnamedFiles)
        var loss = PowerLoss(
            recording: recording, images: CrashImages(enumeratedMax: 16, drawn: 4, tornVersions: 2), seed: 1)
        loss.omitted = OmittedSync(folder: "index", isOfFiles: false)
        let problems = try loss.run().problems
        #expect(!problems.isEmpty)
        #expect(problems.filter { !$0.contains(": check: packs/") } == [])
    }
}
