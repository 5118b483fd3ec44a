import Coding
import Maintenance
import Repository
import Storage
import SystemInterface
import TestSupport
import Testing

@Suite("A repair that moves damaged packs away")
struct PackMovingTests {
    /// What is in another pack, which the index lists as a second place of a chunk.
    enum Copy: String, CaseIterable, CustomTestStringConvertible {
        case sound = "the chunk"
        case rotten = "a bundle that does not open"
        case misnamed = "other bytes under the chunk's name"
        case another = "another chunk"

        var testDescription: String { rawValue }
    }

    private let files = ["a": CollectionFixture.bytes(1), "b": CollectionFixture.bytes(2)]
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private var options: RepairOptions {
        RepairOptions(
            workers: 1, moving: DamagedShelf(directory.path.appending("shelf")), entropy: SeededEntropy(seed: 5))
    }

    @Test("relies on no other pack before it has read there what it needs", arguments: Copy.allCases)
    func unreadCopy(copy: Copy) throws {
        let fixture = try CollectionFixture()
        let snapshot = try fixture.commit(files)
        let pack = try contentPack(of: fixture)
        try plant(copy, ofFirstChunkIn: pack, fixture)
        try damageFooter(of: pack, fixture)
        let report = try PackRepair(fixture.repository.reopened(over: fixture.store), options: options).run([pack])
        let spareBundles = copy == .sound ? 1 : 0
        #expect(report.packs.map(\.spareBundles) == [spareBundles])
        #expect(report.packs.map(\.movedBundles) == [2 - spareBundles])
        #expect(report.packs.map(\.isMoved) == [true])
        #expect(try !fixture.store.contains(ObjectName(.packs, pack)))
        #expect((try? fixture.contents(of: snapshot)) == files)
    }

    // Which of two packs a collection drops depends on their names, and so on the seed.
    @Test(
        "loses nothing to a collection in front of any operation", .timeLimit(.minutes(20)), arguments: [false, true],
        1...UInt64(4))
    func besideCollection(fences: Bool, seed: UInt64) throws {
        let fixture = try CollectionFixture(seed: seed)
        let snapshot = try fixture.commit(files)
        let pack = try contentPack(of: fixture)
        try damageFooter(of: pack, fixture)
        var number = 1
        var faults: [String] = []
        while true {
            let base = try fixture.copy()
            let side = try fixture.over(base)
            @Sendable func collect() throws {
                _ = try side.collect { options in
                    options.fencesSessions = fences
                    options.isConfirmed = true
                }
            }
            let store = InterruptedStore(base, before: number, collect)
            do {
                _ = try PackRepair(fixture.repository.reopened(over: store), options: options).run([pack])
            } catch {
                guard error.code == .fenced else { throw error }
            }
            if let failure = store.actionFailure { faults.append("operation \(number): \(failure)") }
            // What had to wait for the repair.
            try collect()
            if (try? side.contents(of: snapshot)) != files { faults.append("operation \(number): a chunk is lost") }
            guard store.operations >= number else { break }
            number += 1
        }
        #expect(faults == [])
        #expect(number > 20)
    }

    @Test("leaves a pack that the disk gives wrongly for a while, however long that is")
    func failingForAWhile() throws {
        let fixture = try CollectionFixture()
        let snapshot = try fixture.commit(files)
        let pack = try contentPack(of: fixture)
        let name = ObjectName(.packs, pack)
        let bytes = try fixture.store.read(name)
        var told = 0
        for times in 1...40 {
            let base = try fixture.copy()
            let store = UnreadableStore(base)
            let repository = try fixture.repository.reopened(over: store)
            store.fail([name], times: times)
            let report = try PackRepair(repository, options: options).run([pack])
            #expect(report.packs.allSatisfy { !$0.isMoved }, "\(times) times")
            #expect((try? base.read(name)) == bytes, "\(times) times")
            #expect((try? fixture.over(base).contents(of: snapshot)) == files, "\(times) times")
            if report.packs.contains(where: { $0.faults.last?.contains("read once more") == true }) { told += 1 }
        }
        #expect(told > 0)
    }

    @Test("loses no bundle that the disk gives late to another one that is damaged, however late it is")
    func lateBundle() throws {
        let fixture = try CollectionFixture()
        try fixture.commit(files)
        let pack = try contentPack(of: fixture)
        let name = ObjectName(.packs, pack)
        var bytes = try fixture.store.read(name)
        bytes[60] ^= 1
        try fixture.store.delete(name)
        try fixture.store.create(name, bytes)
        let before = SampleRepository.readable(try fixture.repository.reopened(over: fixture.store))
        #expect(before.values.contains { files.values.contains($0) })
        var told = 0
        for times in 1...40 {
            let base = try fixture.copy()
            let store = UnreadableStore(base)
            let repository = try fixture.repository.reopened(over: store)
            store.fail([name], times: times)
            let report = try PackRepair(repository, options: options).run([pack])
            let after = SampleRepository.readable(try fixture.repository.reopened(over: base))
            #expect(after == before, "\(times) times")
            if report.packs.contains(where: { $0.faults.last?.contains("it gives more than before") == true }) {
                told += 1
            }
        }
        #expect(told > 0)
    }

    @Test("takes a pack away that was written so, and holds the bytes that it is named by")
    func writtenSo() throws {
        let fixture = try CollectionFixture()
        try fixture.commit(files)
        let before = Set(try fixture.store.names(in: .packs))
        try plant(.misnamed, ofFirstChunkIn: try contentPack(of: fixture), fixture)
        let planted = try #require(try fixture.store.names(in: .packs).first { !before.contains($0) })
        let report = try PackRepair(fixture.repository.reopened(over: fixture.store), options: options).run([planted])
        #expect(report.packs.map(\.isMoved) == [true])
        #expect(try !fixture.store.contains(ObjectName(.packs, planted)))
    }

    private func contentPack(of fixture: CollectionFixture) throws -> Bytes32 {
        try #require(
            try fixture.store.names(in: .packs).first { pack in
                try fixture.store.read(ObjectName(.packs, pack))[10] == PackKind.content.rawValue
            })
    }

    /// All bundles stay whole, and the index says where they are.
    private func damageFooter(of pack: Bytes32, _ fixture: CollectionFixture) throws {
        let name = ObjectName(.packs, pack)
        var bytes = try fixture.store.read(name)
        bytes[bytes.count - 40] ^= 1
        try fixture.store.delete(name)
        try fixture.store.create(name, bytes)
    }

    /// Stores another pack that is said to hold the first chunk of `pack`.
    private func plant(_ copy: Copy, ofFirstChunkIn pack: Bytes32, _ fixture: CollectionFixture) throws {
        let holder = try KeyHolder(fixture.repository, entropy: fixture.entropy)
        let chunks = try holder.chunks(ofPack: pack).chunks
        let (chunk, other) = (try #require(chunks.first), try #require(chunks.last))
        let held =
            switch copy {
            case .sound, .rotten: chunk
            case .misnamed: (id: chunk.id, bytes: other.bytes)
            case .another: other
            }
        try fixture.plantPack(of: held, listedAs: chunk) { bundle in
            if copy == .rotten { bundle[40] ^= 1 }
        }
    }
}
