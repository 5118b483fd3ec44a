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

    @Test("Files that are gone from a directory that stays are counted and no problem, whether they come back or not")
    func files() throws {
        let first = try write("d/1")
        let names = (2...40).map { "d/\($0)" }
        let gone = try names.map { name in
            let path = fixture.source.appending(name)
            try FileSystem.write(path, [UInt8](name.utf8))
            return path
        }
        let last = try write("d/last")
        let observer = Remover(at: last) {
            for path in gone.dropFirst() { try? FileSystem.write(path, [1]) }
        }
        let remover = Remover(at: first) { for path in gone { try? FileSystem.remove(path) } }
        let outcome = try fixture.makeBackup(observer: Both(remover, observer)).run()
        #expect(outcome.vanishedCount > 0)
        #expect(outcome.problems.isEmpty)
        let saved = try fixture.names(first.parent, in: outcome.committed())
        #expect(saved.count + Int(outcome.vanishedCount) == names.count + 2)
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
