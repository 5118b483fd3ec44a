import Coding
import Cryptography
import Maintenance
import Repository
import Storage
import SystemInterface
import TestSupport
import Testing

@Suite("A repair")
struct RepairTests {
    private let sample: SampleRepository
    private let directory: TemporaryDirectory

    init() throws {
        sample = try SampleRepository()
        directory = try TemporaryDirectory()
    }

    private func options(isDryRun: Bool = false, moves: Bool = false) -> RepairOptions {
        RepairOptions(
            workers: 1, isDryRun: isDryRun, moving: moves ? DamagedShelf(directory.path.appending("shelf")) : nil,
            entropy: SeededEntropy(seed: 5))
    }

    @Test("of a lost index lists what the lost one listed", arguments: [true, false])
    func lostIndex(isWhole: Bool) throws {
        let original = try tables(sample.objects)
        let lost = sample.names(in: .index).prefix(isWhole ? .max : 1)
        let store = try SampleRepository.store(of: sample.objects.filter { !lost.contains($0.key) })
        let report = try IndexRepair(try open(store), options: options()).run()
        #expect(report.isWhole && report.segmentsWritten == 1)
        #expect(try tables(contents(store)) == original)
        #expect(try check(store).isWhole)
        let again = try IndexRepair(try open(store), options: options()).run()
        #expect(again.packsListed.isEmpty && again.segmentsWritten == 0)
    }

    @Test("of a damaged segment leaves it, and moves it away only where it is asked to", arguments: [true, false])
    func damagedSegment(moves: Bool) throws {
        let segment = try #require(sample.names(in: .index).first)
        var objects = sample.objects
        objects[segment]?[50] ^= 1
        let store = try SampleRepository.store(of: objects)
        let report = try IndexRepair(try open(store), options: options(moves: moves)).run()
        #expect(Array(report.segmentsWrong.keys) == [segment.path])
        #expect(try store.contains(segment) != moves)
        #expect(try check(store).isWhole == moves)
        #expect(report.isWhole == moves)
        if moves {
            let kept = directory.path.appending("shelf").appending("index-\(segment.fileName)")
            #expect(try FileSystem.read(kept, atMost: 1 << 20) == objects[segment])
        }
    }

    @Test(
        "of segments that list a damaged pack several times leaves only what can be read", arguments: [false, true])
    func listedTwice(contradicts: Bool) throws {
        let pack = try #require(sample.pack(.content))
        let gone = try #require(sample.pack(.metadata))
        let id = try #require(pack.id)
        let store = try SampleRepository.store(of: sample.objects)
        let original = try tables(sample.objects)
        // A segment was away while the index was repaired, and has come back.
        _ = try open(store).storeIndex(of: original.values.sorted { $0.id < $1.id }, entropy: SeededEntropy(seed: 6))
        if contradicts { try listOtherwise(id, in: store) }
        // Whatever lists a pack that is missing is wrong, and what the other one holds only segments say.
        try store.delete(gone)
        let bytes = try #require(sample.objects[pack])
        try store.delete(pack)
        try store.create(pack, bytes.dropLast() + [0])
        let report = try IndexRepair(try open(store), options: options(moves: true)).run()
        #expect(report.isWhole && report.packsUnreadable.isEmpty)
        #expect(report.packsListed.filter { $0 == id }.count == 1)
        let left = try store.list(.index).map { try open(store).auditIndexSegment($0.name) }
        #expect(left.flatMap { $0 }.filter { $0.id == id }.count == (contradicts ? 2 : 1))
        #expect(left.flatMap { $0 }.contains { $0 == original[id] })
    }

    /// Stores a segment that says something else of a pack, and lists one that is missing, too.
    private func listOtherwise(_ pack: Bytes32, in store: MemoryStore) throws {
        let holder = try KeyHolder(sample.repository, entropy: SeededEntropy(seed: 7))
        let table = holder.table([(ChunkID(.zero), [1])], storedBytes: 100, plaintextBytes: 40, .content)
        let segment = try holder.segment(
            KeyHolder.segmentTable([(pack, .content, table), (.zero, .content, table)]))
        try store.create(ObjectName(.index, SHA256.hash(segment.span)), segment)
    }

    @Test("of packs saves every bundle that authenticates, once")
    func salvage() throws {
        let pack = try #require(sample.pack(.content))
        var objects = sample.objects
        // The footer: all bundles are whole, and the index says where they are.
        let count = try #require(objects[pack]).count
        objects[pack]?[count - 40] ^= 1
        let store = try SampleRepository.store(of: objects)
        let packs = Set(try store.list(.packs).compactMap(\.name.id))
        let report = try PackRepair(try open(store), options: options()).run(packs)
        #expect(report.packs.map(\.object) == [pack.path])
        #expect(report.packsWritten == 1 && !report.hasLosses)
        #expect(report.packs.first.map { $0.movedBundles > 0 && $0.lostBundles == 0 } == true)
        try store.delete(pack)
        #expect(try SampleRepository.readAll(try open(store)) == SampleRepository.readAll(sample.repository))
        try store.create(pack, try #require(objects[pack]))
        let again = try PackRepair(try open(store), options: options()).run(packs)
        #expect(again.packsWritten == 0)
        #expect(again.packs.first.map { $0.movedBundles == 0 && $0.spareBundles > 0 } == true)
    }

    @Test("of packs tells what is lost, and of a pack of which nothing is left that nobody knows")
    func losses() throws {
        let pack = try #require(sample.pack(.content))
        var objects = sample.objects
        objects[pack]?[60] ^= 1
        let first = try PackRepair(try open(SampleRepository.store(of: objects)), options: options()).run(packIDs)
        #expect(first.hasLosses && first.packs.first.map { $0.lostBundles == 1 && !$0.isLost } == true)
        objects = objects.filter { $0.key.folder != .index }
        objects[pack] = []
        let second = try PackRepair(try open(SampleRepository.store(of: objects)), options: options()).run(packIDs)
        #expect(second.hasLosses && second.packs.first?.isLost == true)
    }

    @Test("of snapshots makes copies that name what is lost, and leaves the snapshots alone")
    func copies() throws {
        let pack = try #require(sample.pack(.content))
        var objects = sample.objects
        objects[pack]?[60] ^= 1
        let store = try SampleRepository.store(of: objects)
        let report = try SnapshotRepair(try open(store), reading: .all, options: options()).run()
        #expect(report.copies.map(\.original).sorted() == sample.snapshots.sorted())
        #expect(report.beyondRepair.isEmpty)
        let repository = try open(store)
        for name in sample.names(in: .snapshots) { #expect(try store.read(name) == sample.objects[name]) }
        for made in report.copies {
            let copy = try #require(repository.snapshots().first { $0.id == made.copy })
            let original = try #require(repository.snapshots().first { $0.id == made.original })
            #expect(copy.manifest.started > original.manifest.started)
            #expect(copy.manifest.problems.first?.reason.contains("\(made.original)") == true)
            #expect(copy.manifest.problems.map(\.path).contains("/shared/one"))
            let source = repository.makeSource()
            let lost = try #require(
                try SnapshotPath.lookup([Array("shared".utf8), Array("one".utf8)], in: copy, source: source))
            #expect(lost.content == .unreadable && lost.size == 5)
            #expect(try !lost.extendedAttributes.load(from: source).isEmpty)
        }
        let findings = try check(store).damage.filter { $0.pathCount > 0 }
        #expect(findings.allSatisfy { Set($0.snapshots).isSubset(of: sample.snapshots) })
        let again = try SnapshotRepair(try open(store), reading: .all, options: options()).run()
        #expect(again.copies.isEmpty && again.copiedBefore.count == 2 && again.wholeCount == 2)
    }

    @Test("reads a snapshot whose object is damaged from its session, and puts it back where it may move that away")
    func keptManifest() throws {
        let name = try #require(sample.names(in: .snapshots).first)
        var objects = sample.objects
        objects[name]?[60] ^= 1
        let store = try SampleRepository.store(of: objects)
        #expect(try open(store).snapshots().map(\.id).sorted() == sample.snapshots.sorted())
        #expect(try check(store).damage.map(\.object) == [name.path])
        let left = try SnapshotRepair(try open(store), reading: .none, options: options()).run()
        #expect(left.kept.keys.sorted() == [name.path] && left.moved.isEmpty && left.beyondRepair.isEmpty)
        #expect(try contents(store) == objects)
        let report = try SnapshotRepair(try open(store), reading: .none, options: options(moves: true)).run()
        #expect(report.kept.keys.sorted() == [name.path] && report.moved == [name.path])
        #expect(try contents(store) == sample.objects)
    }

    @Test("moves a snapshot away that is damaged in both places, and calls it beyond repair")
    func lostManifest() throws {
        let name = ObjectName(.snapshots, sample.snapshots[0].bytes)
        let manifest = sample.objects[name]
        var objects = sample.objects
        for (other, bytes) in objects where bytes == manifest { objects[other]?[60] ^= 1 }
        let store = try SampleRepository.store(of: objects)
        let report = try SnapshotRepair(try open(store), reading: .none, options: options(moves: true)).run()
        #expect(report.kept.isEmpty && report.beyondRepair.keys.sorted() == [name.path])
        #expect(report.moved == [name.path])
        // The run that died has stored the same, and has no outcome.
        let left = Set(try contents(store).keys)
        #expect(Set(objects.keys).subtracting(left) == [name, ObjectName(.sessions, number: 1, part: .snapshot)])
    }

    @Test("of a snapshot whose topmost directory is lost makes no copy, and says so", arguments: [false, true])
    func beyondRepair(isDryRun: Bool) throws {
        let packs = sample.names(in: .packs).filter { sample.objects[$0]?[10] == PackKind.metadata.rawValue }
        let store = try SampleRepository.store(of: sample.objects.filter { !packs.contains($0.key) })
        let options = options(isDryRun: isDryRun)
        let report = try SnapshotRepair(try open(store), reading: .none, options: options).run()
        #expect(report.copies.isEmpty && report.beyondRepair.count == 2)
        #expect(try store.list(.snapshots).count == 2)
    }

    @Test("that is a dry run changes nothing, and tells the same")
    func dryRun() throws {
        let pack = try #require(sample.pack(.content))
        var objects = sample.objects
        objects[pack]?[60] ^= 1
        for segment in sample.names(in: .index) { objects[segment]?[50] ^= 1 }
        let store = try SampleRepository.store(of: objects)
        let dry = options(isDryRun: true, moves: true)
        let index = try IndexRepair(try open(store), options: dry).run()
        let packs = try PackRepair(try open(store), options: dry).run(packIDs)
        let snapshots = try SnapshotRepair(try open(store), reading: .all, options: dry).run()
        #expect(!index.packsListed.isEmpty && packs.hasLosses && snapshots.copies.count == 2)
        #expect(try contents(store) == objects)
    }

    private var packIDs: Set<Bytes32> { Set(sample.names(in: .packs).compactMap(\.id)) }

    private func open(_ store: MemoryStore) throws -> Repository {
        try sample.repository.reopened(over: store)
    }

    private func check(_ store: MemoryStore) throws -> CheckReport {
        try Check(try open(store), options: CheckOptions(readsData: true, workers: 1)).run()
    }

    /// What all segments list, by pack.
    private func tables(_ objects: [ObjectName: [UInt8]]) throws -> [Bytes32: PackTable] {
        let repository = try sample.reopened(objects)
        var tables: [Bytes32: PackTable] = [:]
        for segment in objects.keys where segment.folder == .index {
            for table in try repository.auditIndexSegment(segment) { tables[table.id] = table }
        }
        return tables
    }

    private func contents(_ store: MemoryStore) throws -> [ObjectName: [UInt8]] {
        var objects = [ObjectName.format: try store.read(.format)]
        for folder in ObjectFolder.allCases {
            for entry in try store.list(folder) { objects[entry.name] = try store.read(entry.name) }
        }
        return objects
    }
}
