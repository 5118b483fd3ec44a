import BackupTestSupport
import Repository
import Synchronization
import SystemInterface
import TestSupport
import Testing
import Writer

/// Small files are left to other threads, in batches that are handed over when they are full: `a` is in one that is not
/// while the walk itself reads the large file `trigger`, and becomes a directory then.
@Suite("A file that has become a directory when it is opened")
struct BecomingDirectoryTests {
    let fixture: BackupFixture
    private let place: FilePath

    init() throws {
        fixture = try BackupFixture()
        place = fixture.source.appending("a")
        try FileSystem.write(place, [1])
    }

    private func writeTrigger(_ path: FilePath) throws -> FilePath {
        try FileSystem.makeDirectories(path.parent)
        try FileSystem.write(path, [UInt8](repeating: 2, count: 100_000))
        return path
    }

    /// Makes a tree in place of the file.
    private func swap() throws {
        try FileSystem.remove(place)
        try FileSystem.makeDirectories(place.appending("below/deeper"))
        try FileSystem.write(place.appending("first"), [3])
        try FileSystem.write(place.appending("below/large"), [UInt8](repeating: 4, count: 300_000))
        try FileSystem.write(place.appending("below/deeper/last"), [5])
        try FileDescriptor.workingDirectory.symbolicLinkAt(place.appending("link").bytes, target: [65])
    }

    private func expectWhole(_ outcome: BackupOutcome, as name: String = "out") throws {
        #expect(outcome.problems.isEmpty)
        #expect(outcome.vanishedCount == 0)
        let (path, restored) = try fixture.restore(outcome.committed(), as: name)
        #expect(restored.problems.isEmpty)
        // The source's own times have changed since the walk has entered it.
        let differences = try FileTree(path).differences(from: FileTree(fixture.source)).filter { !$0.hasPrefix(".: ") }
        #expect(differences == [])
    }

    @Test("is saved by this run, with all that is in it, in its place, and counted once")
    func isSaved() throws {
        let trigger = try writeTrigger(fixture.source.appending("trigger"))
        for name in ["A", "b", "z"] { try FileSystem.write(fixture.source.appending(name), [6]) }
        let observer = Acting(at: trigger) { try? swap() }
        let outcome = try fixture.makeBackup(observer: observer).run()
        #expect(observer.hasActed)
        #expect(try fixture.names(fixture.source, in: outcome.committed()) == ["A", "a", "b", "trigger", "z"])
        try expectWhole(outcome)
        #expect(outcome.statistics.files == 7)
        #expect(outcome.statistics.filesNew == 7)
        #expect(outcome.statistics.symbolicLinks == 1)
        let next = try fixture.backUp()
        #expect(next.statistics.filesUnchanged == 7)
        #expect(next.statistics.bytesRead == 0)
        let trees = try [outcome, next].map { try fixture.entry(fixture.source, in: $0.committed())?.content }
        #expect(trees[0] == trees[1])
    }

    @Test("counts for the file that the parent snapshot has as removed, and for new ones")
    func replaces() throws {
        let trigger = try writeTrigger(fixture.source.appending("trigger"))
        try fixture.backUp()
        // Other content, so that it is read.
        try FileSystem.write(place, [9, 9])
        try FileSystem.write(trigger, [UInt8](repeating: 8, count: 120_000))
        let outcome = try fixture.makeBackup(observer: Acting(at: trigger) { try? swap() }).run()
        try expectWhole(outcome)
        #expect(outcome.changes.filesRemoved == 1)
        #expect(outcome.statistics.filesNew == 3)
        #expect(outcome.statistics.filesChanged == 1)
    }

    @Test("is saved while the walk is far below, in directories of which the highest are closed")
    func fromFarBelow() throws {
        let bottom = fixture.source.appending((0..<80).map { _ in "d" }.joined(separator: "/"))
        let trigger = try writeTrigger(bottom.appending("0"))
        // Enough for the walk to have to wait for the first of them before it is through.
        for number in 1000..<1600 { try FileSystem.write(bottom.appending("\(number)"), [7]) }
        for name in ["b", "z"] { try FileSystem.write(fixture.source.appending(name), [6]) }
        let deep = place.appending((0..<80).map { _ in "e" }.joined(separator: "/"))
        let observer = Acting(at: trigger) {
            try? swap()
            try? FileSystem.makeDirectories(deep)
            try? FileSystem.write(deep.appending("end"), [1])
        }
        let outcome = try fixture.makeBackup(observer: observer).run()
        try expectWhole(outcome)
        #expect(try fixture.names(fixture.source, in: outcome.committed()) == ["a", "b", "d", "z"])
    }

    @Test("is left out where the patterns leave out a directory of its name, and no problem")
    func isExcluded() throws {
        let trigger = try writeTrigger(fixture.source.appending("trigger"))
        let observer = Acting(at: trigger) { try? swap() }
        let outcome = try fixture.makeBackup(observer: observer) { $0.excludes = ["a/"] }.run()
        #expect(observer.hasActed)
        #expect(outcome.problems.isEmpty)
        #expect(outcome.excludedCount == 1)
        #expect(try fixture.names(fixture.source, in: outcome.committed()) == ["trigger"])
    }

    @Test("is in a partial snapshot as far as it was read when the time was over")
    func timeIsOver() throws {
        let trigger = try writeTrigger(fixture.source.appending("trigger"))
        let large = place.appending("below/large")
        let run = Mutex<BackupRun?>(nil)
        let observer = Acting(at: trigger, large) { path in
            if path == large { run.withLock { $0 }?.endInTime() } else { try? swap() }
        }
        let backup = fixture.makeBackup(observer: observer) { $0.keepsPartial = true }
        run.withLock { $0 = backup }
        let outcome = try backup.run()
        let snapshot = try outcome.committed()
        #expect(snapshot.manifest.isPartial)
        #expect(outcome.problems.isEmpty)
        #expect(try fixture.names(fixture.source, in: snapshot) == ["a", "trigger"])
        #expect(try fixture.names(place, in: snapshot) == ["below"])
        #expect(try fixture.names(place.appending("below"), in: snapshot) == ["deeper"])
        try expectWhole(fixture.backUp())
    }
}

/// Does something on the run's own thread, the first time that it has come to each of some paths.
private final class Acting: BackupObserver {
    private let action: @Sendable (FilePath) -> Void
    private let paths: Mutex<Set<FilePath>>

    init(at paths: FilePath..., action: @escaping @Sendable (FilePath) -> Void) {
        self.paths = Mutex(Set(paths))
        self.action = action
    }

    convenience init(at path: FilePath, action: @escaping @Sendable () -> Void) {
        self.init(at: path) { _ in action() }
    }

    var hasActed: Bool { paths.withLock { $0.isEmpty } }

    func backupAdvanced(_ progress: BackupProgress) {
        if paths.withLock({ $0.remove(progress.path) }) != nil { action(progress.path) }
    }

    func backupMet(_ problem: SnapshotProblem) {}
    func backupIsFinishing() {}
}
