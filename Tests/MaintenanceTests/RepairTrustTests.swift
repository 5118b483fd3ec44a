import Coding
import Maintenance
import Repository
import Storage
import TestSupport
import Testing

@Suite("A repair that moves damaged objects away")
struct RepairTrustTests {
    private let sample: SampleRepository
    private let directory: TemporaryDirectory

    init() throws {
        sample = try SampleRepository()
        directory = try TemporaryDirectory()
    }

    private var options: RepairOptions {
        RepairOptions(
            workers: 1, moving: DamagedShelf(directory.path.appending("shelf")), entropy: SeededEntropy(seed: 5))
    }

    @Test("takes no pack for missing that a listing leaves out, nor the segment for wrong that lists it")
    func unlistedPack() throws {
        for pack in sample.names(in: .packs) {
            let base = try SampleRepository.store(of: sample.objects)
            let store = HidingStore(base, hiding: [pack], in: .listings)
            let report = try IndexRepair(sample.repository.reopened(over: store), options: options).run()
            #expect(report.isWhole && report.segmentsWrong.isEmpty && report.packsListed.isEmpty, "\(pack)")
            #expect(report.packCount == sample.names(in: .packs).count, "\(pack)")
            #expect(try base.names(in: .index) == sample.names(in: .index).compactMap(\.id), "\(pack)")
        }
    }

    @Test("leaves a segment that is read wrongly once, whenever that is")
    func misreadSegment() throws {
        for segment in sample.names(in: .index) {
            try eachMisreading(of: segment, in: sample.objects) { store in
                let report = try IndexRepair(sample.repository.reopened(over: store), options: options).run()
                #expect(report.segmentsMoved.isEmpty)
                #expect(report.segmentsWrong.values.allSatisfy { $0.contains("read once more nothing is wrong") })
            }
        }
    }

    @Test("leaves a snapshot that is read wrongly once and whose session has nothing, whenever that is")
    func misreadSnapshot() throws {
        let published = ObjectName(.snapshots, sample.snapshots[0].bytes)
        let pending = ObjectName(.sessions, number: 1, part: .snapshot)
        var objects = sample.objects
        // The run that died has stored the same.
        objects[SampleRepository.uncommitted] = nil
        objects[pending]?[60] ^= 1
        try eachMisreading(of: published, in: objects) { store in
            let report = try SnapshotRepair(
                sample.repository.reopened(over: store), reading: .none, options: options
            ).run()
            #expect(!report.moved.contains(published.path))
        }
    }

    @Test("leaves what a session has that is read wrongly once, whenever that is", arguments: [true, false])
    func misreadManifest(isOnlyOne: Bool) throws {
        let pending = ObjectName(.sessions, number: 1, part: .snapshot)
        var objects = sample.objects
        objects[SampleRepository.uncommitted] = nil
        if isOnlyOne { objects[ObjectName(.snapshots, sample.snapshots[0].bytes)]?[60] ^= 1 }
        try eachMisreading(of: pending, in: objects) { store in
            let report = try SnapshotRepair(
                sample.repository.reopened(over: store), reading: .none, options: options
            ).run()
            #expect(!report.moved.contains(pending.path))
        }
    }

    @Test(
        "leaves a snapshot in the list whose session has it and no outcome, whichever reading of that fails",
        arguments: [true, false])
    func unreadManifest(isMissing: Bool) throws {
        let pending = ObjectName(.sessions, number: 1, part: .snapshot)
        var objects = sample.objects
        objects[SampleRepository.uncommitted] = nil
        objects[ObjectName(.snapshots, sample.snapshots[0].bytes)]?[60] ^= 1
        let outcome = ObjectName(.sessions, number: 1, part: .outcome)
        if isMissing { objects[outcome] = nil } else { objects[outcome]?[20] ^= 1 }
        var number = 1
        while true {
            let base = try SampleRepository.store(of: objects)
            let store = FailingOnceStore(base, [pending], at: number)
            _ = try SnapshotRepair(sample.repository.reopened(over: store), reading: .none, options: options).run()
            let left = try sample.repository.reopened(over: base).snapshots().map(\.id)
            #expect(left.sorted() == sample.snapshots.sorted(), "reading \(number)")
            guard store.readings >= number else { break }
            number += 1
        }
        #expect(number > 2)
    }

    /// Performs `repair` with each reading of an object wrong in turn, which must leave the object as it is.
    private func eachMisreading(
        of name: ObjectName, in objects: [ObjectName: [UInt8]], _ repair: (MisreadingStore) throws -> Void
    ) throws {
        var number = 1
        while true {
            let base = try SampleRepository.store(of: objects)
            let store = MisreadingStore(base, name, at: number)
            try repair(store)
            #expect((try? base.read(name)) == objects[name], "\(name), reading \(number)")
            guard store.readings >= number else { break }
            number += 1
        }
        #expect(number > 1)
    }
}
