import BackupTestSupport
import Glibc
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

    @Test("What is stored through a mapping after a file was saved is seen, although no time changes with it")
    func seesMapping() throws {
        // Runs begin ten and seventy seconds after the file was made.
        fixture.clock.advance(seconds: 10 - 60 - 3600)
        let opened = try FileDescriptor.open(file, .readWrite)
        let mapping = mmap(nil, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, opened.rawValue, 0)
        let bytes = try #require(mapping == MAP_FAILED ? nil : mapping)
        defer { munmap(bytes, 4096) }
        bytes.storeBytes(of: 1, as: UInt8.self)
        let before = try FileSystem.status(file)
        try fixture.backUp()
        bytes.storeBytes(of: 2, as: UInt8.self)
        // The kernel may have written the page back in between; mostly it has not.
        let isTold = try FileSystem.status(file).changed != before.changed
        let second = try fixture.backUp()
        let entry = try #require(try fixture.entry(file, in: second.committed()))
        #expect(try content(of: entry).first == 2, "the change time is \(isTold ? "another" : "the same")")
    }

    @Test(
        "How long such stores can be hidden is what the kernel is set to, and some seconds, within bounds",
        arguments: [
            (Int64?(3_000), Int64?(500), Int64(60)), (6_000, 6_000, 145), (100, 100, 60), (nil, 500, 60),
            (3_000, nil, 60), (3_000, 0, 3_600), (1 << 40, 500, 3_600), (.max, .max, 3_600), (-1, 500, 60),
        ])
    func writeback(expiry: Int64?, interval: Int64?, seconds: Int64) {
        #expect(WritebackDelay.seconds(expiry: expiry, interval: interval) == seconds)
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
        let observer = Mutator { [file] progress in
            guard progress.path == file, let opened = try? FileDescriptor.open(file, [.writeOnly, .append])
            else { return }
            try? opened.write(all: [0])
        }
        let outcome = try fixture.makeBackup(observer: observer).run()
        #expect(outcome.problems.map(\.path) == [file])
        let entry = try #require(try fixture.entry(file, in: outcome.committed()))
        let contents = try FileContents(entry, source: fixture.repository.makeSource())
        #expect(try contents.dataBytes() == entry.size)
        #expect(entry.size > 300_000)
    }

    @Test("What is saved of a file that never holds still is read again by its other name, and by the next run")
    func readsTornAgain() throws {
        // The clock of this run is an hour ahead, so that all of this looks settled to the next one.
        let other = fixture.source.appending("other name")
        try FileDescriptor.workingDirectory.linkAt(file.bytes, to: .workingDirectory, other.bytes)
        let count = Mutex<UInt8>(0)
        let observer = Mutator { [file] progress in
            // Once the file is saved it is left alone.
            guard progress.path == file, progress.statistics.files == 0,
                let opened = try? FileDescriptor.open(file, .writeOnly)
            else { return }
            let number = count.withLock { count in
                count += 1
                return count
            }
            try? opened.pwrite(all: [number], at: 0)
            try? opened.setTimes(accessed: nil, modified: Timestamp(seconds: Int64(number)))
        }
        let first = try fixture.makeBackup(observer: observer).run()
        #expect(first.problems.map(\.path) == [file])
        let second = try fixture.backUp()
        #expect(second.problems.isEmpty)
        let last = try FileSystem.read(file, atMost: 1 << 20)
        for (outcome, name) in [(first, "other name"), (second, "file"), (second, "other name")] {
            let entry = try #require(try fixture.entry(fixture.source.appending(name), in: outcome.committed()))
            #expect(try content(of: entry) == last, "\(name)")
        }
    }

    @Test("A file that changes once is read again, and is no problem")
    func readsAgain() throws {
        let isFirst = Mutex(true)
        let observer = Mutator { [file] progress in
            guard progress.path == file,
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
        let observer = Mutator { [file] progress in
            if progress.path == file { try? FileSystem.remove(gone) }
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

    private func content(of entry: TreeEntry) throws -> [UInt8] {
        let contents = try FileContents(entry, source: fixture.repository.makeSource())
        var bytes = [UInt8](repeating: 0xEE, count: Int(entry.size))
        let count = try bytes.withUnsafeMutableBytes { try contents.read(at: 0, into: $0) }
        return Array(bytes[..<count])
    }
}

/// Changes files under a run: its calls come on the run's own thread, so that a test says exactly when.
private final class Mutator: BackupObserver {
    private let change: @Sendable (BackupProgress) -> Void

    init(_ change: @escaping @Sendable (BackupProgress) -> Void) {
        self.change = change
    }

    func backupAdvanced(_ progress: BackupProgress) { change(progress) }
    func backupMet(_ problem: SnapshotProblem) {}
    func backupIsFinishing() {}
}
