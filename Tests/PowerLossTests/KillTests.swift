import SystemInterface
import TestSupport
import Testing

@Suite("A process that is killed", .enabled(if: RecordingMount.isPossible))
struct KillTests {
    /// How many random moments; `scripts/power-loss` sets it.
    static let killsMin = Environment.value("PASTFS_POWER_LOSS_KILLS").flatMap { Int($0) } ?? 10
    static let killed: Int32 = 128 + 9

    /// Where a scenario is run again and again, each time killed one change later.
    private struct Site {
        let directory: TemporaryDirectory
        let mount: RecordingMount

        init() throws {
            directory = try TemporaryDirectory(in: Recording.base)
            mount = try RecordingMount(in: directory, hasUnnamedFiles: true)
        }

        /// Runs the program on a copy of `image`, killed at a change; whether there was that change.
        func isKilled(
            _ arguments: [String], _ image: DiskImage, at change: Int, isAfter: Bool,
            expecting expectation: ImageJudge.Expectation, _ recording: Recording
        ) throws -> Bool {
            let name = "\(change)-\(isAfter)"
            try FileSystem.makeDirectory(mount.behind.appending(name))
            try image.write(to: mount.behind.appending(name))
            let program = Program(
                repository: mount.path.appending(name).appending(Recording.repositoryName),
                cache: try directory.makeDirectory("cache-" + name))
            try mount.killAtChange(change, isAfter: isAfter)
            let code = try program.run(arguments)
            try mount.stopKilling()
            #expect(code == recording.steps.last?.code || code == KillTests.killed, "change \(change)")
            let problems = try ImageJudge(recording: recording).problems(
                mount.behind.appending(name), expectation, cacheDirectory: program.cache)
            #expect(problems == [], "change \(change), after it: \(isAfter)")
            return code == KillTests.killed
        }
    }

    @Test(
        "at any change that its command makes loses nothing, and the next run works",
        arguments: Scenario.ofKilledCommands, [false, true])
    func anyChange(_ scenario: Scenario, isAfter: Bool) throws {
        let recording = try Recording(commands: scenario.commands, seed: 2, on: .unnamedFiles)
        let image = recording.imageBeforeLastStep()
        let step = recording.steps.count - 1
        let site = try Site()
        var change = 1
        while try site.isKilled(
            recording.steps[step].arguments, image, at: change, isAfter: isAfter,
            expecting: ImageJudge.Expectation(stepsDone: step, isInStep: true, allowsUnknown: true), recording)
        { change += 1 }
        // A file, its bytes, its fsync, its name and that of the directory.
        #expect(change > 5)
    }

    @Test("at random moments of a backup loses no snapshot, and the next run works")
    func anyMomentOfABackup() throws {
        let recording = try Recording(commands: [Scenario.backup, Scenario.backup], seed: 4, on: .unnamedFiles)
        for number in 0..<8 {
            let bytes = SeededGenerator.bytes(seed: UInt64(number), 600_000)
            try FileSystem.write(recording.source.appending("new\(number)"), bytes)
        }
        let interrupted = try killAtRandomMoments(recording, count: Self.killsMin)
        try Figures.record("backups killed", interrupted, Self.killsMin)
    }

    @Test(
        "at random moments of a prune or a repair loses nothing, and the next one does the rest",
        arguments: Scenario.ofRandomKills)
    func anyMoment(_ scenario: Scenario, part: Int) throws {
        let recording = try Recording(commands: scenario.commands, seed: 6, on: .unnamedFiles, items: 24)
        let count = (Self.killsMin + part - 1) / part
        let interrupted = try killAtRandomMoments(recording, count: count)
        try Figures.record("\(scenario.testDescription) killed", interrupted, count)
    }

    /// Kills the last command of a recording at moments between its begin and its end; how often it had not ended.
    private func killAtRandomMoments(_ recording: Recording, count: Int) throws -> Int {
        let image = recording.imageBeforeLastStep()
        let step = recording.steps.count - 1
        var generator = SeededGenerator(seed: 5)
        var interrupted = 0
        var latest = 2_000
        for number in 0...count {
            let root = try TemporaryDirectory(in: Recording.base)
            try image.write(to: root.path)
            let program = Program(
                repository: root.path.appending(Recording.repositoryName), cache: try root.makeDirectory("cache"))
            // The first run, which is not killed, says how long one takes, and later ones, if that was slow.
            let seconds = number == 0 ? 60 : Double(generator.number(in: 1...latest)) / 1000
            let begin = ContinuousClock.now
            let code = try program.run(recording.steps[step].arguments, killedAfterSeconds: seconds)
            #expect(code == recording.steps[step].code || code == Self.killed, "run \(number), \(seconds) s")
            if code == Self.killed {
                interrupted += 1
            } else {
                let milliseconds = 2 + Int(begin.duration(to: .now) / .milliseconds(1))
                latest = number == 0 ? milliseconds : min(latest, milliseconds)
            }
            let problems = try ImageJudge(recording: recording).problems(
                root.path, ImageJudge.Expectation(stepsDone: step, isInStep: true, allowsUnknown: true),
                cacheDirectory: program.cache)
            #expect(problems == [], "run \(number), killed after \(seconds) s")
        }
        #expect(interrupted > 0)
        return interrupted
    }
}

extension SeededGenerator {
    /// The first `count` bytes of a seed.
    static func bytes(seed: UInt64, _ count: Int) -> [UInt8] {
        var generator = SeededGenerator(seed: seed)
        return generator.bytes(count)
    }
}
