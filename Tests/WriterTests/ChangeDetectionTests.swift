import BackupTestSupport
import Repository
import Synchronization
import SystemInterface
import TestSupport
import Testing
import Writer

@Suite("Changes between and during runs")
struct ChangeDetectionTests {
    let fixture: BackupFixture
    private let file: FilePath

    init() throws {
        fixture = try BackupFixture()
        file = fixture.source.appending("file")
        var generator = SeededGenerator(seed: 7)
        try FileSystem.write(file, generator.bytes(300_000))
        try FileSystem.write(fixture.source.appending("small"), generator.bytes(300))
    }

    @Test("Files that did not change are taken over without being read")
    func takesOver() throws {
        try fixture.backUp()
        let second = try fixture.backUp()
        #expect(second.statistics.bytesRead == 0)
        #expect(second.statistics.filesUnchanged == 2)
        #expect(second.manifest.parent != nil)
    }

    @Test("The tree of an unchanged source has the same name")
    func keepsRoot() throws {
        let first = try fixture.backUp()
        let second = try fixture.backUp()
        #expect(
            try fixture.entry(fixture.source, in: first.committed())
                == fixture.entry(fixture.source, in: second.committed()))
    }

    @Test("A file that was written during the parent's run is read again although it looks the same")
    func readsRacilyClean() throws {
        // The clock of this run shows the present: the files have just been written.
        fixture.clock.advance(seconds: -3660)
        try fixture.backUp()
        fixture.clock.advance(seconds: 3600)
        let second = try fixture.backUp()
        #expect(second.statistics.bytesRead == 300_300)
        // Directories that lead to the source change while tests run beside this one; content is not stored again.
        #expect(second.statistics.bytesNew < 10_000)
        #expect(second.statistics.filesUnchanged == 2)
    }

    @Test("A file whose bytes change while size and modification time stay is seen by its change time")
    func seesSilentChange() throws {
        try fixture.backUp()
        let before = try FileSystem.status(file)
        let opened = try FileDescriptor.open(file, .writeOnly)
        try opened.pwrite(all: [1, 2, 3], at: 1000)
        try opened.setTimes(accessed: nil, modified: before.modified)
        let second = try fixture.backUp()
        #expect(second.statistics.filesChanged == 1)
        #expect(second.statistics.bytesRead == 300_000)
        let (path, _) = try fixture.restore(second.committed(), as: "out")
        #expect(try FileSystem.read(path.appending("file"), atMost: 1 << 20) == FileSystem.read(file, atMost: 1 << 20))
    }

    @Test("Without a parent everything is read")
    func readsAll() throws {
        try fixture.backUp()
        #expect(try fixture.backUp { $0.parent = .none }.statistics.bytesRead == 300_300)
    }

    @Test("A snapshot of another host or of other paths is no parent")
    func choosesParent() throws {
        try fixture.backUp { $0.host = "other" }
        try fixture.backUp { $0.paths = [file] }
        #expect(try fixture.backUp().manifest.parent == nil)
    }

    @Test("Another file in the place of one with the same size and times is read")
    func seesReplacement() throws {
        try fixture.backUp()
        let before = try FileSystem.status(file)
        let other = fixture.source.appending("other")
        try FileSystem.write(other, [UInt8](repeating: 9, count: 300_000))
        let opened = try FileDescriptor.open(other, .writeOnly)
        try opened.setTimes(accessed: nil, modified: before.modified)
        try FileDescriptor.workingDirectory.renameAt(
            other.bytes, to: .workingDirectory, file.bytes, replacing: true)
        #expect(try fixture.backUp().statistics.filesChanged == 1)
    }

    @Test("A file that changes each time that it is read is saved as it was read last, and reported")
    func reportsChanging() throws {
        let observer = Mutator { [file] path in
            guard path == file, let opened = try? FileDescriptor.open(file, [.writeOnly, .append]) else { return }
            try? opened.write(all: [0])
        }
        let outcome = try fixture.makeBackup(observer: observer).run()
        #expect(outcome.problems.map(\.path) == [file])
        let entry = try #require(try fixture.entry(file, in: outcome.committed()))
        let contents = try FileContents(entry, source: fixture.repository.makeSource())
        #expect(try contents.dataBytes() == entry.size)
        #expect(entry.size > 300_000)
    }

    @Test("A file that changes once is read again, and is no problem")
    func readsAgain() throws {
        let isFirst = Mutex(true)
        let observer = Mutator { [file] path in
            guard path == file,
                isFirst.withLock({ first in
                    defer { first = false }; return first
                }),
                let opened = try? FileDescriptor.open(file, [.writeOnly])
            else { return }
            try? opened.truncate(to: 10)
        }
        let outcome = try fixture.makeBackup(observer: observer).run()
        #expect(outcome.problems.isEmpty)
        #expect(try fixture.entry(file, in: outcome.committed())?.size == 10)
    }

    @Test("A name that is gone when its turn comes is counted, and is no problem")
    func passesVanished() throws {
        let gone = fixture.source.appending("gone")
        try FileSystem.write(gone, [1])
        let observer = Mutator { [file] path in
            if path == file { try? FileSystem.remove(gone) }
        }
        let outcome = try fixture.makeBackup(observer: observer).run()
        #expect(outcome.vanishedCount == 1)
        #expect(outcome.problems.isEmpty)
        #expect(try fixture.names(fixture.source, in: outcome.committed()) == ["file", "small"])
    }

    @Test("What an unreadable file's parent had is not taken for its content, and the file is kept by name")
    func keepsUnreadable() throws {
        // Reading the beginning of /proc/self/mem is EIO for everyone.
        let outcome = try fixture.backUp { $0.paths = ["/proc/self/task/../mem", fixture.source] }
        #expect(outcome.problems.map(\.path) == ["/proc/self/mem"])
        let entry = try fixture.entry("/proc/self/mem", in: outcome.committed())
        #expect(entry?.content == .unreadable)
    }
}

/// Changes files under a run: its calls come on the run's own thread, so that a test says exactly when.
private final class Mutator: BackupObserver {
    private let change: @Sendable (FilePath) -> Void

    init(_ change: @escaping @Sendable (FilePath) -> Void) {
        self.change = change
    }

    func backupAdvanced(_ progress: BackupProgress) { change(progress.path) }
    func backupMet(_ problem: SnapshotProblem) {}
    func backupIsFinishing() {}
}
