import BackupTestSupport
import Repository
import Restorer
import Storage
import SystemInterface
import TestSupport
import Testing
import Writer

@Suite("Restoring from a damaged repository")
struct DamageTests {
    @Test("A damaged file is not left behind and is reported, the others are restored")
    func contentDamage() throws {
        let store = MemoryStore()
        let fixture = try BackupFixture(store: store)
        var generator = SeededGenerator(seed: 5)
        for name in ["a", "b", "c"] {
            try FileSystem.write(fixture.source.appending(name), generator.bytes(700_000))
        }
        let snapshot = try fixture.backUp().committed()
        // The largest pack holds content. One byte in its first bundle spoils only the chunks there.
        let packs = try store.list(.packs).sorted { $0.bytes > $1.bytes }
        let pack = try #require(packs.first)
        var bytes = try store.read(pack.name)
        bytes[bytes.count / 2] ^= 1
        try store.delete(pack.name)
        try store.create(pack.name, [bytes])

        let (path, outcome) = try fixture.restore(snapshot, as: "restored")
        #expect(outcome.damagedCount >= 1)
        #expect(outcome.damagedCount < 3)
        #expect(outcome.problems.allSatisfy { $0.isDamage })
        let damaged = outcome.problems.map(\.path.lastComponent)
        for name in ["a", "b", "c"] {
            let isLeft = try FileSystem.exists(path.appending(name))
            #expect(isLeft == !damaged.contains(Array(name.utf8)))
            if isLeft {
                #expect(
                    try FileSystem.read(path.appending(name), atMost: 1 << 20)
                        == FileSystem.read(fixture.source.appending(name), atMost: 1 << 20))
            }
        }
    }

    @Test("What could not be read when the backup was made is a problem and not an empty file")
    func unreadable() throws {
        let fixture = try BackupFixture()
        try FileSystem.write(fixture.source.appending("file"), [1])
        let saved = try fixture.backUp { $0.paths = ["/proc/self/mem", fixture.source] }
        let (path, outcome) = try fixture.restore(saved.committed(), path: "/", as: "restored")
        #expect(outcome.problems.map(\.path) == ["/proc/self/mem"])
        #expect(outcome.damagedCount == 0, "the repository is whole")
        #expect(try !FileSystem.exists(path.appending("proc/self/mem")))
    }

    @Test("Storage that cannot be reached ends the restore")
    func unreachable() throws {
        let store = MemoryStore()
        let fixture = try BackupFixture(store: store)
        try FileSystem.write(fixture.source.appending("file"), [1])
        let snapshot = try fixture.backUp().committed()
        // Opening reads a few objects; what is read after that fails.
        let counting = FaultInjectingStore(store, plan: .none)
        _ = try BackupFixture.open(counting)
        let failing = FaultInjectingStore(
            store, plan: FaultPlan(failAt: counting.operationCount + 1, mode: .fromThenOn, code: .unreachable))
        let repository = try BackupFixture.open(failing)
        let run = RestoreRun(
            repository: repository, snapshot: snapshot, destination: fixture.directory.path.appending("out"))
        let error = #expect(throws: RestoreError.self) { try run.run() }
        #expect(error?.code == .repository(.storage(.unreachable)))
    }
}
