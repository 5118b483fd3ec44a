import Coding
import Maintenance
import Repository
import Storage
import SystemInterface
import TestSupport
import Testing

@Suite("A check")
struct CheckTests {
    private let sample: SampleRepository

    init() throws {
        sample = try SampleRepository()
    }

    @Test("finds nothing in a repository that is whole", arguments: [false, true])
    func whole(readsData: Bool) throws {
        let report = try check(sample.objects, readsData: readsData)
        #expect(report.damage.map(\.object).isEmpty)
        #expect(report.notes.map(\.object).isEmpty)
        #expect(report.snapshotCount == 2)
        #expect(report.directoryCount == 3)
        #expect(report.objectCount == sample.objects.count)
        #expect((report.packBytesRead > 0) == readsData)
    }

    @Test("names a lost pack of content, and the paths of every snapshot that needs it", arguments: [false, true])
    func lostContent(readsData: Bool) throws {
        let pack = try #require(sample.pack(.content))
        let finding = try onlyFinding(check(without(pack), readsData: readsData), pack)
        #expect(finding.what == "it is missing")
        #expect(finding.snapshots == sample.snapshots.sorted())
        let shared = finding.paths.filter { $0.path == "/shared/two" }.map(\.snapshot)
        #expect(shared.sorted() == sample.snapshots.sorted())
    }

    @Test("names a lost pack of metadata, and that the roots are unreadable")
    func lostMetadata() throws {
        let pack = try #require(sample.pack(.metadata))
        let finding = try onlyFinding(check(without(pack), readsData: false), pack)
        #expect(finding.snapshots == sample.snapshots.sorted())
        #expect(Set(finding.paths.map(\.path)) == ["/", "/shared"])
    }

    @Test("names a lost index segment by the packs that only their footers list")
    func lostSegment() throws {
        let segment = try #require(sample.names(in: .index).first)
        let report = try check(without(segment), readsData: false)
        #expect(!report.isWhole)
        #expect(report.damage.allSatisfy { $0.what.contains("no readable segment of the index lists it") })
        #expect(report.damage.allSatisfy { $0.paths.isEmpty })
    }

    @Test(
        "loses nothing that lies damaged where the index says, and whole where it does not",
        arguments: PackKind.allCases)
    func copyInUnlisted(kind: PackKind) throws {
        let fixture = try CollectionFixture()
        let files = ["a": CollectionFixture.bytes(1)]
        try fixture.commit(files)
        let unlisted = Set(try fixture.store.list(.packs).map(\.name))
        for segment in try fixture.store.list(.index) { try fixture.store.delete(segment.name) }
        try fixture.over(fixture.store).commit(files)
        for pack in try fixture.store.list(.packs).map(\.name) where !unlisted.contains(pack) {
            var bytes = try fixture.store.read(pack)
            guard bytes[10] == kind.rawValue else { continue }
            bytes[60] ^= 1
            try fixture.store.delete(pack)
            try fixture.store.create(pack, bytes)
        }
        func reopened() throws -> Repository { try fixture.repository.reopened(over: fixture.store) }
        let found = try SampleRepository.readAll(reopened())
        #expect(found.filter { $0.key.hasSuffix("/a") }.map(\.value) == [files["a"], files["a"]])
        let report = try Check(reopened(), options: CheckOptions(readsData: true, workers: 1)).run()
        #expect(!report.isWhole)
        #expect(report.damage.allSatisfy { $0.snapshots.isEmpty && $0.paths.isEmpty })
        let repaired = try SnapshotRepair(
            reopened(), reading: .all, options: RepairOptions(workers: 1, entropy: fixture.entropy)
        ).run()
        #expect(repaired.wholeCount == 2 && repaired.copies.isEmpty)
    }

    @Test("names packs that stand under each other's names", arguments: [false, true])
    func swapped(readsData: Bool) throws {
        let content = try #require(sample.pack(.content))
        let metadata = try #require(sample.pack(.metadata))
        var objects = sample.objects
        objects.swapAt(content, metadata)
        let named = Set(try check(objects, readsData: readsData).damage.map(\.object))
        #expect(named.isSuperset(of: [content.path, metadata.path]))
    }

    @Test("names a pack that is cut off", arguments: [false, true])
    func truncated(readsData: Bool) throws {
        let pack = try #require(sample.pack(.content))
        var objects = sample.objects
        objects[pack] = Array(try #require(objects[pack]).dropLast(200))
        let report = try check(objects, readsData: readsData)
        #expect(report.damage.map(\.object).contains(pack.path))
    }

    @Test("tells of a bundle that is damaged which files need it, and of the others nothing")
    func flippedBundle() throws {
        let pack = try #require(sample.pack(.content))
        var objects = sample.objects
        objects[pack]?[60] ^= 1
        #expect(try check(objects, readsData: false).isWhole, "content is not read without --read-data")
        let report = try check(objects, readsData: true)
        #expect(Set(report.damage.map(\.object)) == [pack.path])
        let finding = try #require(report.damage.first { $0.pathCount > 0 })
        #expect(finding.what.contains("the bundle at offset 28"))
        #expect(finding.paths.map(\.path).contains("/shared/one"))
    }

    @Test("does not read all of a pack that is larger than any", arguments: [true, false])
    func tooLarge(isListed: Bool) throws {
        let pack = try #require(sample.pack(.content))
        let objects = sample.objects.filter { isListed || $0.key.folder != .index }
        let store = MissizedStore(try SampleRepository.store(of: objects), [pack: 1 << 62])
        let repository = try sample.repository.reopened(over: store)
        let report = try Check(repository, options: CheckOptions(readsData: true, workers: 2)).run()
        let findings = report.damage.filter { $0.object == pack.path }
        #expect(findings.contains { $0.what.contains("no pack has \(UInt64(1) << 62) bytes") })
        // What is whole of it by what the index lists is not lost.
        if isListed { #expect(findings.allSatisfy { $0.pathCount == 0 }) }
        #expect(store.bytesRead <= 1 << 20)
    }

    @Test("counts bytes as far as a number goes")
    func manyBytes() throws {
        let sizes = Dictionary(uniqueKeysWithValues: sample.names(in: .packs).map { ($0, UInt64.max / 2 + 1) })
        let store = MissizedStore(try SampleRepository.store(of: sample.objects), sizes)
        let repository = try sample.repository.reopened(over: store)
        let report = try Check(repository, options: CheckOptions(readsData: true, workers: 2)).run()
        #expect(report.storedBytes == .max)
        #expect(report.damagedPacks.count == sizes.count)
    }

    @Test("walks a snapshot that was committed and that nobody has published")
    func unpublished() throws {
        let fixture = try CollectionFixture()
        try fixture.commit(["first": CollectionFixture.bytes(1)])
        let before = Set(try fixture.store.names(in: .packs))
        let second = try fixture.commit(["second": CollectionFixture.bytes(2)])
        try fixture.store.delete(ObjectName(.snapshots, second.id.bytes))
        #expect(try recalled(fixture.store, fixture).isWhole)
        let copy = try fixture.copy()
        for pack in try copy.names(in: .packs) where !before.contains(pack) {
            try copy.delete(ObjectName(.packs, pack))
        }
        let report = try recalled(copy, fixture)
        #expect(report.snapshotCount == 2)
        #expect(report.damage.contains { $0.snapshots == [second.id] })
        #expect(report.damage.allSatisfy { $0.snapshots.isEmpty || $0.snapshots == [second.id] })
    }

    @Test("counts every path that is lost, and names what makes the last one so")
    func manyLosses() throws {
        let fixture = try CollectionFixture()
        let (shared, last) = (CollectionFixture.bytes(1), CollectionFixture.bytes(2))
        try fixture.commit(["z": last])
        let lastPack = try #require(try contentPacks(fixture).first)
        let names = (0..<1_005).map { "file\($0)" }
        var files = Dictionary(uniqueKeysWithValues: names.map { ($0, shared) })
        files["z"] = last
        let both = try fixture.commit(files)
        let packs = try contentPacks(fixture)
        for pack in packs { try fixture.store.delete(pack) }
        let report = try Check(fixture.repository.reopened(over: fixture.store)).run()
        let counts = Dictionary(
            uniqueKeysWithValues: report.damage.filter { $0.pathCount > 0 }.map { ($0.object, $0.pathCount) })
        let sharedPack = try #require(packs.first { $0 != lastPack })
        #expect(counts == [sharedPack.path: 1_005, lastPack.path: 2])
        let finding = try #require(report.damage.first { $0.object == lastPack.path })
        #expect(finding.paths.contains { $0.snapshot == both.id && $0.path == "/z" })
        let repaired = try SnapshotRepair(
            fixture.repository.reopened(over: fixture.store), reading: .none,
            options: RepairOptions(workers: 1, entropy: fixture.entropy)
        ).run()
        #expect(repaired.copies.first { $0.original == both.id }?.lossCount == 1_006)
    }

    @Test("misses a hold that was lost in front of another, and none that is there or was released", arguments: 1...3)
    func lostHold(number: UInt64) throws {
        let fixture = try CollectionFixture()
        let snapshot = try fixture.commit(["a": [1]]).id
        let by = CollectionFixture.attribution
        func hold() throws { _ = try fixture.repository.addHold(of: snapshot, by: by, entropy: fixture.entropy) }
        func damaged() throws -> [String] {
            try Check(fixture.repository.reopened(over: fixture.store)).run().damage.map(\.object)
        }
        for _ in 1...3 { try hold() }
        #expect(try fixture.repository.releaseHold(2, of: snapshot, by: by, entropy: fixture.entropy))
        #expect(try damaged() == [])
        let name = ObjectName(.holds, snapshot.bytes, number: number)
        try fixture.store.delete(name)
        #expect(try damaged() == (number == 1 ? [name.path] : []))
        try hold()
        #expect(try damaged() == [])
    }

    @Test("names a damaged snapshot")
    func flippedSnapshot() throws {
        let name = ObjectName(.snapshots, sample.snapshots[1].bytes)
        var objects = sample.objects
        objects[name]?[100] ^= 1
        let kept = try check(objects, readsData: false)
        #expect(try onlyFinding(kept, name).snapshots == [])
        #expect(try onlyFinding(kept, name).what.contains("its session has it whole"))
        #expect(kept.snapshotCount == sample.snapshots.count)
        objects[ObjectName(.sessions, number: 2, part: .snapshot)]?[100] ^= 1
        let lost = try check(objects, readsData: false)
        let finding = try #require(lost.damage.first { $0.object == name.path })
        #expect(finding.snapshots == [sample.snapshots[1]])
        #expect(lost.damage.count == 2 && lost.snapshotCount == sample.snapshots.count - 1)
    }

    @Test("takes a pack that the index does not list for no damage")
    func unlisted() throws {
        let pack = try #require(sample.pack(.content))
        var objects = sample.objects
        let foreign = ObjectName(.packs, Bytes32(repeating: 9))
        objects[foreign] = objects[pack]
        let report = try check(objects, readsData: false)
        #expect(report.notes.map(\.object) == [foreign.path])
    }

    @Test("does not take an answer that does not come for damage")
    func unreachable() throws {
        let objects = try SampleRepository.store(of: sample.objects)
        let opened = FaultInjectingStore(objects, plan: .none)
        _ = try sample.repository.reopened(over: opened)
        // The fifth operation behind the opening.
        let store = FaultInjectingStore(
            objects, plan: FaultPlan(failAt: opened.operationCount + 5, mode: .fromThenOn, code: .unreachable))
        let repository = try sample.repository.reopened(over: store)
        #expect {
            try Check(repository).run()
        } throws: { error in
            (error as? RepositoryError)?.code == .storage(.unreachable)
        }
    }

    @Test("does not take a listing that does not come for damage of anything, the local catalog neither")
    func unreachableListing() throws {
        let directory = try TemporaryDirectory()
        let objects = sample.repository.store
        _ = try sample.repository.reopened(cacheDirectory: directory.path)
        func check(failAt: Int?) throws -> (report: CheckReport, isOver: Bool) {
            let plan = FaultPlan(failAt: failAt, code: .unreachable, operations: [.list])
            let store = FaultInjectingStore(objects, plan: plan)
            let report = try Check(sample.repository.over(store), cacheDirectory: directory.path).run()
            return (report, store.operationCount < failAt ?? .max)
        }
        #expect(try check(failAt: nil).report.isWhole)
        for number in 1...100 {
            do {
                let (report, isOver) = try check(failAt: number)
                #expect(report.damage.map { "\(number): \($0.object): \($0.what)" } == [])
                guard !isOver else { return #expect(number > 10) }
            } catch {
                #expect((error as? RepositoryError)?.code == .storage(.unreachable), "\(number): \(error)")
            }
        }
        Issue.record("a check lists more than a hundred times")
    }

    private func contentPacks(_ fixture: CollectionFixture) throws -> [ObjectName] {
        let objects = try SampleRepository.contents(of: fixture.store)
        return objects.filter { $0.key.folder == .packs && $0.value[10] == PackKind.content.rawValue }.keys.sorted()
    }

    private func check(_ objects: [ObjectName: [UInt8]], readsData: Bool) throws -> CheckReport {
        try Check(try sample.reopened(objects), options: CheckOptions(readsData: readsData, workers: 2)).run()
    }

    /// A check by a client that has seen nothing, which goes through the chain before.
    private func recalled(_ store: any ObjectStore, _ fixture: CollectionFixture) throws -> CheckReport {
        let repository = try fixture.repository.reopened(over: store)
        let missing = try repository.recall(nil, thoroughly: true)
        return try Check(repository, options: CheckOptions(workers: 2), missing: missing).run()
    }

    private func without(_ name: ObjectName) -> [ObjectName: [UInt8]] {
        sample.objects.filter { $0.key != name }
    }

    private func onlyFinding(_ report: CheckReport, _ name: ObjectName) throws -> Finding {
        #expect(report.damage.map(\.object) == [name.path])
        return try #require(report.damage.first)
    }
}

extension Dictionary {
    /// Exchanges the values of two keys.
    fileprivate mutating func swapAt(_ first: Key, _ second: Key) {
        let value = self[first]
        self[first] = self[second]
        self[second] = value
    }
}

extension Bytes32 {
    /// One byte, 32 times.
    fileprivate init(repeating byte: UInt8) {
        self = Bytes32([UInt8](repeating: byte, count: 32)) ?? .zero
    }
}
