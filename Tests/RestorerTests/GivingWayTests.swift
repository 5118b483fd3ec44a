import BackupTestSupport
import Repository
import Restorer
import SystemInterface
import Testing
import Writer

/// A directory stands where the snapshot has something else, and would give way to it.
@Suite("A directory in the way of a restore that removes")
struct GivingWayTests {
    private let fixture: BackupFixture
    private var source: FilePath { fixture.source }

    init() throws {
        fixture = try BackupFixture()
        try FileSystem.write(source.appending("build"), [1])
        try FileSystem.write(source.appending("other"), [1])
    }

    private func restore(
        _ snapshot: Snapshot, _ change: (inout RestoreOptions) -> Void = { _ in }
    ) throws -> RestoreOutcome {
        var options = RestoreOptions(path: source, overwriting: .ifChanged)
        options.deletes = true
        change(&options)
        return try RestoreRun(
            repository: fixture.repository, snapshot: snapshot, destination: source, options: options
        ).run()
    }

    private func putDirectory() throws {
        try FileSystem.remove(source.appending("build"))
        try FileSystem.makeDirectories(source.appending("build"))
        try FileSystem.write(source.appending("build/mine"), [1])
    }

    @Test(
        "stays if a pattern leaves it out, one of the backup or of the restore, and a dry run says so",
        arguments: [true, false], ["file", "further name"])
    func patterns(isOfBackup: Bool, kind: String) throws {
        if kind == "further name" {
            let first = source.appending("above")
            try FileDescriptor.workingDirectory.linkAt(
                source.appending("build").bytes, to: .workingDirectory, first.bytes)
        }
        let snapshot = try fixture.backUp { if isOfBackup { $0.excludes = ["build/"] } }.committed()
        try putDirectory()
        for isDryRun in [true, false] {
            let outcome = try restore(snapshot) {
                $0.isDryRun = isDryRun
                if !isOfBackup { $0.excludes = ["build/"] }
            }
            #expect(outcome.problems.map(\.path) == [source.appending("build")])
            #expect(outcome.problems.allSatisfy { $0.reason.contains("that a pattern leaves out") })
            #expect(outcome.statistics.deleted == 0)
            #expect(try FileSystem.exists(source.appending("build/mine")))
        }
    }

    @Test("goes if nothing leaves it out")
    func gives() throws {
        let snapshot = try fixture.backUp { $0.excludes = ["/below/build/"] }.committed()
        try putDirectory()
        #expect(try restore(snapshot).problems.isEmpty)
        #expect(try FileSystem.status(source.appending("build")).type == .regular)
    }
}
