import Coding
import Maintenance
import Repository
import Storage
import SystemInterface
import TestSupport
import Testing

@Suite("A repair of snapshots")
struct SnapshotRepairTests {
    private let sample: SampleRepository

    init() throws {
        sample = try SampleRepository()
    }

    @Test(
        "makes whole copies, although those before are forgotten and collected in front of any operation",
        .timeLimit(.minutes(20)))
    func forgottenCopies() throws {
        let pack = try #require(sample.pack(.content))
        var objects = sample.objects
        objects[pack]?[60] ^= 1
        var number = 1
        var faults: [String] = []
        while true {
            let base = try SampleRepository.store(of: objects)
            let store = InterruptedStore(base, before: number) { try forgetCopies(in: base) }
            do {
                let options = RepairOptions(workers: 1, entropy: SeededEntropy(seed: 5))
                _ = try SnapshotRepair(sample.repository.reopened(over: store), reading: .all, options: options).run()
            } catch {
                guard error.code == .fenced else { throw error }
            }
            if let failure = store.actionFailure { faults.append("operation \(number): \(failure)") }
            let report = try Check(
                try sample.repository.reopened(over: base), options: CheckOptions(readsData: true, workers: 1)
            ).run()
            for finding in report.damage where !Set(finding.snapshots).isSubset(of: sample.snapshots) {
                faults.append("operation \(number): \(finding.object): \(finding.what)")
            }
            guard store.operations >= number else { break }
            number += 1
        }
        #expect(faults == [])
        #expect(number > 20)
    }

    /// Forgets all snapshots that are copies, and collects what only they need.
    private func forgetCopies(in store: MemoryStore) throws {
        let repository = try sample.repository.reopened(over: store)
        let entropy = SeededEntropy(seed: 6)
        for snapshot in repository.snapshots() where !sample.snapshots.contains(snapshot.id) {
            _ = try repository.forget(snapshot.id, by: CollectionFixture.attribution, entropy: entropy)
        }
        var options = CollectionOptions(
            identity: RunIdentity(started: CollectionFixture.now, host: "collector", processID: 8))
        (options.fencesSessions, options.isConfirmed, options.unusedShareMax) = (true, true, 1)
        _ = try Collection(repository, options: options, entropy: entropy).run()
    }
}
