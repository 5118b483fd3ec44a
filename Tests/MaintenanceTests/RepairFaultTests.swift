import Coding
import Maintenance
import Repository
import Storage
import TestSupport
import Testing

@Suite("A repair on storage that fails")
struct RepairFaultTests {
    /// What is repaired.
    enum Kind: String, CaseIterable, Sendable {
        /// A segment is gone, and another is damaged.
        case index
        /// The footer of a pack is damaged, and all that it holds is whole.
        case packs
        /// A bundle is damaged, and snapshots have lost what it held.
        case snapshots
    }

    private let sample: SampleRepository
    private let directory: TemporaryDirectory

    init() throws {
        sample = try SampleRepository()
        directory = try TemporaryDirectory()
    }

    @Test(
        "can be repeated and loses nothing, whichever operation fails", .timeLimit(.minutes(20)),
        arguments: Kind.allCases, FaultKind.all)
    func everyOperation(kind: Kind, fault: FaultKind) throws {
        let objects = try damaged(kind)
        var position = 1
        var isDone = false
        while !isDone {
            let base = try SampleRepository.store(of: objects)
            let store = FaultInjectingStore(base, plan: fault.plan(failAt: position))
            let isAcknowledged: Bool
            do throws(RepositoryError) {
                isAcknowledged = try repair(kind, sample.repository.reopened(over: store))
            } catch {
                #expect(error.code != .internalFailure, "operation \(position)")
                isAcknowledged = false
            }
            isDone = store.operationCount < position
            #expect(isAcknowledged || !isDone || kind == .snapshots)
            try expectRest(kind, base, isAcknowledged: isAcknowledged, "operation \(position)")
            position += 1
        }
        #expect(position > 10)
    }

    @Test(
        "takes a manifest away that is damaged twice, and none that is whole once, whichever operation fails",
        .timeLimit(.minutes(20)), arguments: [true, false], FaultKind.all)
    func damagedManifest(isTwice: Bool, fault: FaultKind) throws {
        let published = ObjectName(.snapshots, sample.snapshots[0].bytes)
        let pending = ObjectName(.sessions, number: 1, part: .snapshot)
        var objects = sample.objects
        // The run that died has stored the same.
        objects[SampleRepository.uncommitted] = nil
        for name in isTwice ? [published, pending] : [published] { objects[name]?[60] ^= 1 }
        var position = 1
        var isDone = false
        while !isDone {
            let base = try SampleRepository.store(of: objects)
            let store = FaultInjectingStore(base, plan: fault.plan(failAt: position))
            do throws(RepositoryError) {
                try repair(.snapshots, sample.repository.reopened(over: store))
            } catch {
                #expect(error.code != .internalFailure, "operation \(position)")
            }
            isDone = store.operationCount < position
            try repair(.snapshots, sample.repository.reopened(over: base))
            let (left, kept) = (try? base.read(published), try? base.read(pending))
            // Where the object could not be put back, a collector does it.
            #expect(left == nil || !isTwice && left == kept, "operation \(position)")
            #expect(kept == (isTwice ? nil : sample.objects[pending]), "operation \(position)")
            position += 1
        }
        #expect(position > 10)
    }

    /// A repository in which there is something to repair.
    private func damaged(_ kind: Kind) throws -> [ObjectName: [UInt8]] {
        var objects = sample.objects
        let pack = try #require(sample.pack(.content))
        switch kind {
        case .index:
            let segments = sample.names(in: .index)
            objects[try #require(segments.first)] = nil
            objects[try #require(segments.last)]?[50] ^= 1
        case .packs:
            let count = try #require(objects[pack]).count
            objects[pack]?[count - 40] ^= 1
        case .snapshots: objects[pack]?[60] ^= 1
        }
        return objects
    }

    /// Repairs; whether it says that all is well now.
    @discardableResult
    private func repair(_ kind: Kind, _ repository: Repository) throws(RepositoryError) -> Bool {
        let options = RepairOptions(
            workers: 1, moving: DamagedShelf(directory.path.appending("shelf")), entropy: SeededEntropy(seed: 5))
        switch kind {
        case .index: return try IndexRepair(repository, options: options).run().isWhole
        case .packs:
            let packs = Set(try Self.packs(repository))
            let report = try PackRepair(repository, options: options).run(packs)
            let isDone = !report.hasLosses && report.packs.allSatisfy(\.isMoved)
            return try IndexRepair(repository, options: options).run().isWhole && isDone
        case .snapshots:
            _ = try SnapshotRepair(repository, reading: .all, options: options).run()
            // A copy may need what could not be read a moment ago, and has a copy of its own then.
            return false
        }
    }

    private static func packs(_ repository: Repository) throws(RepositoryError) -> [Bytes32] {
        do {
            return try repository.store.names(in: .packs)
        } catch {
            throw RepositoryError(error)
        }
    }

    /// What an acknowledged repair says is so; another repair does the rest; nothing is lost that was there.
    private func expectRest(
        _ kind: Kind, _ store: MemoryStore, isAcknowledged: Bool, _ place: Comment
    ) throws {
        if isAcknowledged { try expectRepaired(kind, store, place) }
        try repair(kind, sample.repository.reopened(over: store))
        try expectRepaired(kind, store, place)
        for name in sample.names(in: .snapshots) { #expect(try store.read(name) == sample.objects[name], place) }
    }

    private func expectRepaired(_ kind: Kind, _ store: MemoryStore, _ place: Comment) throws {
        let repository = try sample.repository.reopened(over: store)
        let check = try Check(repository, options: CheckOptions(readsData: true, workers: 1)).run()
        guard kind == .snapshots else {
            #expect(check.damage.map(\.object) == [], place)
            #expect(try SampleRepository.readAll(repository) == SampleRepository.readAll(sample.repository), place)
            return
        }
        // Each damaged snapshot has a copy that needs nothing of what is lost.
        let broken = Set(check.damage.flatMap(\.snapshots))
        let whole = repository.snapshots().filter { !broken.contains($0.id) }
        for snapshot in sample.snapshots {
            #expect(
                whole.contains { copy in
                    copy.manifest.problems.contains { $0.reason.contains("\(snapshot)") }
                }, place)
        }
    }
}
