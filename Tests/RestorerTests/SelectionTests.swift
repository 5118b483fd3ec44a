import BackupTestSupport
import Repository
import Restorer
import SystemInterface
import TestSupport
import Testing
import Writer

@Suite("What of a snapshot is restored, and to whom it goes")
struct SelectionTests {
    private let fixture: BackupFixture
    private let snapshot: Snapshot

    init() throws {
        fixture = try BackupFixture()
        for directory in ["letters/old", "music", "void"] {
            try FileSystem.makeDirectories(fixture.source.appending(directory))
        }
        for name in ["letters/a.txt", "letters/b.log", "letters/old/c.txt", "music/song", "readme.txt"] {
            try FileSystem.write(fixture.source.appending(name), Array(name.utf8))
        }
        snapshot = try fixture.backUp().committed()
    }

    private func restore(_ change: (inout RestoreOptions) -> Void) throws -> (FilePath, RestoreOutcome) {
        var options = RestoreOptions(path: fixture.source)
        change(&options)
        let path = fixture.directory.path.appending("restored")
        let run = RestoreRun(
            repository: fixture.repository, snapshot: snapshot, destination: path, options: options)
        return (path, try run.run())
    }

    /// Patterns and what they leave to restore.
    struct Case: Sendable, CustomTestStringConvertible {
        let includes: [String]
        let excludes: [String]
        let restored: [String]
        var testDescription: String { "\(includes) \(excludes)" }

        init(_ includes: [String], _ excludes: [String], _ restored: [String]) {
            self.includes = includes
            self.excludes = excludes
            self.restored = restored
        }
    }

    static let cases: [Case] = [
        Case(["*.txt"], [], ["letters", "letters/a.txt", "letters/old", "letters/old/c.txt", "readme.txt"]),
        Case(["/letters/old"], [], ["letters", "letters/old", "letters/old/c.txt"]),
        Case(["old/"], [], ["letters", "letters/old", "letters/old/c.txt"]),
        Case(["letters"], ["*.txt"], ["letters", "letters/b.log", "letters/old"]),
        Case(["void"], [], ["void"]),
        Case([], ["letters"], ["music", "music/song", "readme.txt", "void"]),
        Case(
            [], ["*.txt", "!readme.txt", "/music"], ["letters", "letters/b.log", "letters/old", "readme.txt", "void"]),
        Case(["nothing"], [], []),
    ]

    @Test("Patterns choose, and directories are made for what is in them", arguments: cases)
    func patterns(_ example: Case) throws {
        let (path, outcome) = try restore {
            $0.includes = example.includes
            $0.excludes = example.excludes
        }
        #expect(outcome.problems.isEmpty)
        #expect(
            try FileTree(path).items.keys.map(\.description).sorted() == (["."] + example.restored).sorted())
        // A directory that was made on the way has its own attributes nevertheless.
        let saved = try FileTree(fixture.source)
        for (path, item) in try FileTree(path).items { #expect(saved.items[path] == item, "\(path)") }
    }

    @Test("A pattern that cannot be read is refused before anything is made")
    func badPattern() throws {
        let error = #expect(throws: RestoreError.self) { _ = try restore { $0.excludes = ["[x"] } }
        #expect(error?.code == .invalidArgument)
        #expect(try !FileSystem.exists(fixture.directory.path.appending("restored")))
    }

    @Test(
        "Owners are mapped by number and by name, and left alone where that is wanted",
        .enabled(if: Host.effectiveUserID == 0, "needs root, to give files away"))
    func owners() throws {
        let name = try #require(Accounts.userName(0))
        let (path, _) = try restore {
            $0.owners.users = [.name(name): 1234]
            $0.owners.groups = [.number(0): 4321]
        }
        let status = try FileSystem.status(path.appending("letters/a.txt"))
        #expect(status.userID == 1234)
        #expect(status.groupID == 4321)
        #expect(try FileSystem.status(path.appending("letters")).userID == 1234)
    }

    @Test(
        "Set-ID bits go where owners are not restored",
        .enabled(if: Host.effectiveUserID == 0, "needs root, to give files away"))
    func noOwners() throws {
        let file = fixture.source.appending("setid")
        try FileSystem.write(file, [1])
        let here = FileDescriptor.workingDirectory
        try here.setOwnerAt(file.bytes, userID: 1234, groupID: 1234)
        try here.setPermissionsAt(file.bytes, 0o6755)
        let saved = try fixture.backUp().committed()
        var options = RestoreOptions(path: fixture.source)
        options.owners.method = .none
        let path = fixture.directory.path.appending("none")
        _ = try RestoreRun(
            repository: fixture.repository, snapshot: saved, destination: path, options: options
        ).run()
        let status = try FileSystem.status(path.appending("setid"))
        #expect(status.userID == 0)
        #expect(status.permissions == 0o755)
    }

    @Test("Every file is read back where that is wanted")
    func verified() throws {
        let (path, outcome) = try restore { $0.verifies = true }
        #expect(outcome.statistics.verified == 5)
        #expect(outcome.problems.isEmpty)
        #expect(try FileTree(path).differences(from: FileTree(fixture.source)) == [])
    }
}
