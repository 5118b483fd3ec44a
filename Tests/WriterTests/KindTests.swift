import BackupTestSupport
import Repository
import Synchronization
import SystemInterface
import TestSupport
import Testing
import Writer

@Suite("Kinds of backup")
struct KindTests {
    let fixture: BackupFixture

    init() throws {
        fixture = try BackupFixture()
        try FileSystem.write(fixture.source.appending("file"), Array("text".utf8))
    }

    @Test("The first is full, an incremental one is against the newest, a differential one against the newest full one")
    func parents() throws {
        let first = try fixture.backUp()
        #expect(first.manifest.kind == .full)
        #expect(first.manifest.parent == nil)
        let second = try fixture.backUp()
        #expect(second.manifest.kind == .incremental)
        #expect(second.manifest.parent == (try first.committed().id))
        let third = try fixture.backUp { $0.parent = .newestFull }
        #expect(third.manifest.kind == .differential)
        #expect(third.manifest.parent == (try first.committed().id))
        #expect(third.statistics.filesUnchanged == 1)
        #expect(third.statistics.bytesRead == 0)
    }

    @Test("A full backup reads every byte again, and names no parent")
    func full() throws {
        try fixture.backUp()
        let outcome = try fixture.backUp { $0.parent = .none }
        #expect(outcome.manifest.kind == .full)
        #expect(outcome.manifest.parent == nil)
        #expect(outcome.statistics.bytesRead == 4)
        let after = try fixture.backUp { $0.parent = .newestFull }
        #expect(after.manifest.parent == (try outcome.committed().id))
    }

    @Test("A snapshot that was made while the clock was ahead is the parent only until there is another")
    func clockWasAhead() throws {
        let secondsAhead: Int64 = 365 * 86_400
        fixture.clock.advance(seconds: secondsAhead)
        let ahead = try fixture.backUp().committed()
        fixture.clock.advance(seconds: -secondsAhead)
        let second = try fixture.backUp()
        #expect(second.manifest.parent == ahead.id)
        let third = try fixture.backUp()
        #expect(third.manifest.parent == (try second.committed().id))
        // It still is the only full one.
        #expect(try fixture.backUp { $0.parent = .newestFull }.manifest.parent == ahead.id)
    }

    @Test("A differential backup without a full one is full")
    func differentialAlone() throws {
        let outcome = try fixture.backUp { $0.parent = .newestFull }
        #expect(outcome.manifest.kind == .full)
        #expect(outcome.manifest.parent == nil)
    }

    @Test(
        "A file that is mounted from another device is read again, unless the device is not to count",
        .enabled(if: MountedMemory.isPossible), arguments: [true, false])
    func devices(ignoresDevice: Bool) throws {
        // A file system that is mounted from a copy of itself: the same inodes and times under another device.
        let image = try fixture.directory.write("image", [UInt8](repeating: 0, count: 4 << 20))
        let mounted = try fixture.directory.makeDirectory("mounted")
        let script = """
            set -e
            mkfs.ext4 -q "$1"; mount -o loop "$1" "$2"; echo text > "$2/file"; umount "$2"
            cp "$1" "$1.copy"
            """
        // Where there are no loop devices, as in some containers, there is nothing to try it with.
        guard try run(script, image, mounted) else { return }
        try #require(try run("mount -o loop,ro \"$1\" \"$2\"", image, mounted))
        defer { _ = try? run("umount -l \"$2\"", image, mounted) }
        let file = mounted.appending("file")
        let first = try fixture.backUp { $0.paths = [file] }
        #expect(first.statistics.bytesRead == 5)
        // While the first is mounted, the copy gets another number.
        try #require(try run("mount -o loop,ro \"$1.copy\" \"$2\"", image, mounted))
        defer { _ = try? run("umount -l \"$2\"", image, mounted) }
        let second = try fixture.backUp {
            $0.paths = [file]
            $0.ignoresDevice = ignoresDevice
        }
        let devices = try [first, second].map { try fixture.entry(file, in: $0.committed())?.device }
        #expect(devices[0] != devices[1])
        #expect(second.statistics.bytesRead == (ignoresDevice ? 0 : 5))
    }

    private func run(_ script: String, _ image: FilePath, _ mounted: FilePath) throws -> Bool {
        let words = ["sh", "-c", script, "sh"].map { Array($0.utf8) } + [image.bytes, mounted.bytes]
        return try ProcessLauncher.wait(try ProcessLauncher.spawn("/bin/sh", arguments: words)) == 0
    }

    @Test("A run out of time throws, or commits what it has, marked as partial", arguments: [true, false])
    func timeIsOver(keepsPartial: Bool) throws {
        for name in ["a/b/first", "z"] {
            let path = fixture.source.appending(name)
            try FileSystem.makeDirectories(path.parent)
            // Large enough for the walk to read it itself: it goes on while smaller ones are read.
            try FileSystem.write(path, [UInt8](repeating: 1, count: 100_000))
        }
        let whole = try fixture.backUp().committed()
        // Read again, and of another content: so the walk meets it, with a parent that has what it does not come to.
        try FileSystem.write(fixture.source.appending("a/b/first"), [UInt8](repeating: 2, count: 110_000))
        try FileSystem.write(fixture.source.appending("a/b/zero"), [UInt8](repeating: 3, count: 100_000))
        let observer = EndingObserver(name: "first")
        let run = fixture.makeBackup(observer: observer) {
            $0.keepsPartial = keepsPartial
        }
        observer.ends(run)
        guard keepsPartial else {
            let error = #expect(throws: BackupError.self) { try run.run() }
            #expect(error?.code == .outOfTime)
            #expect(fixture.repository.snapshots().count == 1)
            return
        }
        let outcome = try run.run()
        let snapshot = try outcome.committed()
        #expect(snapshot.manifest.isPartial)
        #expect(try fixture.names(fixture.source, in: snapshot) == ["a"])
        #expect(try fixture.names(fixture.source.appending("a/b"), in: snapshot) == ["first"])
        #expect(outcome.changes.filesRemoved == 0)
        // A complete one is the better parent, though it is older.
        #expect(try fixture.backUp().manifest.parent == whole.id)
    }

    @Test(
        "A file that is being read when the time is over is not in the partial snapshot, and the next run has a parent")
    func timeIsOverInAFile() throws {
        var random = SeededGenerator(seed: 5)
        try FileSystem.write(fixture.source.appending("large"), random.bytes(4 << 20))
        let observer = EndingObserver(name: "large")
        let run = fixture.makeBackup(observer: observer) { $0.keepsPartial = true }
        observer.ends(run)
        let partial = try run.run().committed()
        #expect(try fixture.names(fixture.source, in: partial) == ["file"])
        let next = try fixture.backUp()
        #expect(next.manifest.parent == partial.id)
        #expect(next.statistics.filesUnchanged == 1)
        #expect(!next.manifest.isPartial)
        #expect(try fixture.names(fixture.source, in: next.committed()) == ["file", "large"])
    }
}

/// Ends a run's time when the walk has come to a name.
private final class EndingObserver: BackupObserver {
    private let name: String
    private let run = Mutex<BackupRun?>(nil)

    init(name: String) {
        self.name = name
    }

    func ends(_ run: BackupRun) {
        self.run.withLock { $0 = run }
    }

    func backupAdvanced(_ progress: BackupProgress) {
        if progress.path.components.last?.elementsEqual(name.utf8) == true { run.withLock { $0 }?.endInTime() }
    }

    func backupMet(_ problem: SnapshotProblem) {}
    func backupIsFinishing() {}
}
