import BackupTestSupport
import Cryptography
import Maintenance
import Repository
import Restorer
import Storage
import SystemInterface
import TestSupport
import Writer

/// Says whether a repository is what it must be after a loss of power, or a killed process, and still of use.
struct ImageJudge: Sendable {
    let recording: Recording

    /// What must be there, and what may be: of the step that was under way either all or nothing.
    struct Expectation: Sendable {
        /// How many steps have ended.
        let stepsDone: Int
        /// Whether another one was under way.
        let isInStep: Bool
        /// Whether there may be a snapshot that the recording knows nothing of: it is of the source as it is.
        var allowsUnknown = false
    }

    /// What is wrong with the repository in `root`; nothing, as it should be. It is changed by being used, and so is the
    /// local catalog, if there is one.
    func problems(_ root: FilePath, _ expectation: Expectation, cacheDirectory: FilePath?) throws -> [String] {
        let room = try TemporaryDirectory(in: Recording.base)
        let path = root.appending(Recording.repositoryName)
        do {
            if try !FileSystem.exists(path.appending("format")) {
                guard expectation.stepsDone == 0 else { return ["there is no format object after init has ended"] }
                let program = Program(repository: path, cache: room.path.appending("init"))
                let code = try program.run(["init", "--kdf-log-n", "10"])
                guard code == 0 else { return ["init cannot be run again: exit code \(code)"] }
            }
            let store = try LocalDirectoryStore(at: path)
            let repository = try Repository.open(
                store, passphrase: SecretBytes(Array(Program.passphrase.utf8)), cacheDirectory: cacheDirectory)
            return try snapshotProblems(repository, expectation, room) + useProblems(repository, room)
        } catch {
            return ["\(error)"]
        }
    }

    /// Acknowledged snapshots are there, others are whole or absent.
    private func snapshotProblems(
        _ repository: Repository, _ expectation: Expectation, _ room: TemporaryDirectory
    ) throws -> [String] {
        let steps = recording.steps
        let before = expectation.stepsDone > 0 ? steps[expectation.stepsDone - 1].standing : Recording.Standing()
        let after = expectation.isInStep ? steps[expectation.stepsDone].standing : before
        let found = try Recording.Standing(repository)
        var problems = repository.damagedSnapshots().map { "snapshot \($0.id.short): \($0.reason)" }
        for missing in before.listed.intersection(after.listed).subtracting(found.listed) {
            problems.append("snapshot \(missing.short) was acknowledged and is not listed")
        }
        for missing in before.held.intersection(after.held).subtracting(found.held) {
            problems.append("snapshot \(missing.short) was held and is not")
        }
        for strange in found.held.subtracting(before.held.union(after.held)) {
            problems.append("snapshot \(strange.short) is held, and nobody held it, or that was released")
        }
        let known = before.listed.union(after.listed)
        let listed = repository.snapshots()
        for snapshot in listed {
            var tree = known.contains(snapshot.id) ? recording.trees[snapshot.id] : nil
            if expectation.allowsUnknown, recording.trees[snapshot.id] == nil { tree = try FileTree(recording.source) }
            guard let tree else {
                problems.append("snapshot \(snapshot.id.short) was never made, or forgotten")
                continue
            }
            problems += try restoreProblems(repository, snapshot, tree, room)
        }
        return problems
    }

    /// The next backup works and restores, and nothing is damaged in all that is stored.
    private func useProblems(_ repository: Repository, _ room: TemporaryDirectory) throws -> [String] {
        let outcome = try BackupRun(
            repository: repository, options: BackupOptions(paths: [recording.source], host: Program.host),
            clock: ManualClock(secondsAhead: 3600), entropy: SystemEntropy(), observer: nil, scout: nil
        ).run()
        guard let snapshot = outcome.snapshot, outcome.problemCount == 0 else {
            return ["the next backup has problems: \(outcome.problems)"]
        }
        // As another process sees it, without a catalog that knows more than the storage.
        let other = try repository.reopened(cacheDirectory: nil)
        guard other.snapshots().contains(snapshot) else { return ["the next snapshot is not listed"] }
        let report = try Check(other, options: CheckOptions(readsData: true, workers: 1)).run()
        return try restoreProblems(other, snapshot, FileTree(recording.source), room)
            + report.damage.map { "check: \($0.object): \($0.what)" }
    }

    private func restoreProblems(
        _ repository: Repository, _ snapshot: Snapshot, _ tree: FileTree, _ room: TemporaryDirectory
    ) throws -> [String] {
        let destination = room.path.appending(snapshot.id.short)
        let outcome = try RestoreRun(
            repository: repository, snapshot: snapshot, destination: destination,
            options: RestoreOptions(path: recording.source)
        ).run()
        return outcome.problems.map { "snapshot \(snapshot.id.short): \($0)" }
            + (try FileTree(destination).differences(from: tree)).map { "snapshot \(snapshot.id.short): \($0)" }
    }
}
