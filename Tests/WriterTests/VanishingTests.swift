import BackupTestSupport
import Repository
import SystemInterface
import TestSupport
import Testing
import Writer

@Suite("Directories that vanish under a run")
struct VanishingTests {
    let fixture: BackupFixture

    init() throws {
        fixture = try BackupFixture()
    }

    private func write(_ name: String) throws -> FilePath {
        let path = fixture.source.appending(name)
        try FileSystem.makeDirectories(path.parent)
        // Large enough for the walk to read it itself: it goes on while smaller ones are read.
        try FileSystem.write(path, [UInt8](repeating: 1, count: 100_000))
        return path
    }

    /// Saves, and removes things as soon as the walk has come to `path`.
    private func backUp(removingAt path: FilePath, files: [FilePath], directories: [FilePath]) throws -> BackupOutcome {
        let observer = Remover(at: path) {
            for file in files { try? FileSystem.remove(file) }
            for directory in directories { try? FileSystem.remove(directory, directory: true) }
        }
        return try fixture.makeBackup(observer: observer).run()
    }

    @Test("One that is gone when its turn comes is counted, and is no problem")
    func before() throws {
        let first = try write("a/first")
        let gone = try write("z/gone")
        let outcome = try backUp(removingAt: first, files: [gone], directories: [gone.parent])
        #expect(outcome.vanishedCount == 1)
        #expect(outcome.problems.isEmpty)
        #expect(try fixture.names(fixture.source, in: outcome.committed()) == ["a"])
    }

    /// Saves a directory from which files are taken while the walk is in it, and some of them put back before it ends.
    private func backUp(files count: Int, puttingBack returning: Int) throws -> BackupOutcome {
        let first = try write("d/1")
        let gone = (1...count).map { first.parent.appending("5-\($0)") }
        for path in gone { try FileSystem.write(path, Array("before".utf8)) }
        let last = try write("d/last")
        let remover = Remover(at: first) { for path in gone { try? FileSystem.remove(path) } }
        let observer = Remover(at: last) {
            for path in gone.prefix(returning) { try? FileSystem.write(path, [1]) }
        }
        let outcome = try fixture.makeBackup(observer: Both(remover, observer)).run()
        #expect(try fixture.names(first.parent, in: outcome.committed()) == ["1", "last"])
        return outcome
    }

    @Test("Files that are gone from a directory that stays are counted, and are no problem")
    func files() throws {
        let outcome = try backUp(files: 39, puttingBack: 0)
        #expect(outcome.vanishedCount == 39)
        #expect(outcome.problems.isEmpty)
    }

    @Test("Files that have come back when their directory is done are problems: they were there before, and are now")
    func comingBack() throws {
        let outcome = try backUp(files: 39, puttingBack: 38)
        #expect(outcome.vanishedCount == 1)
        #expect(outcome.problems.count == 38)
        #expect(outcome.problems.allSatisfy { $0.reason.contains("is there again") })
    }

    @Test("One that goes while the walk is in it is kept as far as it was read")
    func within() throws {
        let first = try write("d/1")
        let second = try write("d/2")
        let last = try write("e")
        let outcome = try backUp(removingAt: first, files: [first, second], directories: [first.parent])
        #expect(outcome.vanishedCount == 1)
        #expect(outcome.problems.isEmpty)
        #expect(try fixture.names(first.parent, in: outcome.committed()) == ["1"])
        #expect(try fixture.entry(last, in: outcome.committed()) != nil)
    }

    @Test("One that was named is a problem, and the rest is saved")
    func named() throws {
        let first = try write("a/first")
        let gone = try write("z/gone")
        let observer = Remover(at: first) {
            try? FileSystem.remove(gone)
            try? FileSystem.remove(gone.parent, directory: true)
        }
        let outcome = try fixture.makeBackup(observer: observer) { $0.paths = [first.parent, gone.parent] }.run()
        #expect(outcome.problems.map(\.path) == [gone.parent])
        #expect(try fixture.names(fixture.source, in: outcome.committed()) == ["a"])
    }
}

/// Removes things on the run's own thread, when the walk has come to a path.
private final class Remover: BackupObserver {
    private let path: FilePath
    private let remove: @Sendable () -> Void

    init(at path: FilePath, _ remove: @escaping @Sendable () -> Void) {
        self.path = path
        self.remove = remove
    }

    func backupAdvanced(_ progress: BackupProgress) {
        if progress.path == path { remove() }
    }

    func backupMet(_ problem: SnapshotProblem) {}
    func backupIsFinishing() {}
}

/// Tells two observers.
private final class Both: BackupObserver {
    private let first: any BackupObserver
    private let second: any BackupObserver

    init(_ first: any BackupObserver, _ second: any BackupObserver) {
        self.first = first
        self.second = second
    }

    func backupAdvanced(_ progress: BackupProgress) {
        first.backupAdvanced(progress)
        second.backupAdvanced(progress)
    }

    func backupMet(_ problem: SnapshotProblem) {}
    func backupIsFinishing() {}
}
