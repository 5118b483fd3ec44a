import BackupTestSupport
import Repository
import Storage
import Synchronization
import SystemInterface
import TestSupport
import Testing
import Writer

@Suite("Reading ahead of the walk")
struct ReadingAheadTests {
    @Test("The tree is the same however many threads read it", arguments: [UInt64](1...4), [1, 2, 4])
    func keepsOrder(seed: UInt64, workers: Int) throws {
        let fixture = try BackupFixture(seed: seed)
        _ = try RandomTree(in: fixture.source, seed: seed, items: 1_200)
        let one = try fixture.backUp { $0.workers = 1 }.committed()
        let many = try fixture.backUp {
            $0.workers = workers
            $0.parent = .none
        }
        #expect(
            try fixture.entry(fixture.source, in: one) == fixture.entry(fixture.source, in: many.committed()),
            "seed \(seed)")
        let (path, _) = try fixture.restore(many.committed(), as: "out")
        #expect(try FileTree(path).differences(from: FileTree(fixture.source)) == [], "seed \(seed)")
        #expect(many.statistics.bytesRead >= many.statistics.bytes / 64)
        #expect(many.problems.isEmpty)
    }

    @Test("Files that go, change and turn into links while others are read cost nothing but themselves")
    func survivesChanges() throws {
        let fixture = try BackupFixture()
        for number in 0..<2_000 {
            let digits = String(10_000 + number)
            try FileSystem.write(fixture.source.appending("file\(digits)"), Array(digits.utf8))
        }
        let changes = Mutex(0)
        let source = fixture.source
        let observer = ChangingObserver {
            // One call in eight takes hold of a file that the walk has seen and that is perhaps being read.
            let number = changes.withLock { count in
                count += 1
                return count
            }
            let path = source.appending("file\(10_000 + min(number + number % 200, 1_999))")
            switch number % 24 {
            case 0: try? FileSystem.remove(path)
            case 8:
                try? FileSystem.remove(path)
                try? FileDescriptor.workingDirectory.symbolicLinkAt(path.bytes, target: [65])
            case 16: try? FileSystem.write(path, [UInt8](repeating: 66, count: 9_000))
            default: break
            }
        }
        let outcome = try fixture.makeBackup(observer: observer).run()
        #expect(outcome.problems.isEmpty)
        let statistics = outcome.statistics
        #expect(statistics.files + statistics.symbolicLinks + outcome.vanishedCount == 2_000)
        // What is there at the end and was left alone is saved as it is.
        let after = try fixture.backUp()
        let (path, _) = try fixture.restore(after.committed(), as: "out")
        #expect(try FileTree(path).differences(from: FileTree(fixture.source)) == [])
    }

    @Test("A run that is cancelled while files are read ahead ends without a snapshot")
    func cancels() throws {
        let fixture = try BackupFixture()
        _ = try RandomTree(in: fixture.source, seed: 9, items: 800)
        let run = Mutex<BackupRun?>(nil)
        let backup = fixture.makeBackup(observer: ChangingObserver { run.withLock { $0 }?.cancel() })
        run.withLock { $0 = backup }
        let error = #expect(throws: BackupError.self) { try backup.run() }
        #expect(error?.code == .cancelled)
        try fixture.repository.refresh()
        #expect(fixture.repository.snapshots().isEmpty)
    }

    @Test("Nothing is read faster than the limit says")
    func limitsReading() throws {
        let fixture = try BackupFixture()
        for number in 0..<40 {
            try FileSystem.write(fixture.source.appending("file\(number)"), [UInt8](repeating: 1, count: 3_000))
        }
        let clock = SleepingClock()
        try fixture.backUp { $0.readLimit = RateLimit(bytesPerSecond: 1_000, clock: clock) }
        #expect(clock.seconds() > 119)
    }
}

private final class ChangingObserver: BackupObserver {
    private let change: @Sendable () -> Void

    init(_ change: @escaping @Sendable () -> Void) {
        self.change = change
    }

    func backupAdvanced(_ progress: BackupProgress) { change() }
    func backupMet(_ problem: SnapshotProblem) {}
    func backupIsFinishing() {}
}

/// A clock that goes on when somebody sleeps.
private final class SleepingClock: MonotonicClock {
    private let time = Mutex(0.0)

    func seconds() -> Double { time.withLock { $0 } }
    func pause(seconds: Double) { time.withLock { $0 += seconds } }
}
