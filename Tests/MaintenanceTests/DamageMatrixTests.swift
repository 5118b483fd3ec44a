import Cryptography
import Maintenance
import Repository
import Storage
import SystemInterface
import TestSupport
import Testing

/// Whatever is done to the objects of a small repository that has one of everything: it is noticed under the right name, no
/// byte that is read is wrong, and a repair leaves nothing damaged but what nobody can bring back.
@Suite("Damage of every kind")
struct DamageMatrixTests {
    /// Where the objects of one kind are.
    static let places: [ObjectFolder?] = [
        nil, .keys, .packs, .index, .snapshots, .tombstones, .holds, .sessions, .quarantine,
    ]

    private let sample: SampleRepository
    private let expected: [String: [UInt8]]

    init() throws {
        sample = try SampleRepository()
        expected = try SampleRepository.readAll(sample.repository)
    }

    @Test("that cuts an object off is noticed at every length", arguments: places)
    func truncations(folder: ObjectFolder?) throws {
        var faults: [String] = []
        for (name, bytes) in sample.objects where name.folder == folder {
            for count in bytes.indices where count < 64 || count > bytes.count - 64 || count % 7 == 0 {
                var objects = sample.objects
                objects[name] = Array(bytes.prefix(count))
                if let fault = try fault(objects, [name]) { faults.append("\(name) of \(count) bytes: \(fault)") }
            }
        }
        #expect(faults.isEmpty, "\(faults.count): \(faults.prefix(5))")
    }

    @Test("that adds bytes to an object is noticed", arguments: places)
    func growth(folder: ObjectFolder?) throws {
        for (name, bytes) in sample.objects where name.folder == folder {
            var objects = sample.objects
            objects[name] = bytes + [0]
            #expect(try fault(objects, [name]) == nil, "\(name)")
        }
    }

    @Test(
        "that takes an object away is noticed, but for what nothing else names: snapshots, what is said of them, and records",
        arguments: places.filter { ![.snapshots, .tombstones, .holds, .sessions, .quarantine].contains($0) })
    func deletions(folder: ObjectFolder?) throws {
        for name in sample.objects.keys where name.folder == folder {
            var objects = sample.objects
            objects[name] = nil
            // A lost segment is known by the packs that it listed; a lost slot and a lost format by nothing opening.
            let named = folder == .packs ? [name] : []
            #expect(try fault(objects, named, mustBeDamaged: folder != .keys) == nil, "\(name)")
        }
    }

    @Test("that exchanges two objects is noticed, and both are named")
    func swaps() throws {
        let names = sample.objects.keys.sorted()
        var faults: [String] = []
        var pairs = 0
        for (index, first) in names.enumerated() {
            // A published manifest and the one of its session are the same bytes.
            for second in names[(index + 1)...] where sample.objects[first] != sample.objects[second] {
                pairs += 1
                var objects = sample.objects
                objects[first] = sample.objects[second]
                objects[second] = sample.objects[first]
                if let fault = try fault(objects, named(first, second)) {
                    faults.append("\(first), \(second): \(fault)")
                }
            }
        }
        // The manifest of the run that died is that of the first, too; and a sweep plan has a copy.
        #expect(pairs == names.count * (names.count - 1) / 2 - sample.snapshots.count - 3)
        #expect(faults.isEmpty, "\(faults.count) of \(pairs): \(faults.prefix(5))")
    }

    @Test(
        "is repaired as far as can be", arguments: DamageForRepair.allCases, [ObjectFolder.packs, .index, .snapshots])
    func repairs(damage: DamageForRepair, folder: ObjectFolder) throws {
        for name in sample.names(in: folder) {
            var objects = sample.objects
            damage.apply(to: name, in: &objects)
            let store = try SampleRepository.store(of: objects)
            try repairEverything(store)
            let report = try Check(
                try sample.repository.reopened(over: store), options: CheckOptions(readsData: true, workers: 1)
            ).run()
            let repository = try sample.repository.reopened(over: store)
            let originals = Set(sample.snapshots)
            // What is left is told of the snapshots that were hit, and never of their copies.
            for finding in report.damage where finding.object.split(separator: "/").first != "snapshots" {
                #expect(finding.object.hasPrefix("chunk "), "\(name): \(finding.object): \(finding.what)")
                #expect(originals.isSuperset(of: finding.snapshots), "\(name): \(finding.object)")
            }
            try holdAgainstExpected(repository, name, isContentWhole: folder != .packs)
        }
    }

    /// What a check must name when these are exchanged. Nothing says which manifest the run that died has stored.
    private func named(_ first: ObjectName, _ second: ObjectName) -> [ObjectName] {
        func isManifest(_ name: ObjectName) -> Bool { name.folder == .snapshots || name.part == .snapshot }
        guard isManifest(first), isManifest(second) else { return [first, second] }
        return [first, second].filter { $0 != SampleRepository.uncommitted }
    }

    // MARK: What is held

    /// What the damage did that it must not, or nil.
    private func fault(
        _ objects: [ObjectName: [UInt8]], _ names: [ObjectName], mustBeDamaged: Bool = true
    ) throws -> String? {
        if names.contains(where: { $0.folder == nil || $0.folder == .keys }) || objects[.format] == nil {
            let opened = try? Repository.open(
                try SampleRepository.store(of: objects), passphrase: SecretBytes(SampleRepository.passphrase),
                cacheDirectory: nil)
            if opened != nil { return "the repository still opens" }
        }
        let report = try Check(
            try sample.reopened(objects), options: CheckOptions(readsData: true, workers: 1)
        ).run()
        if mustBeDamaged, report.isWhole { return "the check finds nothing" }
        for name in names where !report.damage.contains(where: { $0.object == name.path }) {
            return "the check does not name \(name)"
        }
        // Reading gives what it must, or it fails: anything else is wrong data.
        guard let found = try? SampleRepository.readAll(try sample.reopened(objects)) else { return nil }
        return found.first { expected[$0.key] != $0.value }.map { "\($0.key) has wrong bytes" }
    }

    private func repairEverything(_ store: MemoryStore) throws {
        let directory = try TemporaryDirectory()
        let entropy = SeededEntropy(seed: 77)
        let options = RepairOptions(
            workers: 1, moving: DamagedShelf(directory.path.appending("shelf")), entropy: entropy)
        let packs = Set(try store.list(.packs).compactMap(\.name.id))
        _ = try PackRepair(try sample.repository.reopened(over: store), options: options).run(packs)
        _ = try IndexRepair(try sample.repository.reopened(over: store), options: options).run()
        _ = try SnapshotRepair(try sample.repository.reopened(over: store), reading: .all, options: options).run()
    }

    /// Everything that can be read in the snapshots that are there is what it was.
    private func holdAgainstExpected(_ repository: Repository, _ name: ObjectName, isContentWhole: Bool) throws {
        let source = repository.makeSource()
        for snapshot in repository.snapshots() where sample.snapshots.contains(snapshot.id) {
            var found: [String: [UInt8]] = [:]
            let isRead =
                (try? SampleRepository.read(snapshot.manifest.root, path: snapshot.id.short, source, &found)) != nil
            if isContentWhole { #expect(isRead, "\(name)") }
            for (path, bytes) in found { #expect(expected[path] == bytes, "\(name): \(path)") }
        }
    }
}

/// What is done to an object before it is repaired.
enum DamageForRepair: String, CaseIterable, Sendable {
    case firstByte, versionByte, bodyByte, lastByte, cutInHalf, cutAtEnd, emptied, deleted

    func apply(to name: ObjectName, in objects: inout [ObjectName: [UInt8]]) {
        guard var bytes = objects[name], !bytes.isEmpty else { return }
        switch self {
        case .firstByte: bytes[0] ^= 1
        // A newer version, by the looks of it.
        case .versionByte: bytes[9] ^= 1
        case .bodyByte: bytes[min(60, bytes.count - 1)] ^= 16
        case .lastByte: bytes[bytes.count - 1] ^= 128
        case .cutInHalf: bytes.removeLast(bytes.count / 2)
        case .cutAtEnd: bytes.removeLast(20)
        case .emptied: bytes = []
        case .deleted:
            objects[name] = nil
            return
        }
        objects[name] = bytes
    }
}
