import BackupTestSupport
import Glibc
import Repository
import SystemInterface
import TestSupport
import Testing
import Writer

@Suite("Backups of a tree that another process changes")
struct MutatorTests {
    @Test(
        "Twenty incremental backups between which, and during half of which, files change restore to what was there",
        arguments: [UInt64](1...2))
    func followsMutator(seed: UInt64) throws {
        let fixture = try BackupFixture(seed: seed)
        let mutator = try Mutator(in: fixture.source, seed: seed)
        defer { mutator.end() }
        for round in 0..<10 {
            // What this run sees changes under it: it is the parent of the next.
            _ = try backUp(fixture, isScouted: seed == 2)
            try mutator.stop()
            let frozen = try FileTree(fixture.source)
            let snapshot = try backUp(fixture, isScouted: seed == 2).committed()
            mutator.resume()
            let (path, outcome) = try fixture.restore(snapshot, as: "out\(round)")
            #expect(outcome.problems.isEmpty, "seed \(seed), round \(round)")
            #expect(try FileTree(path).differences(from: frozen) == [], "seed \(seed), round \(round)")
        }
    }

    /// A run by the system's clock, as what is racy depends on it.
    private func backUp(_ fixture: BackupFixture, isScouted: Bool) throws -> BackupOutcome {
        let options = BackupOptions(paths: [fixture.source], host: "host")
        return try BackupRun(
            repository: fixture.repository, options: options, clock: SystemWallClock(), entropy: SystemEntropy(),
            scout: isScouted ? SourceScout(options, clock: SystemWallClock()) : nil
        ).run()
    }
}

/// A process that makes, changes, renames and removes files without an end. It is one process, so that a signal stops it
/// between two system calls, and nothing changes any more.
private final class Mutator {
    private static let script = """
        srand(shift); my $root = shift;
        sub name { my $d = "$root/d" . int(rand 6); mkdir $d; return "$d/f" . int(rand 30); }
        sub bytes { my $n = shift; return join '', map { chr int rand 256 } 1 .. $n; }
        while (1) {
          my ($k, $f) = (int(rand 7), name());
          if ($k < 2) { if (open my $h, '>', $f) { print $h bytes(int rand 9000); close $h } }
          elsif ($k == 2) { if (open my $h, '>>', $f) { print $h bytes(100); close $h } }
          elsif ($k == 3) { if (open my $h, '+<', $f) { print $h bytes(7); close $h } }
          elsif ($k == 4) { unlink $f }
          elsif ($k == 5) { rename $f, name() }
          else { chmod 0600 + int(rand 64), $f }
        }
        """

    private let process: Int32

    init(in directory: FilePath, seed: UInt64) throws {
        process = try ProcessLauncher.spawn(
            "/usr/bin/perl",
            arguments: [
                Array("perl".utf8), Array("-e".utf8), Array(Self.script.utf8), Array(String(seed).utf8),
                directory.bytes,
            ])
    }

    /// Stops it, and returns when it stands still.
    func stop() throws {
        kill(process, SIGSTOP)
        var status: Int32 = 0
        let answer = waitpid(process, &status, WUNTRACED)
        try #require(answer == process && status & 0xFF == 0x7F, "the process has ended")
    }

    func resume() {
        kill(process, SIGCONT)
    }

    func end() {
        kill(process, SIGKILL)
        _ = try? ProcessLauncher.wait(process)
    }
}
