import Coding
import Maintenance
import Repository
import Storage
import SystemInterface
import TestSupport
import Testing

/// A whole garbage collection in front of each single operation of something else, which looks at what vanishes.
@Suite("A collection in front of any operation")
struct CollectionBesideChecksTests {
    /// What the collection runs beside.
    enum Work: String, CaseIterable, CustomTestStringConvertible {
        case check = "a check"
        case storageCheck = "a check without a key"
        case indexRepair = "a repair of the index"
        case packRepair = "a repair of packs"
        case snapshotRepair = "a repair of snapshots"

        var testDescription: String { rawValue }

        /// What it says is wrong; nothing, as it should be, or where it was ended.
        func findings(_ repository: Repository, _ store: any ObjectStore) throws -> [String] {
            let options = RepairOptions(workers: 1, entropy: SeededEntropy(seed: 9))
            do {
                switch self {
                case .check:
                    return try Check(repository, options: CheckOptions(readsData: true, workers: 1)).run()
                        .damage.map { "\($0.object): \($0.what)" }
                case .storageCheck:
                    return try StorageCheck(store, options: CheckOptions(.all, workers: 1)).run()
                        .damage.map { "\($0.object): \($0.what)" }
                case .indexRepair:
                    let report = try IndexRepair(repository, options: options).run()
                    return report.segmentsWrong.merging(report.packsUnreadable) { first, _ in first }.map {
                        "\($0.key): \($0.value)"
                    }
                case .packRepair:
                    let packs = Set(try store.names(in: .packs))
                    return try PackRepair(repository, options: options).run(packs).packs.map(\.object)
                case .snapshotRepair:
                    let report = try SnapshotRepair(repository, reading: .all, options: options).run()
                    return report.copies.map { "\($0.original)" } + report.beyondRepair.keys
                }
            } catch let error as RepositoryError where error.code == .fenced {
                return []
            }
        }
    }

    /// Three snapshots, one of which is forgotten; content that a dead run has left, and some that lies in two packs.
    private struct Sample {
        let fixture: CollectionFixture
        let kept: [(snapshot: Snapshot, files: [String: [UInt8]])]

        init() throws {
            fixture = try CollectionFixture()
            let shared = CollectionFixture.bytes(1)
            let first = ["shared": shared, "first": CollectionFixture.bytes(2, count: 9_000)]
            let last = ["shared": shared, "last": CollectionFixture.bytes(3, count: 9_000)]
            let saved = try fixture.commit(first)
            let gone = try fixture.commit(["gone": CollectionFixture.bytes(4), "shared": shared])
            // Two runs that don't know of each other store the same.
            let twice = CollectionFixture.bytes(5)
            let (one, other) = (try fixture.session(), try fixture.session())
            let root = try CollectionFixture.write(last.merging(["twice": twice]) { first, _ in first }, into: one)
            _ = try CollectionFixture.write(["twice": twice], into: other)
            other.abandon()
            let third = try one.commit(CollectionFixture.manifest(root))
            try fixture.forget(gone)
            kept = [(saved, first), (third, last.merging(["twice": twice]) { first, _ in first })]
        }

        /// What is wrong if a collection comes in front of operation `number`, and whether there was that operation.
        func run(_ work: Work, _ number: Int) throws -> (faults: [String], isReached: Bool) {
            let base = try fixture.copy()
            let side = try fixture.over(base)
            let store = InterruptedStore(base, before: number) {
                _ = try side.collect { options in
                    options.fencesSessions = true
                    options.isConfirmed = true
                    options.unusedShareMax = 0
                }
            }
            var faults = try work.findings(try fixture.repository.reopened(over: store), store)
            if let failure = store.actionFailure { faults.append("the collection failed: \(failure)") }
            for (snapshot, files) in kept where try side.contents(of: snapshot) != files {
                faults.append("snapshot \(snapshot.id.short) has other bytes")
            }
            let check = try Check(
                try fixture.repository.reopened(over: base), options: CheckOptions(readsData: true, workers: 1)
            ).run()
            faults += check.damage.map { "afterwards, \($0.object): \($0.what)" }
            return (faults.map { "operation \(number): \($0)" }, store.operations >= number)
        }
    }

    @Test(
        "of something that looks at everything makes it find nothing", .timeLimit(.minutes(20)),
        arguments: Work.allCases)
    func anyMoment(_ work: Work) throws {
        let sample = try Sample()
        var number = 1
        var faults: [String] = []
        while true {
            let result = try sample.run(work, number)
            faults += result.faults
            guard result.isReached else { break }
            number += 1
        }
        #expect(number > 20)
        #expect(faults == [], "\(faults.count) of \(number)")
    }
}
