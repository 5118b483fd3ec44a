import Maintenance
import Repository
import Storage
import SystemInterface
import TestSupport
import Testing

@Suite("A shelf of damaged objects")
struct DamagedShelfTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test("keeps what two repositories have under one name, and one that is there already once")
    func oneName() throws {
        var expected: [[UInt8]] = []
        for seed in [1, 2, 1] as [UInt64] {
            let sample = try SampleRepository(seed: seed)
            let pending = ObjectName(.sessions, number: 1, part: .snapshot)
            let manifest = sample.objects[pending]
            var objects = sample.objects
            for (other, bytes) in objects where bytes == manifest { objects[other]?[60] ^= 1 }
            let options = RepairOptions(
                workers: 1, moving: DamagedShelf(directory.path.appending("shelf")), entropy: SeededEntropy(seed: 5))
            _ = try SnapshotRepair(sample.reopened(objects), reading: .none, options: options).run()
            expected.append(try #require(objects[pending]))
        }
        #expect(expected[0] != expected[1] && expected[0] == expected[2])
        let shelf = directory.path.appending("shelf")
        let names = try FileDescriptor.open(shelf, [.readOnly, .directory]).directoryEntries().map {
            String(decoding: $0.name, as: UTF8.self)
        }.filter { $0.hasPrefix("sessions-") }.sorted()
        #expect(names == ["sessions-1.snapshot", "sessions-1.snapshot.2"])
        let kept = try names.map { try FileSystem.read(shelf.appending($0), atMost: 1 << 20) }
        #expect(kept == Array(expected[..<2]))
    }

    @Test("takes no object that is larger than any, and keeps nobody from what is to be done besides")
    func tooLarge() throws {
        let sample = try SampleRepository()
        let options = RepairOptions(
            workers: 1, moving: DamagedShelf(directory.path.appending("shelf")), entropy: SeededEntropy(seed: 5))
        let (content, metadata) = (try #require(sample.pack(.content)), try #require(sample.pack(.metadata)))
        for (large, other) in [(content, metadata), (metadata, content)] {
            var objects = sample.objects
            let count = try #require(objects[other]).count
            objects[other]?[count - 40] ^= 1
            let base = try SampleRepository.store(of: objects)
            let store = MissizedStore(base, [large: 2 << 30])
            let packs = Set([large, other].compactMap(\.id))
            let report = try PackRepair(sample.repository.reopened(over: store), options: options).run(packs)
            #expect(report.packs.filter(\.isMoved).map(\.object) == [other.path])
            let left = try #require(report.packs.first { $0.object == large.path })
            #expect(left.faults.last?.contains("cannot be moved away") == true)
            #expect(try base.contains(large) && !base.contains(other))
        }
        let published = ObjectName(.snapshots, sample.snapshots[0].bytes)
        var objects = sample.objects
        objects[content]?[60] ^= 1
        let store = MissizedStore(try SampleRepository.store(of: objects), [published: 2 << 30])
        let report = try SnapshotRepair(
            sample.repository.reopened(over: store), reading: .all, options: options
        ).run()
        #expect(report.obstructed == [published.path])
        #expect(report.copies.map(\.original).sorted() == sample.snapshots.sorted())
    }

    @Test("may lie where nothing can be made durable in the directory above it, if it was there before")
    func aboveIsOthers() throws {
        let shelf = try FileDescriptor.open(try directory.makeDirectory("shelf"), [.readOnly, .directory])
        let sample = try SampleRepository()
        let manifest = ObjectName(.sessions, number: 1, part: .snapshot)
        var objects = sample.objects
        objects[manifest]?[60] ^= 1
        // fsync(2) of a directory of /proc is EINVAL.
        let options = RepairOptions(
            workers: 1, moving: DamagedShelf(FilePath("/proc/self/fd/\(shelf.rawValue)")),
            entropy: SeededEntropy(seed: 5))
        let report = try SnapshotRepair(sample.reopened(objects), reading: .none, options: options).run()
        #expect(report.moved == [manifest.path])
        let kept = directory.path.appending("shelf").appending("sessions-1.snapshot")
        #expect(try FileSystem.read(kept, atMost: 1 << 20) == objects[manifest])
    }
}
