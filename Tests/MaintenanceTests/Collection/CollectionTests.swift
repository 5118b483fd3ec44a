import Coding
import Maintenance
import Repository
import Storage
import Synchronization
import SystemInterface
import TestSupport
import Testing

@Suite("A garbage collection")
struct CollectionTests {
    private let fixture: CollectionFixture
    private let shared = CollectionFixture.bytes(1)
    private let old = CollectionFixture.bytes(2)
    private let new = CollectionFixture.bytes(3)

    init() throws {
        fixture = try CollectionFixture()
    }

    private final class Log: CollectionObserver {
        let deletions = Mutex<[Deletion]>([])
        func collectionAdvanced(_ phase: CollectionPhase, _ done: Int, of total: Int) {}
        func collectionDeleted(_ deletion: Deletion) { deletions.withLock { $0.append(deletion) } }
    }

    @Test("counts bytes as far as a number goes")
    func manyBytes() throws {
        let gone = try fixture.commit(["old": old])
        try fixture.commit(["new": new])
        try fixture.forget(gone)
        let sizes = try fixture.store.list(.packs).map { ($0.name, UInt64.max / 2 + 1) }
        let store = MissizedStore(fixture.store, Dictionary(uniqueKeysWithValues: sizes), onlyListed: true)
        let report = try fixture.over(store).collect { $0.isDryRun = true }
        #expect(report.bytesKept == .max)
        #expect(report.bytesFreed == .max)
    }

    @Test("deletes objects that are larger in sum than a number can say")
    func sparse() throws {
        try fixture.commit(["a": old])
        var sizes: [ObjectName: UInt64] = [:]
        for number in 0..<UInt64(3) {
            var generator = SeededGenerator(seed: number)
            let name = ObjectName(.packs, try #require(Bytes32(generator.bytes(Bytes32.count))))
            try fixture.store.create(name, [UInt8](repeating: 0, count: 10))
            sizes[name] = UInt64.max / 2
        }
        let over = try fixture.over(MissizedStore(fixture.store, sizes, onlyListed: true))
        let report = try over.collect { $0.isConfirmed = true }
        #expect(report.end == .done && report.packCount == 3 && report.bytesFreed == .max)
        #expect(try over.collect().end == .nothingToDo)
    }

    @Test("does nothing where everything is needed")
    func nothing() throws {
        try fixture.commit(["a": shared])
        try fixture.commit(["a": shared, "b": new])
        let before = try fixture.names(.packs, .index, .snapshots, .quarantine, .sessions)
        #expect(try fixture.collect().end == .nothingToDo)
        #expect(try fixture.names(.packs, .index, .snapshots, .quarantine, .sessions) == before)
    }

    @Test("frees what only a forgotten snapshot needs, logs it, and leaves the others as they were")
    func frees() throws {
        let first = try fixture.commit(["a": shared])
        let second = try fixture.commit(["a": shared, "b": old])
        let third = try fixture.commit(["a": shared, "c": new])
        let before = try fixture.names(.packs)
        try fixture.forget(second)
        let log = Log()
        let report = try fixture.collect(observer: log)
        #expect(report.end == .done && report.generation == 1)
        #expect(report.snapshots == [second.id] && report.snapshotsKept == 2)
        #expect(report.packCount == 2 && report.bytesFreed > UInt64(old.count))
        #expect(try fixture.names(.packs).count == before.count - 2)
        #expect(try fixture.store.names(in: .snapshots) == [first.id, third.id].map(\.bytes).sorted())
        #expect(try !fixture.store.contains(ObjectName(.sessions, number: 2, part: .snapshot)))
        #expect(try fixture.contents(of: first) == ["a": shared])
        #expect(try fixture.contents(of: third) == ["a": shared, "c": new])
        let deletions = log.deletions.withLock { $0 }
        #expect(deletions.filter { $0.reason == .unneeded }.count == 2)
        #expect(deletions.filter { $0.reason == .forgotten }.count == 2)
        #expect(deletions.filter { $0.reason == .replaced }.count == report.segmentsReplaced)
        #expect(try fixture.collect().end == .nothingToDo)
        let check = try Check(fixture.repository.reopened(over: fixture.store), options: CheckOptions(readsData: true))
            .run()
        #expect(check.damage.map(\.object) == [])
    }

    @Test("leaves a snapshot that is held, and one whose forgetting was undone")
    func held() throws {
        let first = try fixture.commit(["a": old])
        let second = try fixture.commit(["b": new])
        try fixture.commit(["c": shared])
        try fixture.forget(first)
        _ = try fixture.repository.addHold(of: first.id, by: CollectionFixture.attribution, entropy: fixture.entropy)
        try fixture.forget(second)
        _ = try fixture.repository.undoForget(
            second.id, by: CollectionFixture.attribution, entropy: fixture.entropy)
        #expect(try fixture.collect().end == .nothingToDo)
        #expect(try fixture.contents(of: first) == ["a": old])
        #expect(try fixture.contents(of: second) == ["b": new])
    }

    @Test("looks for holds again when a run that it had to wait for has ended")
    func heldMeanwhile() throws {
        let first = try fixture.commit(["a": old])
        try fixture.commit(["c": shared, "d": new])
        try fixture.forget(first)
        let session = try fixture.session()
        #expect(try fixture.collect().end == .waiting)
        _ = try fixture.repository.addHold(of: first.id, by: CollectionFixture.attribution, entropy: fixture.entropy)
        session.abandon()
        #expect(try fixture.collect().end == .done)
        #expect(try fixture.contents(of: first) == ["a": old])
        #expect(try fixture.collect().end == .nothingToDo)
    }

    @Test("waits for a young run, deletes nothing, and takes back what that has come to need")
    func waits() throws {
        let first = try fixture.commit(["a": old])
        try fixture.commit(["c": shared, "d": new])
        let session = try fixture.session()
        try fixture.forget(first)
        let packs = try fixture.names(.packs)
        let dry = try fixture.collect { $0.isDryRun = true }
        #expect(dry.end == .dryRun && dry.sessionsWaitedFor.map(\.number) == [3])
        #expect(try fixture.collect { ($0.isDryRun, $0.fencesSessions) = (true, true) }.sessionsWaitedFor.isEmpty)
        let report = try fixture.collect()
        #expect(report.end == .waiting)
        #expect(report.sessionsWaitedFor.map(\.number) == [3])
        #expect(report.sessionsWaitedFor.map(\.identity?.host) == ["writer"])
        #expect(try fixture.names(.packs) == packs)
        // It began before the generation, so it may rely on what was there.
        let root = try CollectionFixture.write(["again": old], into: session)
        let third = try session.commit(CollectionFixture.manifest(root))
        let next = try fixture.collect()
        #expect(next.end == .done && next.generation == 1 && next.packsTakenBack == 1)
        #expect(try fixture.contents(of: third) == ["again": old])
        #expect(try fixture.collect().end == .nothingToDo)
    }

    @Test("says what it has deleted of another's plan, also where its own has to wait", arguments: [true, false])
    func resumes(hasToWait: Bool) throws {
        let first = try fixture.commit(["a": old])
        let second = try fixture.commit(["b": new])
        try fixture.commit(["c": shared])
        let session = try fixture.session()
        try fixture.forget(first)
        #expect(try fixture.collect().end == .waiting)
        session.abandon()
        try fixture.forget(second)
        let another = hasToWait ? try fixture.session() : nil
        let report = try fixture.collect { $0.isConfirmed = true }
        another?.abandon()
        #expect(report.hasFinishedAnother && report.generation == 2)
        #expect(report.end == (hasToWait ? .waiting : .done))
        #expect(report.snapshots == (hasToWait ? [first.id] : [first.id, second.id].sorted()))
        // Each snapshot has a pack of content and one of metadata.
        #expect(report.packCount == (hasToWait ? 2 : 4))
        #expect(report.bytesFreed > UInt64(hasToWait ? old.count : old.count + new.count))
    }

    @Test(
        "plans as much as fits in what is set aside where room is short, or does so much of a plan",
        arguments: [false, true])
    func shortOfRoom(isPlanned: Bool) throws {
        let first = try fixture.commit(["a": old])
        try fixture.commit(["c": shared])
        try fixture.forget(first)
        // Nobody can read what is in them.
        for number in 0..<UInt64(1_500) {
            var generator = SeededGenerator(seed: number)
            let id = try #require(Bytes32(generator.bytes(Bytes32.count)))
            try fixture.store.create(ObjectName(.packs, id), [UInt8](repeating: 0, count: 10))
        }
        let short = try fixture.over(ShortStore(fixture.store, bytesAvailable: 1 << 20))
        if isPlanned {
            let session = try fixture.session()
            #expect(try fixture.collect { $0.isConfirmed = true }.end == .waiting)
            session.abandon()
            #expect(try short.collect { $0.isConfirmed = true }.packCount == 1_502)
            #expect(try short.repository.sweepPlan(of: 1)?.packs.count == 1_024)
            #expect(try fixture.names(.packs).count == 2)
            return
        }
        let report = try short.collect { $0.isConfirmed = true }
        #expect(report.end == .done && report.packCount == 1_024 && report.snapshots == [first.id])
        #expect(report.bytesFreed > UInt64(old.count), "the largest first")
        #expect(try short.collect { $0.isConfirmed = true }.packCount == 1_502 - 1_024)
        #expect(try fixture.names(.packs).count == 2)
    }

    @Test("ends a run that is overdue, or every one if it is told to", arguments: [false, true])
    func fences(isTold: Bool) throws {
        try fixture.commit(["c": shared, "d": new])
        let session = try fixture.session(startedAt: isTold ? 1_999_999_999 : 1_999_900_000)
        let root = try CollectionFixture.write(["x": old], into: session)
        let report = try fixture.collect { $0.fencesSessions = isTold }
        #expect(report.end == .done && report.sessionsEnded == [2])
        let error = #expect(throws: RepositoryError.self) {
            try session.commit(CollectionFixture.manifest(root))
        }
        #expect(error?.code == .fenced)
        #expect(try fixture.store.names(in: .snapshots).count == 1)
        // What it stored afterwards goes with the next generation.
        #expect(try fixture.collect().end == .done)
        let check = try Check(fixture.repository.reopened(over: fixture.store)).run()
        #expect(check.damage.map(\.object) == [])
        #expect(try fixture.collect().end == .nothingToDo)
        #expect(try !fixture.store.contains(ObjectName(.sessions, number: 2, part: .snapshot)))
    }

    @Test("ends a young run of its own host, if and only if its process is gone", arguments: [false, true])
    func dead(isAlive: Bool) throws {
        try fixture.commit(["a": old])
        let forgotten = try fixture.commit(["b": new])
        try fixture.forget(forgotten)
        // No process has the highest number of proc_sys_kernel(5)'s pid_max, 2^22, or more.
        let process = isAlive ? UInt32(Host.processID) : 1 << 30
        let identity = RunIdentity(started: CollectionFixture.now, host: "here", processID: process)
        let session = try fixture.repository.makeWriteSession(
            WriteSessionOptions(workers: 1, identity: identity), entropy: fixture.entropy)
        defer { session.abandon() }
        let report = try fixture.collect { $0.identity.host = "here" }
        #expect(report.end == (isAlive ? .waiting : .done))
        #expect(report.sessionsEnded == (isAlive ? [] : [3]))
    }

    @Test("tried for the sake of the answer changes nothing")
    func dryRun() throws {
        let first = try fixture.commit(["a": old])
        try fixture.commit(["c": shared, "d": new])
        try fixture.forget(first)
        let before = try fixture.names(.packs, .index, .snapshots, .sessions, .quarantine, .tombstones)
        let report = try fixture.collect { $0.isDryRun = true }
        #expect(report.end == .dryRun && report.snapshots == [first.id] && report.packCount == 2)
        #expect(try fixture.names(.packs, .index, .snapshots, .sessions, .quarantine, .tombstones) == before)
        let real = try fixture.collect()
        #expect(real.bytesFreed == report.bytesFreed && real.bytesKept == report.bytesKept)
    }

    @Test("publishes what was committed and not published")
    func publishes() throws {
        let first = try fixture.commit(["a": old])
        let second = try fixture.commit(["b": new])
        try fixture.forget(first)
        try fixture.store.delete(ObjectName(.snapshots, second.id.bytes))
        #expect(try fixture.collect { $0.isConfirmed = true }.end == .done)
        #expect(try fixture.store.names(in: .snapshots) == [second.id.bytes])
        #expect(try fixture.contents(of: second) == ["b": new])
    }

    @Test("makes room first where there is none for the copy of its sweep plan, nor to publish what was committed")
    func cramped() throws {
        let first = try fixture.commit(["a": old])
        let second = try fixture.commit(["b": new])
        try fixture.forget(first)
        let copy = ObjectName(.quarantine, number: 1, part: .copy)
        let published = ObjectName(.snapshots, second.id.bytes)
        try fixture.store.delete(published)
        let cramped = try fixture.over(CrampedStore(fixture.store, noRoomFor: [copy, published]))
        #expect(try cramped.collect { $0.isConfirmed = true }.end == .done)
        #expect(try fixture.store.contains(copy) && fixture.store.contains(published))
        #expect(try fixture.contents(of: second) == ["b": new])
        #expect(try fixture.collect { $0.isConfirmed = true }.end == .nothingToDo)
    }

    @Test("deletes as many packs in a generation as its plans can name, and the others with the next")
    func manyPacks() throws {
        try fixture.commit(["a": old, "b": shared, "c": new])
        let kept = try fixture.names(.packs)
        let gone = try (20..<23).map { try fixture.commit(["z": CollectionFixture.bytes($0, count: 300_000)]) }
        for snapshot in gone { try fixture.forget(snapshot) }
        let count = try fixture.names(.packs).count - kept.count
        try #require(count > 3)
        // A plan may come from a version that put more into one.
        let session = try fixture.session()
        #expect(try fixture.collect { $0.isConfirmed = true }.end == .waiting)
        session.abandon()
        // One that is found, and one of the run's own.
        var left = count
        while left > 0 {
            let report = try fixture.collect { ($0.isConfirmed, $0.packsMax) = (true, 1) }
            let deleted = left == count ? 2 : 1
            #expect(report.end == .done && report.packCount == deleted)
            left -= deleted
            try #require(try fixture.names(.packs).count == kept.count + left)
        }
        #expect(try fixture.names(.packs) == kept)
        #expect(try fixture.collect().end == .nothingToDo)
    }

    @Test("plans a snapshot once that is known by a listing and by its session")
    func knownTwice() throws {
        try fixture.commit(["a": old])
        let second = try fixture.commit(["b": new])
        // As a collector leaves it that has listed a snapshot before its session had an outcome.
        let (repository, entropy) = (fixture.repository, fixture.entropy)
        let identity = RunIdentity(started: CollectionFixture.now, host: "collector", processID: 8)
        _ = try repository.begin(
            generation: 1, QuarantinePlan(packs: [], tombstones: [], identity: identity), entropy: entropy)
        let listed = SweepPlan.Commit(session: 0, snapshot: second.id)
        _ = try repository.decide(
            generation: 1,
            SweepPlan(
                packs: [], snapshots: [], abortedSessions: [], settledSessions: 0, commits: [listed],
                identity: identity), entropy: entropy)
        try repository.close(generation: 1, by: identity, entropy: entropy)
        try fixture.forget(second)
        #expect(try fixture.collect { $0.isConfirmed = true }.end == .done)
        #expect(try fixture.collect { $0.isConfirmed = true }.end == .nothingToDo)
        _ = try fixture.over(fixture.store).commit(["c": shared])
    }
}
