import BackupTestSupport
import Coding
import Cryptography
import Maintenance
import Repository
import SystemInterface
import TestSupport
import Writer

/// What everybody does next with a repository in which power was lost, or a process killed: it must all work.
struct ImageUse: Sendable {
    let recording: Recording
    let repository: Repository
    let room: TemporaryDirectory
    /// What the snapshots restored to before.
    let restored: [SnapshotID: Recording.Restorable]

    private let clock = ManualClock(secondsAhead: 3600)
    private let entropy = SystemEntropy()

    /// Repairs what was damaged, backs up, collects garbage and checks; what is wrong with that.
    func problems() throws -> [String] {
        let lost = recording.isDamaged ? try repair() : []
        let outcome = try BackupRun(
            repository: repository, options: BackupOptions(paths: [recording.source], host: Program.host),
            clock: clock, entropy: entropy, observer: nil, scout: nil
        ).run()
        guard let snapshot = outcome.snapshot, outcome.problemCount == 0 else {
            return ["the next backup has problems: \(outcome.problems)"]
        }
        for original in lost { _ = try repository.forget(original, by: attribution, entropy: entropy) }
        // As another process sees it, without a catalog that knows more than the storage.
        let other = try repository.reopened(cacheDirectory: nil)
        guard other.snapshots().contains(snapshot) else { return ["the next snapshot is not listed"] }
        var problems = try collectionProblems(other, Set(restored.keys).subtracting(lost))
        let tree = Recording.Restorable(tree: try FileTree(recording.source))
        problems += try restoreProblems(other, snapshot, tree)
        let report = try Check(other, options: CheckOptions(readsData: true, workers: 1)).run()
        return problems + report.damage.map { "check: \($0.object): \($0.what)" }
    }

    /// Repairs everything, and returns the snapshots that have lost something and of which there are copies now.
    private func repair() throws -> [SnapshotID] {
        let options = RepairOptions(workers: 1, moving: DamagedShelf(room.path.appending("shelf")), entropy: entropy)
        let packs = Set(try repository.store.names(in: .packs))
        _ = try IndexRepair(repository.reopened(cacheDirectory: nil), options: options).run()
        _ = try PackRepair(repository.reopened(cacheDirectory: nil), options: options).run(packs)
        _ = try IndexRepair(repository.reopened(cacheDirectory: nil), options: options).run()
        let report = try SnapshotRepair(repository.reopened(cacheDirectory: nil), reading: .all, options: options).run()
        try repository.refresh()
        return report.copies.map(\.original) + report.copiedBefore.keys
    }

    /// Garbage goes at once, and nothing else: what is wrong with that.
    private func collectionProblems(_ repository: Repository, _ staying: Set<SnapshotID>) throws -> [String] {
        guard try collect(repository).end == .done else { return [] }
        guard try collect(repository).end == .nothingToDo else { return ["prune leaves something to do"] }
        guard repository.forgottenSnapshots().isEmpty else { return ["prune leaves forgotten snapshots"] }
        return try repository.snapshots().filter { staying.contains($0.id) }.flatMap { snapshot in
            try restored[snapshot.id].map { try restoreProblems(repository, snapshot, $0) } ?? []
        }
    }

    private func collect(_ repository: Repository) throws -> CollectionReport {
        var options = CollectionOptions(identity: RunIdentity(started: clock.now(), host: Program.host, processID: 1))
        options.isConfirmed = true
        options.fencesSessions = true
        options.unusedShareMax = 0
        return try Collection(repository, options: options, entropy: entropy).run()
    }

    private func restoreProblems(
        _ repository: Repository, _ snapshot: Snapshot, _ expected: Recording.Restorable
    ) throws -> [String] {
        let destination = room.path.appending("after-" + snapshot.id.short)
        return ImageJudge.problems(
            try ImageJudge.restored(repository, snapshot, recording.source, destination), [expected]
        ).map { "snapshot \(snapshot.id.short), after a prune: \($0)" }
    }

    private var attribution: Attribution {
        Attribution(time: clock.now(), userName: "user", host: Program.host, reason: "lost")
    }
}
