import BackupTestSupport
import Cryptography
import Repository
import Restorer
import Storage
import SystemInterface
import TestSupport

/// Says whether a repository is what it must be after a loss of power, or a killed process, and still of use.
struct ImageJudge: Sendable {
    let recording: Recording

    /// What must be there, and what may be: of the step that was under way either all or nothing.
    struct Expectation: Sendable {
        /// How many steps have ended.
        let stepsDone: Int
        /// Whether another one was under way.
        let isInStep: Bool
        /// Whether there may be a snapshot that the recording knows nothing of: what that step makes, made anew.
        var allowsUnknown = false
        /// Whether a collection may have run that the recording knows nothing of: what was forgotten may be swept.
        var allowsSweeping = false
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
            if let cacheDirectory { try MovedCatalog.adopt(cacheDirectory, for: store) }
            let repository = try Repository.open(
                store, passphrase: SecretBytes(Array(Program.passphrase.utf8)), cacheDirectory: cacheDirectory)
            let (found, restored) = try snapshotProblems(repository, expectation, room)
            let use = ImageUse(recording: recording, repository: repository, room: room, restored: restored)
            return try found + use.problems()
        } catch {
            return ["\(error)"]
        }
    }

    /// Acknowledged snapshots are there, others are whole or absent: what is wrong with that, and what all restore to.
    private func snapshotProblems(
        _ repository: Repository, _ expectation: Expectation, _ room: TemporaryDirectory
    ) throws -> (problems: [String], restored: [SnapshotID: Recording.Restorable]) {
        let steps = recording.steps
        let before = expectation.stepsDone > 0 ? steps[expectation.stepsDone - 1] : nil
        let after = expectation.isInStep ? steps[expectation.stepsDone] : before
        var problems = repository.damagedSnapshots().map { "snapshot \($0.id.short): \($0.reason)" }
        var standing = before?.standing ?? Recording.Standing()
        // Then it may be there as before, or be gone.
        if expectation.allowsSweeping { standing.forgotten = [] }
        problems += try standingProblems(
            Recording.Standing(repository), standing, after?.standing ?? .init())
        var all: [SnapshotID: Recording.Restorable] = [:]
        for snapshot in repository.snapshots() + repository.forgottenSnapshots().map(\.snapshot) {
            var possible = [before, after].compactMap { $0?.restorable[snapshot.id] }
            if possible.isEmpty, expectation.allowsUnknown, let after {
                possible = try unknown(in: after, before: before)
            }
            let restored = try Self.restored(
                repository, snapshot, recording.source, room.path.appending(snapshot.id.short))
            problems += Self.problems(restored, possible).map { "snapshot \(snapshot.id.short): \($0)" }
            all[snapshot.id] = restored
        }
        return (problems, all)
    }

    private func standingProblems(
        _ found: Recording.Standing, _ before: Recording.Standing, _ after: Recording.Standing
    ) -> [String] {
        var problems: [String] = []
        for missing in before.listed.intersection(after.listed).subtracting(found.listed) {
            problems.append("snapshot \(missing.short) was acknowledged and is not listed")
        }
        for missing in before.forgotten.intersection(after.forgotten).subtracting(found.forgotten) {
            problems.append("snapshot \(missing.short) was forgotten, and is not to be had back")
        }
        for strange in found.forgotten.subtracting(before.forgotten.union(after.forgotten)) {
            problems.append("snapshot \(strange.short) is forgotten, and nobody forgot it, or it was swept")
        }
        let known = before.listed.union(after.listed)
        for strange in found.listed.intersection(before.forgotten.union(after.forgotten)).subtracting(known) {
            problems.append("snapshot \(strange.short) was forgotten, and is listed")
        }
        for missing in before.held.intersection(after.held).subtracting(found.held) {
            problems.append("snapshot \(missing.short) was held and is not")
        }
        for strange in found.held.subtracting(before.held.union(after.held)) {
            problems.append("snapshot \(strange.short) is held, and nobody held it, or that was released")
        }
        return problems
    }

    /// What a step makes that is run again: of the source as it is, or a repaired copy.
    private func unknown(in step: Recording.Step, before: Recording.Step?) throws -> [Recording.Restorable] {
        let new = step.restorable.filter { before?.restorable[$0.key] == nil }.map(\.value)
        return try new + [Recording.Restorable(tree: FileTree(recording.source))]
    }

    /// Restores a snapshot.
    static func restored(
        _ repository: Repository, _ snapshot: Snapshot, _ source: FilePath, _ destination: FilePath
    ) throws -> Recording.Restorable {
        let outcome = try RestoreRun(
            repository: repository, snapshot: snapshot, destination: destination,
            options: RestoreOptions(path: source)
        ).run()
        return Recording.Restorable(tree: try FileTree(destination), problemCount: outcome.problems.count)
    }

    /// What is wrong with a restored snapshot that is to be one of `possible`.
    static func problems(_ restored: Recording.Restorable, _ possible: [Recording.Restorable]) -> [String] {
        guard let first = possible.first else { return ["it was never made, or is swept"] }
        if possible.contains(where: { $0.tree == restored.tree && $0.problemCount == restored.problemCount }) {
            return []
        }
        let counts = restored.problemCount == first.problemCount ? [] : ["\(restored.problemCount) items are lost"]
        return counts + restored.tree.differences(from: first.tree)
    }
}
