import BackupTestSupport
import Repository
import Restorer
import SystemInterface
import TestSupport
import Testing
import Writer

@Suite("What a restore does to what is there already")
struct OverwritingTests {
    private let fixture: BackupFixture
    private let snapshot: Snapshot
    private let destination: FilePath
    private static let saved = Timestamp(seconds: 1_000_000_000, nanoseconds: 7)

    init() throws {
        fixture = try BackupFixture()
        try FileSystem.makeDirectories(fixture.source.appending("directory"))
        for name in ["directory/file", "top"] {
            try Self.write(fixture.source.appending(name), "saved", Self.saved)
        }
        snapshot = try fixture.backUp().committed()
        destination = try fixture.directory.makeDirectory("destination")
    }

    private static func write(_ path: FilePath, _ text: String, _ time: Timestamp) throws {
        try FileSystem.write(path, Array(text.utf8))
        try FileDescriptor.workingDirectory.setTimesAt(path.bytes, accessed: nil, modified: time)
    }

    private func restore(
        _ policy: RestoreOptions.Overwriting?, _ change: (inout RestoreOptions) -> Void = { _ in }
    ) throws -> RestoreOutcome {
        var options = RestoreOptions(path: fixture.source, overwriting: policy)
        change(&options)
        return try RestoreRun(
            repository: fixture.repository, snapshot: snapshot, destination: destination, options: options
        ).run()
    }

    private func read(_ name: String) throws -> String {
        String(decoding: try FileSystem.read(destination.appending(name), atMost: 1000), as: UTF8.self)
    }

    private func names() throws -> [String] {
        try FileDescriptor.open(destination, [.readOnly, .directory]).directoryEntries()
            .map { FilePath($0.name).description }.sorted()
    }

    /// What stands there, and under which policies it is replaced.
    struct Case: Sendable, CustomTestStringConvertible {
        let text: String
        let seconds: Int64
        let replacedBy: Set<RestoreOptions.Overwriting>
        var testDescription: String { "\(text) \(seconds)" }
    }

    static let cases = [
        Case(text: "other", seconds: -10, replacedBy: [.always, .ifChanged, .ifNewer]),
        Case(text: "other", seconds: 10, replacedBy: [.always, .ifChanged]),
        Case(text: "other", seconds: 0, replacedBy: [.always]),
        Case(text: "longer than saved", seconds: 0, replacedBy: [.always, .ifChanged]),
    ]

    @Test("A file is replaced as the policy says", arguments: cases, RestoreOptions.Overwriting.allCases)
    func policies(_ example: Case, _ policy: RestoreOptions.Overwriting) throws {
        let time = Timestamp(seconds: Self.saved.seconds + example.seconds, nanoseconds: Self.saved.nanoseconds)
        try Self.write(destination.appending("top"), example.text, time)
        let outcome = try restore(policy)
        #expect(outcome.problems.isEmpty)
        let isReplaced = example.replacedBy.contains(policy)
        #expect(try read("top") == (isReplaced ? "saved" : example.text))
        #expect(outcome.statistics.replaced == (isReplaced ? 1 : 0))
        #expect(outcome.statistics.kept == (isReplaced ? 0 : 1))
        #expect(try read("directory/file") == "saved", "what is missing is restored by every policy")
        #expect(try names() == ["directory", "top"])
    }

    @Test("A second run that replaces what changed writes nothing, and mends permissions alone")
    func secondRun() throws {
        #expect(try restore(nil).statistics.files == 2)
        let path = destination.appending("top")
        let inode = try FileSystem.status(path).inode
        try FileDescriptor.workingDirectory.setPermissionsAt(path.bytes, 0o711)
        let outcome = try restore(.ifChanged)
        #expect(outcome.statistics.files == 0)
        #expect(outcome.statistics.bytes == 0)
        #expect(outcome.statistics.kept == 2)
        #expect(try FileSystem.status(path).inode == inode)
        let differences = try FileTree(destination).differences(from: FileTree(fixture.source))
        #expect(differences.filter { !$0.hasPrefix(".:") } == [])
    }

    @Test("Attributes that the snapshot does not have are a difference")
    func attributes() throws {
        _ = try restore(nil)
        let file = try FileDescriptor.open(destination.appending("top"), .readWrite)
        try ExtendedAttributes.set(Array("user.mine".utf8), to: [1], at: file)
        #expect(try restore(.ifChanged).statistics.replaced == 1)
        let restored = try FileDescriptor.open(destination.appending("top"))
        #expect(try ExtendedAttributes.list(at: restored).isEmpty)
    }

    @Test("With verification a file of the same size and time is compared by its bytes")
    func verification() throws {
        try Self.write(destination.appending("top"), "SAVED", Self.saved)
        let outcome = try restore(.ifChanged) { $0.verifies = true }
        #expect(outcome.statistics.replaced == 1)
        #expect(outcome.statistics.verified == 2)
        #expect(try read("top") == "saved")
    }

    @Test("A dry run tells what would be done, and does nothing", arguments: [true, false])
    func dryRun(_ isThere: Bool) throws {
        if isThere {
            try Self.write(destination.appending("top"), "other", Self.saved)
            try FileSystem.write(destination.appending("mine"), [1])
        } else {
            try FileSystem.remove(destination, directory: true)
        }
        let outcome = try restore(.always) {
            $0.isDryRun = true; $0.deletes = true
        }
        #expect(outcome.statistics.files == 2)
        #expect(outcome.statistics.directories == 2)
        #expect(outcome.statistics.bytes == 10)
        #expect(outcome.statistics.replaced == (isThere ? 1 : 0))
        #expect(outcome.statistics.deleted == (isThere ? 1 : 0))
        #expect(try FileSystem.exists(destination) == isThere)
        if isThere {
            #expect(try names() == ["mine", "top"])
            #expect(try read("top") == "other")
        }
    }

    @Test("What an interrupted run left under a temporary name is gone after the next", arguments: [false, true])
    func leftOver(_ deletes: Bool) throws {
        _ = try restore(.always)
        let before = try names()
        let name = ".pastfs-restore-0123456789abcdef"
        for directory in ["", "directory/"] {
            try FileSystem.write(destination.appending(directory + name), Array("half".utf8))
        }
        let dry = try restore(.always) {
            $0.deletes = deletes; $0.isDryRun = true
        }
        #expect(dry.statistics.deleted == 0)
        #expect(try names() == [name] + before)
        let outcome = try restore(.always) { $0.deletes = deletes }
        #expect(outcome.problems.isEmpty)
        #expect(outcome.statistics.deleted == 0)
        #expect(try names() == before)
        #expect(try !FileSystem.exists(destination.appending("directory/" + name)))
    }

    @Test("What another run is at work on is no leftover, nor what only looks like one", arguments: [true, false])
    func atWork(_ deletes: Bool) throws {
        var names = [".pastfs-restore-0123456789abcdef"]
        // What only looks like one goes as anything that the snapshot does not have.
        if !deletes { names += [".pastfs-restore-mine", ".pastfs-restore-0123456789abcdefg"] }
        for name in names { try FileSystem.write(destination.appending(name), Array("half".utf8)) }
        let file = try FileDescriptor.open(destination.appending(names[0]))
        #expect(try file.tryLock(exclusive: true))
        let outcome = try restore(.always) { $0.deletes = deletes }
        #expect(outcome.problems.isEmpty && outcome.statistics.deleted == 0)
        #expect(try self.names() == names.sorted() + ["directory", "top"])
        // Not by closing it: a program that another test starts at that moment has it, too, until it runs.
        try file.unlock()
        #expect(try restore(.always) { $0.deletes = deletes }.problems.isEmpty)
        #expect(try self.names() == names.dropFirst().sorted() + ["directory", "top"])
    }

    @Test("The destination gets its attributes though the run that made it was interrupted")
    func resumesDestination() throws {
        try FileDescriptor.workingDirectory.setPermissionsAt(fixture.source.bytes, 0o751)
        let snapshot = try fixture.backUp().committed()
        let path = fixture.directory.path.appending("new")
        let options = RestoreOptions(path: fixture.source, overwriting: .ifChanged)
        let stopped = RestoreRun(
            repository: fixture.repository, snapshot: snapshot, destination: path, options: options)
        stopped.cancel()
        #expect(throws: RestoreError.self) { try stopped.run() }
        #expect(try FileSystem.status(path).permissions == 0o700)
        _ = try RestoreRun(
            repository: fixture.repository, snapshot: snapshot, destination: path, options: options
        ).run()
        #expect(try FileTree(path).differences(from: FileTree(fixture.source)) == [])
    }
}
