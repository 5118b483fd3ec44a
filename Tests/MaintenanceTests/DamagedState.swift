import Coding
import Maintenance
import Repository
import Storage
import SystemInterface
import TestSupport

/// The objects of the sample after some damage that a seed chooses, and what people may do about it.
final class DamagedState {
    /// What has happened to the repository before something is damaged.
    enum Beginning: CaseIterable {
        /// Nothing.
        case plain
        /// A segment of the index was away when it was repaired, and has come back: packs are listed twice.
        case listedTwice
        /// What a damaged pack held was saved, and the pack has come back: bundles are there twice.
        case heldTwice
        /// Snapshots that had lost something were copied without it, and it has come back.
        case copied

        func make() throws -> (sample: SampleRepository, objects: [ObjectName: [UInt8]]) {
            let sample = try SampleRepository()
            let store = try SampleRepository.store(of: sample.objects)
            let options = RepairOptions(workers: 1, entropy: SeededEntropy(seed: 3))
            func repairing(_ name: ObjectName?, _ change: (inout [UInt8]) -> Void, _ body: () throws -> Void) throws {
                guard let name, var bytes = sample.objects[name] else { return }
                change(&bytes)
                try store.delete(name)
                if !bytes.isEmpty { try store.create(name, bytes) }
                try body()
                if !bytes.isEmpty { try store.delete(name) }
                try store.create(name, sample.objects[name] ?? [])
            }
            switch self {
            case .plain: break
            case .listedTwice:
                try repairing(sample.names(in: .index).first, { $0 = [] }) {
                    _ = try IndexRepair(try sample.repository.reopened(over: store), options: options).run()
                }
            case .heldTwice:
                try repairing(sample.pack(.content), { $0[$0.count - 40] ^= 1 }) {
                    let packs = Set(try store.names(in: .packs))
                    _ = try PackRepair(try sample.repository.reopened(over: store), options: options).run(packs)
                }
            case .copied:
                try repairing(sample.pack(.content), { $0[60] ^= 1 }) {
                    let repository = try sample.repository.reopened(over: store)
                    _ = try SnapshotRepair(repository, reading: .all, options: options).run()
                }
            }
            var objects = try SampleRepository.contents(of: store)
            // The manifest of the run that died is that of the first snapshot, and a third copy of it.
            objects[SampleRepository.uncommitted] = nil
            return (sample, objects)
        }
    }

    /// What was done, in words.
    private(set) var history: [String] = []
    /// What could be read before a step and cannot after it, and which steps that took; nil where nothing was lost.
    private(set) var loss: String?
    /// What can be read now, by snapshot and path.
    private(set) var known: [String: [UInt8]] = [:]
    /// The snapshots that were forgotten: a garbage collection may delete them.
    private var forgotten: [SnapshotID] = []
    private var backups = 0
    private let sample: SampleRepository
    private let store: MemoryStore
    private let shelf: TemporaryDirectory
    /// The directory of a catalog that was brought up to date before anything was damaged; nil for somebody who has none.
    private let cache: TemporaryDirectory?
    private var generator: SeededGenerator

    /// One of `states`, with up to four objects damaged; every second one in sight of somebody who has a catalog.
    init(_ states: [(sample: SampleRepository, objects: [ObjectName: [UInt8]])], seed: UInt64) throws {
        generator = SeededGenerator(seed: seed)
        let state = states[generator.number(in: 0...(states.count - 1))]
        sample = state.sample
        var objects = state.objects
        store = MemoryStore()
        shelf = try TemporaryDirectory(in: "/dev/shm")
        cache = generator.number(in: 0...1) == 0 ? nil : try TemporaryDirectory(in: "/dev/shm")
        if let cache {
            _ = try sample.repository.over(SampleRepository.store(of: objects)).reopened(cacheDirectory: cache.path)
            history.append("a catalog")
        }
        // What nothing opens without is not damaged.
        let names = objects.keys.filter { $0.folder != nil && $0.folder != .keys }.sorted()
        for _ in 0..<generator.number(in: 1...4) {
            damage(names[generator.number(in: 0...(names.count - 1))], in: &objects)
        }
        for (name, bytes) in objects { try store.create(name, bytes) }
        known = SampleRepository.readable(try reopened())
    }

    /// The repository as that person sees it who opens it now.
    func reopened() throws -> Repository {
        guard let cache else { return try reopenedToRepair() }
        return try sample.repository.over(store).reopened(cacheDirectory: cache.path)
    }

    /// The same for a repair, which goes by what the storage has.
    private func reopenedToRepair() throws -> Repository { try sample.repository.reopened(over: store) }

    /// Up to six repairs, in any order; then, in two of three cases, backups, retention and a garbage collection, and in half
    /// of these repairs and a collection once more. After each step whatever could be read before must be readable.
    ///
    /// A step that says that it cannot be done is one; an internal failure is an error.
    func live() throws {
        try repair(atMost: 6)
        if generator.number(in: 0...2) == 0 { return }
        try prune()
        if generator.number(in: 0...1) == 0 { return }
        try repair(atMost: 2)
        try prune()
    }

    private func repair(atMost most: Int) throws {
        for _ in 0..<generator.number(in: 1...most) {
            let options = RepairOptions(
                workers: 1,
                moving: generator.number(in: 0...3) == 0 ? nil : DamagedShelf(shelf.path.appending("shelf")),
                cacheDirectory: cache?.path, entropy: SeededEntropy(seed: generator.next()))
            switch generator.number(in: 0...3) {
            case 0:
                try step("packs that a check names") {
                    let report = try Check(
                        reopened(), options: CheckOptions(readsData: true, workers: 1)
                    ).run()
                    _ = try PackRepair(reopenedToRepair(), options: options).run(report.damagedPacks)
                }
            case 1:
                try step("all packs") {
                    _ = try PackRepair(reopenedToRepair(), options: options).run(Set(store.names(in: .packs)))
                }
            case 2: try step("index") { _ = try IndexRepair(reopenedToRepair(), options: options).run() }
            default:
                let reading: PackSelection = generator.number(in: 0...1) == 0 ? .none : .all
                try step("snapshots") {
                    _ = try SnapshotRepair(reopenedToRepair(), reading: reading, options: options).run()
                }
            }
        }
    }

    private func prune() throws {
        var options = CollectionOptions(identity: RunIdentity())
        options.isConfirmed = true
        options.fencesSessions = true
        options.unusedShareMax = 0
        let entropy = SeededEntropy(seed: generator.next())
        let number = generator.number(in: 0...2 * sample.snapshots.count - 1)
        if number < sample.snapshots.count { try forget(sample.snapshots[number], entropy) }
        if generator.number(in: 0...1) == 0 {
            backups += 1
            try step("backup") { _ = try SampleRepository.commit(number: 9 + backups, to: reopened(), entropy) }
        }
        try step("prune") { _ = try Collection(reopened(), options: options, entropy: entropy).run() }
    }

    private func forget(_ snapshot: SnapshotID, _ entropy: SeededEntropy) throws {
        let who = Attribution(
            time: Timestamp(seconds: 1_800_000_200), userName: "user", host: "host", reason: "a test")
        try step("forget \(snapshot.short)") {
            forgotten.append(snapshot)
            _ = try reopened().forget(snapshot, by: who, entropy: entropy)
        }
    }

    private func step(_ name: String, _ body: () throws -> Void) throws {
        guard loss == nil else { return }
        do {
            try body()
            history.append(name)
        } catch let error as RepositoryError where error.code != .internalFailure {
            history.append("\(name) (\(error))")
        }
        let after = SampleRepository.readable(try reopened())
        let gone = Set(forgotten.map(\.short))
        let lost = known.first { after[$0.key] != $0.value && !gone.contains(String($0.key.prefix(8))) }
        loss = lost.map { "\($0.key) is lost after \(history.joined(separator: ", "))" }
        known = after
    }

    /// Damages an object in one of the ways in which disks and people do it. Beginnings and ends are hit more often: there
    /// stands what says how all else is read.
    private func damage(_ name: ObjectName, in objects: inout [ObjectName: [UInt8]]) {
        guard var bytes = objects[name], !bytes.isEmpty else { return }
        let last = bytes.count - 1
        switch generator.number(in: 0...7) {
        case 0, 1: flip(&bytes, at: generator.number(in: 0...min(15, last)), of: name)
        case 2: flip(&bytes, at: generator.number(in: max(0, last - 63)...last), of: name)
        case 3: flip(&bytes, at: generator.number(in: 0...last), of: name)
        case 4:
            bytes.removeLast(generator.number(in: 1...bytes.count))
            history.append("\(name) cut off at \(bytes.count)")
        case 5:
            bytes += generator.bytes(generator.number(in: 1...40))
            history.append("\(name) longer")
        case 6:
            objects[name] = nil
            history.append("\(name) missing")
            return
        default:
            let others = objects.keys.filter { $0.folder == name.folder }.sorted()
            let other = others[generator.number(in: 0...(others.count - 1))]
            history.append("\(name) exchanged with \(other)")
            (bytes, objects[other]) = (objects[other] ?? bytes, bytes)
        }
        objects[name] = bytes
    }

    private func flip(_ bytes: inout [UInt8], at position: Int, of name: ObjectName) {
        let bit = generator.number(in: 0...7)
        bytes[position] ^= 1 << bit
        history.append("\(name) bit \(bit) of byte \(position)")
    }
}
