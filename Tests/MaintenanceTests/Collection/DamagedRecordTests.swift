import Maintenance
import Repository
import Storage
import TestSupport
import Testing

/// What writers and collectors have agreed on, damaged: a bit of a record of a kilobyte must not be the end of a repository.
@Suite("A damaged record of a run or a collection, or a damaged snapshot")
struct DamagedRecordTests {
    enum Damage: CaseIterable {
        case flippedVersion, flippedContent, cutOff, emptied

        func apply(to bytes: [UInt8]) -> [UInt8] {
            var bytes = bytes
            switch self {
            case .flippedVersion: bytes[8] ^= 1
            case .flippedContent: bytes[bytes.count - 20] ^= 1
            case .cutOff: bytes.removeLast()
            case .emptied: bytes = []
            }
            return bytes
        }
    }

    /// A run that died, a collection that is over, and one that has begun: everything there can be a record of.
    private let sample: SampleRepository
    private let expected: [String: [UInt8]]

    init() throws {
        sample = try SampleRepository()
        expected = try SampleRepository.readAll(sample.repository)
    }

    @Test(
        "stops neither backups nor prunes once a prune has run, and no snapshot is lost", arguments: Damage.allCases,
        [ObjectFolder.sessions, .quarantine, .snapshots, .tombstones, .holds])
    func goesOn(damage: Damage, folder: ObjectFolder) throws {
        let names = sample.names(in: folder)
        #expect(names.count > 1)
        for name in names {
            var objects = sample.objects
            objects[name] = damage.apply(to: objects[name] ?? [])
            do {
                try prunesAndBacksUp(objects)
            } catch {
                Issue.record("\(name): \(error)")
            }
        }
    }

    @Test(
        "is nothing that a snapshot is lost by whose outcome is gone besides: the manifest of its run stays, whoever ends runs"
    )
    func lostOutcome() throws {
        var objects = sample.objects
        let outcome = ObjectName(.sessions, number: 2, part: .outcome)
        let published = ObjectName(.snapshots, sample.snapshots[1].bytes)
        #expect(objects.removeValue(forKey: outcome) != nil)
        objects[published] = Damage.flippedContent.apply(to: objects[published] ?? [])
        let store = try SampleRepository.store(of: objects)
        var options = CollectionOptions(identity: RunIdentity())
        options.fencesSessions = true
        options.isConfirmed = true
        let repository = try sample.repository.reopened(over: store)
        _ = try Collection(repository, options: options, entropy: SeededEntropy(seed: 4)).run()
        #expect(try SampleRepository.readAll(sample.repository.reopened(over: store)) == expected)
    }

    @Test("is nothing that a sweep plan is lost by, which is stored twice", arguments: [ObjectPart.sweep, .copy])
    func deletedPlan(part: ObjectPart) throws {
        var objects = sample.objects
        let name = ObjectName(.quarantine, number: 1, part: part)
        #expect(objects.removeValue(forKey: name) != nil)
        try prunesAndBacksUp(objects)
    }

    @Test("is named where a sweep plan has no copy, or another one")
    func noCopy() throws {
        let copy = ObjectName(.quarantine, number: 1, part: .copy)
        var objects = sample.objects
        objects[copy] = nil
        let check = try Check(try sample.reopened(objects), options: CheckOptions(workers: 1)).run()
        #expect(check.damage.map(\.object) == [copy.path])
    }

    enum Change: CaseIterable {
        case undo, forget, hold
    }

    @Test("of forgetting keeps nobody from another word on it", arguments: Damage.allCases, Change.allCases)
    func hasAnotherWord(damage: Damage, change: Change) throws {
        let snapshot = sample.snapshots[0]
        let entropy = SeededEntropy(seed: 11)
        let who = Attribution(time: CollectionFixture.now, userName: "user", host: "host", reason: "a test")
        for part in [nil, ObjectPart.final] {
            let before = try sample.reopened(sample.objects)
            _ = try before.forget(snapshot, by: who, entropy: entropy)
            if part != nil { _ = try before.undoForget(snapshot, by: who, entropy: entropy) }
            var objects = try SampleRepository.contents(of: before.store)
            let name = ObjectName(.tombstones, snapshot.bytes, number: 2, part: part)
            objects[name] = damage.apply(to: try #require(objects[name]))
            let repository = try sample.reopened(objects)
            switch change {
            case .undo: #expect(try !repository.undoForget(snapshot, by: who, entropy: entropy))
            case .hold: _ = try repository.addHold(of: snapshot, by: who, entropy: entropy)
            case .forget:
                guard case .forgotten(let tombstone) = try repository.forget(snapshot, by: who, entropy: entropy) else {
                    Issue.record("what cannot be read has forgotten it")
                    continue
                }
                #expect(tombstone.number == 3)
            }
            try repository.refresh()
            #expect(repository.snapshots().contains { $0.id == snapshot } == (change != .forget))
        }
    }

    /// How the tombstone has ended may be that the snapshot is gone, so whoever cannot know it must not promise anything.
    @Test(
        "of forgetting whose end the storage says is there, and does not give, stops every other word",
        arguments: Change.allCases)
    func vanishedEnd(change: Change) throws {
        let snapshot = sample.snapshots[0]
        let entropy = SeededEntropy(seed: 13)
        let who = Attribution(time: CollectionFixture.now, userName: "user", host: "host", reason: "a test")
        let before = try sample.reopened(sample.objects)
        _ = try before.forget(snapshot, by: who, entropy: entropy)
        #expect(try before.undoForget(snapshot, by: who, entropy: entropy))
        var objects = try SampleRepository.contents(of: before.store)
        let tombstone = ObjectName(.tombstones, snapshot.bytes, number: 2)
        objects[tombstone] = Damage.flippedContent.apply(to: try #require(objects[tombstone]))
        let end = ObjectName(.tombstones, snapshot.bytes, number: 2, part: .final)
        #expect(objects[end] != nil)
        let store = HidingStore(try SampleRepository.store(of: objects), hiding: [end])
        let repository = try sample.repository.reopened(over: store)
        do throws(RepositoryError) {
            switch change {
            case .undo: _ = try repository.undoForget(snapshot, by: who, entropy: entropy)
            case .hold: _ = try repository.addHold(of: snapshot, by: who, entropy: entropy)
            case .forget: _ = try repository.forget(snapshot, by: who, entropy: entropy)
            }
            Issue.record("it was acknowledged")
        } catch {
            #expect(error.code == .storage(.notFound))
            #expect(error.object == end.path)
        }
    }

    /// A collector that stopped behind its decision, or somebody who published again what was swept long ago.
    @Test(
        "of forgetting whose end cannot be read promises nothing where a sweep plan names the snapshot",
        arguments: Change.allCases, [false, true])
    func decided(change: Change, isLongAgo: Bool) throws {
        let fixture = try CollectionFixture()
        let snapshot = try fixture.commit(["a": CollectionFixture.bytes(1)])
        try fixture.commit(["b": CollectionFixture.bytes(2)])
        let published = ObjectName(.snapshots, snapshot.id.bytes)
        let manifest = try fixture.store.read(published)
        let process = try fixture.over(fixture.store)
        try process.forget(snapshot)
        try process.collectHere()
        if isLongAgo {
            let process = try fixture.over(fixture.store)
            try process.forget(try process.commit(["c": CollectionFixture.bytes(3)]))
            try process.collectHere()
            #expect(try process.repository.newestGeneration() == 2)
        } else {
            try fixture.store.delete(ObjectName(.quarantine, number: 1, part: .closed))
        }
        try fixture.store.create(published, manifest)
        let end = ObjectName(.tombstones, snapshot.id.bytes, number: 1, part: .final)
        let damaged = Damage.flippedContent.apply(to: try fixture.store.read(end))
        try fixture.store.delete(end)
        try fixture.store.create(end, damaged)
        let repository = try fixture.repository.reopened(over: fixture.store)
        let who = CollectionFixture.attribution
        do throws(RepositoryError) {
            switch change {
            case .undo: _ = try repository.undoForget(snapshot.id, by: who, entropy: fixture.entropy)
            case .hold: _ = try repository.addHold(of: snapshot.id, by: who, entropy: fixture.entropy)
            case .forget: _ = try repository.forget(snapshot.id, by: who, entropy: fixture.entropy)
            }
            Issue.record("it was acknowledged")
        } catch {
            #expect(error.code == .removed)
        }
        #expect(try repository.bindingHolds(of: snapshot.id).isEmpty)
    }

    private func prunesAndBacksUp(_ objects: [ObjectName: [UInt8]]) throws {
        let store = try SampleRepository.store(of: objects)
        let collector = RunIdentity(started: CollectionFixture.now, host: "collector", processID: 8)
        for number in 0..<2 {
            var options = CollectionOptions(identity: collector)
            (options.isConfirmed, options.fencesSessions) = (true, true)
            let report = try Collection(
                try sample.repository.reopened(over: store), options: options,
                entropy: SeededEntropy(seed: 5 + UInt64(number))
            ).run()
            #expect(report.end == .done || report.end == .nothingToDo)
            let writer = try sample.repository.reopened(over: store)
            let session = try writer.makeWriteSession(
                WriteSessionOptions(workers: 1), entropy: SeededEntropy(seed: 7 + UInt64(number)))
            let root = try CollectionFixture.write(["new": CollectionFixture.bytes(3)], into: session)
            _ = try session.commit(CollectionFixture.manifest(root))
        }
        let found = try SampleRepository.readAll(try sample.repository.reopened(over: store))
        for (path, bytes) in expected { #expect(found[path] == bytes, "\(path)") }
    }
}
