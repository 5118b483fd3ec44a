import Maintenance
import Repository
import Storage
import SystemInterface
import TestSupport
import Testing

/// A flipped bit of a version looks like an object that a newer version has written. Whoever repairs must not take that for
/// another thing than damage.
@Suite("A flipped bit of a version")
struct VersionBitTests {
    private static let folders: [ObjectFolder] = [
        .packs, .index, .snapshots, .tombstones, .holds, .sessions, .quarantine,
    ]
    /// Of the version, of which 1 is the one that there is; and one of the magic in front of it.
    private static let versionBits: [(byte: Int, mask: UInt8)] = [(8, 2), (8, 128), (9, 1), (9, 128)]
    private static let magicBit: (byte: Int, mask: UInt8) = (7, 1)

    private let sample: SampleRepository

    init() throws {
        sample = try SampleRepository()
    }

    @Test(
        "comes to the same as one of any other byte of the header, in repairs and in collections",
        .timeLimit(.minutes(20)), arguments: folders)
    func sameAsAnyOther(folder: ObjectFolder) throws {
        let names = sample.names(in: folder)
        #expect(!names.isEmpty)
        for name in names {
            let expected = try outcome(of: name, Self.magicBit)
            for bit in Self.versionBits {
                let found = try outcome(of: name, bit)
                #expect(found == expected, "\(name), byte \(bit.byte), mask \(bit.mask)")
            }
        }
    }

    @Test("in a sweep plan and in its copy stops no run on a machine that knows what was swept", arguments: [7, 9])
    func bothPlans(byte: Int) throws {
        let fixture = try CollectionFixture()
        let directory = try TemporaryDirectory()
        let gone = try fixture.commit(["a": CollectionFixture.bytes(1)])
        try fixture.commit(["b": CollectionFixture.bytes(2)])
        try fixture.forget(gone)
        #expect(try fixture.collect { $0.isConfirmed = true }.end == .done)
        _ = try fixture.repository.reopened(cacheDirectory: directory.path)
        for part in [ObjectPart.sweep, .copy] {
            let name = ObjectName(.quarantine, number: 1, part: part)
            var bytes = try fixture.store.read(name)
            bytes[byte] ^= 1
            try fixture.store.delete(name)
            try fixture.store.create(name, bytes)
        }
        let machine = try fixture.repository.reopened(cacheDirectory: directory.path)
        let session = try machine.makeWriteSession(WriteSessionOptions(workers: 1), entropy: fixture.entropy)
        let files = ["c": CollectionFixture.bytes(3)]
        let snapshot = try session.commit(CollectionFixture.manifest(CollectionFixture.write(files, into: session)))
        #expect(try fixture.contents(of: snapshot) == files)
    }

    /// What becomes of the repository when the bit is flipped and everything is done that may repair it, in words.
    private func outcome(of name: ObjectName, _ bit: (byte: Int, mask: UInt8)) throws -> [String] {
        var objects = sample.objects
        objects[name]?[bit.byte] ^= bit.mask
        let store = try SampleRepository.store(of: objects)
        let directory = try TemporaryDirectory()
        let options = RepairOptions(
            workers: 1, moving: DamagedShelf(directory.path.appending("shelf")), entropy: SeededEntropy(seed: 77))
        var log: [String] = []
        func step(_ name: String, _ body: (Repository) throws(RepositoryError) -> String) {
            do throws(RepositoryError) {
                log.append("\(name): \(try body(sample.repository.reopened(over: store)))")
            } catch {
                log.append("\(name): \(error.isOfContents ? "damage of \(error.object ?? "?")" : "\(error)")")
            }
        }
        func check(_ repository: Repository) throws(RepositoryError) -> String {
            let report = try Check(repository, options: CheckOptions(readsData: true, workers: 1)).run()
            return "\(Set(report.damage.map(\.object)).sorted()) \(report.damage.reduce(0) { $0 + $1.pathCount })"
        }
        step("check", check)
        step("packs") { (repository) throws(RepositoryError) in
            let packs = Set(sample.names(in: .packs).compactMap(\.id))
            let report = try PackRepair(repository, options: options).run(packs)
            return "\(report.packs.map { "\($0.object) \($0.movedBundles) \($0.lostBundles) \($0.isMoved)" })"
        }
        step("index") { (repository) throws(RepositoryError) in
            let report = try IndexRepair(repository, options: options).run()
            return "\(report.packsListed) \(report.segmentsWrong.keys.sorted()) \(report.segmentsMoved)"
        }
        step("snapshots") { (repository) throws(RepositoryError) in
            let report = try SnapshotRepair(repository, reading: .all, options: options).run()
            return "\(report.copies.count) \(report.wholeCount) \(report.kept.keys.sorted()) "
                + "\(report.putBack.sorted()) \(report.moved.sorted()) \(report.beyondRepair.keys.sorted())"
        }
        step("check", check)
        step("prune") { (repository) throws(RepositoryError) in
            var options = CollectionOptions(
                identity: RunIdentity(started: CollectionFixture.now, host: "collector", processID: 8))
            (options.isConfirmed, options.fencesSessions) = (true, true)
            let report = try Collection(repository, options: options, entropy: SeededEntropy(seed: 5)).run()
            return "\(report.end) \(report.packCount)"
        }
        step("check", check)
        step("read") { (repository) throws(RepositoryError) in
            ((try? SampleRepository.readAll(repository)) ?? [:]).keys.sorted().description
        }
        return log + Self.folders.map { folder in "\(folder): \((try? store.list(folder).count) ?? -1)" }
    }
}
