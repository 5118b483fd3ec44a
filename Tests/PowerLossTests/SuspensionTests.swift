import Cryptography
import Glibc
import Repository
import Storage
import SystemInterface
import TestSupport
import Testing

@Suite(
    "A backup that is stopped, and goes on when a garbage collection has run", .enabled(if: RecordingMount.isPossible))
struct SuspensionTests {
    /// Longer than a backup takes on a busy machine, in seconds.
    private static let secondsMax = 300.0
    private static let fenced: Int32 = 11

    /// What has become of it.
    private struct Outcome {
        let wasStopped: Bool
        let code: Int32
        let faults: [String]
    }

    /// How the run that was stopped stands when the collection has ended.
    private enum Run: Equatable {
        case unclaimed, open, committed, aborted
    }

    @Test(
        "at any change that it makes, either made its snapshot before or makes none, and the next run works",
        .timeLimit(.minutes(20)), arguments: [false, true])
    func anyChange(isAfter: Bool) throws {
        let recording = try Recording(commands: Scenario.suspended.commands, seed: 6, on: .unnamedFiles)
        let image = recording.imageBeforeLastStep()
        let directory = try TemporaryDirectory(in: Recording.base)
        let mount = try RecordingMount(in: directory, hasUnnamedFiles: true)
        var codes: Set<Int32> = []
        var faults: [String] = []
        var change = 0
        while true {
            change += 1
            let room = try directory.makeDirectory("\(change)")
            let outcome = try run(recording, image, mount, room, change, isAfter)
            faults += outcome.faults.map { "change \(change): \($0)" }
            guard outcome.wasStopped else { break }
            codes.insert(outcome.code)
        }
        #expect(faults == [], "\(faults.count)")
        // Pack, index, claim, manifest, outcome, snapshot; each a file, its bytes, its fsync, its name, its directory.
        #expect(change > 20)
        #expect(codes == [0, Self.fenced])
    }

    /// Stops the last command of `recording` at a change, lets a collection run, and lets it go on.
    private func run(
        _ recording: Recording, _ image: DiskImage, _ mount: RecordingMount, _ room: FilePath, _ change: Int,
        _ isAfter: Bool
    ) throws -> Outcome {
        let name = "repository-\(change)"
        try FileSystem.makeDirectory(mount.behind.appending(name))
        try image.write(to: mount.behind.appending(name))
        let behind = mount.behind.appending(name).appending(Recording.repositoryName)
        let writer = Program(
            repository: mount.path.appending(name).appending(Recording.repositoryName), cache: room.appending("writer"))
        let collector = Program(repository: behind, cache: room.appending("collector"))
        let sessions = try open(behind).newestSession()
        let step = recording.steps.count - 1
        try mount.stopAtChange(change, isAfter: isAfter)
        let process = try writer.start(recording.steps[step].arguments)
        var faults: [String] = []
        let ended = try Wait.until(seconds: Self.secondsMax) { () -> Int32? in
            if try mount.hasStopped() { return -1 }
            return Self.hasEnded(process) ? 0 : nil
        }
        let wasStopped = ended == -1
        var run = Run.committed
        if wasStopped {
            let code = try collector.run(["prune", "--fence-sessions", "--confirm", "--max-unused", "0%"])
            if code != 0 { faults.append("the collection ends with \(code)") }
            run = try self.run(in: open(behind), after: sessions)
        }
        try mount.resume()
        let code = try ProcessLauncher.wait(process)
        if run == .open { faults.append("the collection has left the run open") }
        if code != (run == .aborted ? Self.fenced : 0) { faults.append("it ends with \(code), and its run is \(run)") }
        let before = recording.steps[step - 1].standing.listed
        let listed = Set(try open(behind).snapshots().map(\.id))
        let isSaved = listed.isStrictSuperset(of: before) && listed.count == before.count + 1
        if code == 0 ? !isSaved : listed != before { faults.append("it ends with \(code), and lists \(listed.count)") }
        faults += try ImageJudge(recording: recording).problems(
            mount.behind.appending(name),
            ImageJudge.Expectation(stepsDone: step, isInStep: true, allowsUnknown: true, allowsSweeping: wasStopped),
            cacheDirectory: writer.cache)
        return Outcome(wasStopped: wasStopped, code: code, faults: faults)
    }

    /// Whether the child has ended, which is still to be waited for.
    private static func hasEnded(_ process: Int32) -> Bool {
        var information = siginfo_t()
        return waitid(P_PID, id_t(process), &information, WEXITED | WNOHANG | WNOWAIT) == 0
            && information.si_signo != 0
    }

    private func open(_ path: FilePath) throws -> Repository {
        try Repository.open(
            LocalDirectoryStore(at: path), passphrase: SecretBytes(Array(Program.passphrase.utf8)),
            cacheDirectory: nil)
    }

    private func run(in repository: Repository, after known: UInt64) throws -> Run {
        let newest = try repository.newestSession()
        guard newest > known else { return .unclaimed }
        return switch try repository.sessionOutcome(newest) {
        case .committed: .committed
        case .aborted: .aborted
        case nil: .open
        }
    }
}
