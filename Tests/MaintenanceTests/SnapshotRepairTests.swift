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

    @Test("names everything that a copy lacks, whichever reading of a pack fails", .timeLimit(.minutes(20)))
    func failingReading() throws {
        let pack = try #require(sample.pack(.content))
        var objects = sample.objects
        objects[pack]?[60] ^= 1
        let before = SampleRepository.readable(try sample.reopened(objects))
        let packs = Set(sample.names(in: .packs))
        var (number, copies, refusals, faults) = (1, 0, 0, [String]())
        while true {
            let base = try SampleRepository.store(of: objects)
            let store = FailingOnceStore(base, packs, at: number)
            do {
                let options = RepairOptions(workers: 1, entropy: SeededEntropy(seed: 5))
                _ = try SnapshotRepair(sample.repository.reopened(over: store), reading: .all, options: options).run()
            } catch {
                guard error.code == .storage(.ioFailure) else { throw error }
                if error.reason.contains("repeat the repair") { refusals += 1 }
            }
            let repository = try sample.repository.reopened(over: base)
            let after = SampleRepository.readable(repository)
            for copy in repository.snapshots() where !sample.snapshots.contains(copy.id) {
                copies += 1
                for path in lacking(in: copy, before, after) { faults.append("reading \(number): \(path)") }
            }
            guard store.readings >= number else { break }
            number += 1
        }
        #expect(faults == [])
        #expect(number > 10 && copies > 10 && refusals > 0)
    }

    /// What can be read of the original and not of its copy, although none of the copy's problems names it.
    private func lacking(in copy: Snapshot, _ before: [String: [UInt8]], _ after: [String: [UInt8]]) -> [String] {
        let reason = copy.manifest.problems.first?.reason ?? ""
        guard let original = sample.snapshots.first(where: { reason.contains("\($0)") }) else { return [reason] }
        // The first says of which snapshot it is a copy.
        let named = copy.manifest.problems.dropFirst().map { String(decoding: $0.path.bytes, as: UTF8.self) }
        return before.keys.filter { key in
            guard key.hasPrefix(original.short) else { return false }
            let path = key.dropFirst(original.short.count)
            if after[copy.id.short + path] == before[key] { return false }
            return !named.contains { name in
                name == "/" || path == name || path.hasPrefix(name + "/") || path.hasPrefix(name + "@")
            }
        }
    }

    @Test("misses a pack as well that is listed only by segments that the disk does not give for a moment")
    func unreadSegment() throws {
        let pack = try #require(sample.pack(.content))
        var objects = sample.objects
        objects[pack] = nil
        let store = UnreadableStore(try SampleRepository.store(of: objects))
        let repository = try sample.repository.reopened(over: store)
        store.fail(sample.names(in: .index), times: 1)
        let checked = try Check(repository).run()
        let findings = checked.damage.filter { $0.object == pack.path }
        #expect(findings.map(\.what) == ["it is missing"])
        #expect(findings.map(\.snapshots) == [sample.snapshots.sorted()])
        #expect(checked.damagedPacks == [try #require(pack.id)])
        store.fail(sample.names(in: .index), times: 1)
        let options = RepairOptions(workers: 1, entropy: SeededEntropy(seed: 5))
        let report = try SnapshotRepair(repository, reading: .none, options: options).run()
        #expect(report.copies.map(\.original).sorted() == sample.snapshots.sorted())
        #expect(report.wholeCount == 0)
    }

    @Test("goes on where this user may not read what a session has")
    func forbiddenManifest() throws {
        let published = ObjectName(.snapshots, sample.snapshots[0].bytes)
        var objects = sample.objects
        objects[SampleRepository.uncommitted] = nil
        objects[published]?[60] ^= 1
        let store = UnreadableStore(
            try SampleRepository.store(of: objects), [ObjectName(.sessions, number: 1, part: .snapshot)],
            code: .permissionDenied)
        let options = RepairOptions(workers: 1, entropy: SeededEntropy(seed: 5))
        let report = try SnapshotRepair(
            sample.repository.reopened(over: store), reading: .none, options: options
        ).run()
        #expect(report.beyondRepair.keys.sorted() == [published.path])
        #expect(report.wholeCount == 1)
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
