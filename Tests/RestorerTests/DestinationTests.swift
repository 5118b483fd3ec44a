import BackupTestSupport
import Repository
import Restorer
import SystemInterface
import TestSupport
import Testing
import Writer

@Suite("Where a restore puts things")
struct DestinationTests {
    let fixture: BackupFixture
    private let snapshot: Snapshot
    private let destination: FilePath
    private var here: FileDescriptor { .workingDirectory }

    init() throws {
        fixture = try BackupFixture()
        try FileSystem.makeDirectories(fixture.source.appending("directory"))
        try FileSystem.write(fixture.source.appending("directory/file"), Array("saved".utf8))
        try FileSystem.write(fixture.source.appending("top"), Array("saved".utf8))
        let first = fixture.source.appending("top")
        try FileDescriptor.workingDirectory.linkAt(
            first.bytes, to: .workingDirectory, fixture.source.appending("top2").bytes)
        snapshot = try fixture.backUp().committed()
        destination = try fixture.directory.makeDirectory("destination")
    }

    @discardableResult
    private func restore(_ path: FilePath? = nil, overwriting: RestoreOptions.Overwriting? = nil) throws
        -> RestoreOutcome
    {
        try RestoreRun(
            repository: fixture.repository, snapshot: snapshot, destination: destination,
            options: RestoreOptions(path: path ?? fixture.source, overwriting: overwriting)
        ).run()
    }

    private func read(_ path: FilePath) throws -> String? {
        String(validating: try FileSystem.read(path, atMost: 1000), as: UTF8.self)
    }

    @Test("A directory's content lands in the destination, and what was there keeps its attributes")
    func intoExisting() throws {
        let time = Timestamp(seconds: 12345)
        try here.setPermissionsAt(destination.bytes, 0o751)
        try here.setTimesAt(destination.bytes, accessed: nil, modified: time)
        let outcome = try restore()
        #expect(outcome.statistics.files == 2)
        #expect(outcome.statistics.hardLinks == 1)
        #expect(outcome.statistics.directories == 2)
        #expect(outcome.statistics.bytes == 10)
        #expect(try read(destination.appending("directory/file")) == "saved")
        #expect(try FileSystem.status(destination).permissions == 0o751)
    }

    @Test("A file lands in the destination under its name")
    func file() throws {
        try restore(fixture.source.appending("directory/file"))
        #expect(try read(destination.appending("file")) == "saved")
    }

    @Test("What the snapshot does not have is said so", arguments: ["missing", "top/below", "directory/file/x"])
    func missing(_ name: String) throws {
        let error = #expect(throws: RestoreError.self) { try restore(fixture.source.appending(name)) }
        #expect(error?.code == .noSuchPath)
    }

    @Test("A destination that holds something is refused, and stays as it was")
    func refusesNonEmpty() throws {
        try FileSystem.write(destination.appending("mine"), [1])
        let error = #expect(throws: RestoreError.self) { try restore() }
        #expect(error?.code == .destinationNotEmpty)
        #expect(try destinationNames() == ["mine"])
    }

    @Test("A destination that is a file is refused")
    func refusesFile() throws {
        try FileSystem.remove(destination, directory: true)
        try FileSystem.write(destination, [1])
        let error = #expect(throws: RestoreError.self) { try restore() }
        #expect(error?.code == .destination)
    }

    @Test("Where it may, a restore replaces files and joins directories")
    func overwrites() throws {
        try FileSystem.makeDirectories(destination.appending("directory"))
        try FileSystem.write(destination.appending("directory/file"), Array("older".utf8))
        try FileSystem.write(destination.appending("directory/mine"), Array("mine".utf8))
        try FileSystem.write(destination.appending("top"), Array("older".utf8))
        try FileSystem.write(destination.appending("top2"), Array("older".utf8))
        let outcome = try restore(overwriting: .always)
        #expect(outcome.problems.isEmpty)
        #expect(try read(destination.appending("directory/file")) == "saved")
        #expect(try read(destination.appending("directory/mine")) == "mine")
        #expect(try read(destination.appending("top2")) == "saved")
        #expect(try FileSystem.status(destination.appending("top")).linkCount == 2)
        #expect(try destinationNames() == ["directory", "top", "top2"])
        // And again over what it has made itself.
        #expect(try restore(overwriting: .always).problems.isEmpty)
        #expect(try FileSystem.status(destination.appending("top")).linkCount == 2)
        #expect(try destinationNames() == ["directory", "top", "top2"])
    }

    @Test("A link that lies in the destination is replaced and never followed")
    func followsNoLink() throws {
        let victim = try fixture.directory.makeDirectory("victim")
        try FileSystem.write(victim.appending("file"), Array("mine".utf8))
        try here.symbolicLinkAt(destination.appending("directory").bytes, target: victim.bytes)
        try here.symbolicLinkAt(destination.appending("top").bytes, target: victim.appending("file").bytes)
        #expect(try restore(overwriting: .always).problems.isEmpty)
        #expect(try read(victim.appending("file")) == "mine")
        #expect(try FileSystem.status(destination.appending("directory")).type == .directory)
        #expect(try FileSystem.status(destination.appending("top")).type == .regular)
        #expect(try read(destination.appending("directory/file")) == "saved")
    }

    @Test("A directory never gives way to a file: that is a problem, and nothing is left beside it")
    func keepsDirectory() throws {
        try FileSystem.makeDirectories(destination.appending("top"))
        try FileSystem.write(destination.appending("top/mine"), Array("mine".utf8))
        let outcome = try restore(overwriting: .always)
        #expect(outcome.problems.map(\.path) == [fixture.source.appending("top")])
        #expect(outcome.damagedCount == 0)
        #expect(try read(destination.appending("top/mine")) == "mine")
        #expect(try destinationNames() == ["directory", "top", "top2"])
    }

    @Test("A cancelled restore stops")
    func cancels() throws {
        let run = RestoreRun(repository: fixture.repository, snapshot: snapshot, destination: destination)
        run.cancel()
        let error = #expect(throws: RestoreError.self) { try run.run() }
        #expect(error?.code == .cancelled)
    }

    private func destinationNames() throws -> [String] {
        try FileDescriptor.open(destination, [.readOnly, .directory]).directoryEntries()
            .map { FilePath($0.name).description }.sorted()
    }
}
