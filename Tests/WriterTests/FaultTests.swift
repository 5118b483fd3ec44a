import BackupTestSupport
import Repository
import Restorer
import Storage
import SystemInterface
import TestSupport
import Testing
import Writer

@Suite("Backups on storage that fails")
struct FaultTests {
    @Test(
        "Whichever operation fails, earlier snapshots stay whole, every listed one restores, and the next run succeeds",
        .timeLimit(.minutes(20)), arguments: FaultKind.all)
    func survives(_ fault: FaultKind) throws {
        let fixture = try BackupFixture()
        try Self.fill(fixture.source, seed: 1)
        let first = try fixture.backUp().committed()
        let before = try FileTree(fixture.source)
        try Self.fill(fixture.source, seed: 2)
        var position = 1
        var isDone = false
        while !isDone {
            let store = try Self.copy(of: fixture.store)
            isDone = try runs(fixture, on: store, fault, at: position)
            try expectWhole(fixture, store, first: first, before: before, position: position)
            position += 1
        }
        // Opening, the packs, the index and the snapshot are operations that can fail.
        #expect(position > 8)
    }

    /// Lets the operation `position` fail; returns whether a run has fewer operations than that.
    private func runs(
        _ fixture: BackupFixture, on base: any ObjectStore, _ fault: FaultKind, at position: Int
    ) throws -> Bool {
        let store = FaultInjectingStore(base, plan: fault.plan(failAt: position))
        do {
            let repository = try BackupFixture.open(store)
            let outcome = try fixture.makeBackup(into: repository).run()
            let listed = try BackupFixture.open(base).snapshots()
            #expect(listed.contains(try outcome.committed()), "operation \(position)")
        } catch is BackupError {
        } catch is RepositoryError {
        }
        return store.operationCount < position
    }

    private func expectWhole(
        _ fixture: BackupFixture, _ store: any ObjectStore, first: Snapshot, before: FileTree, position: Int
    ) throws {
        let repository = try BackupFixture.open(store)
        let next = try fixture.makeBackup(into: repository).run()
        try repository.refresh()
        #expect(repository.damagedSnapshots().isEmpty, "operation \(position)")
        #expect(repository.snapshots().contains(first), "operation \(position)")
        #expect(repository.snapshots().contains(try next.committed()), "operation \(position)")
        let after = try FileTree(fixture.source)
        for snapshot in repository.snapshots() {
            let destination = try TemporaryDirectory()
            let room = destination.path.appending("out")
            let outcome = try RestoreRun(
                repository: repository, snapshot: snapshot, destination: room,
                options: RestoreOptions(path: fixture.source)
            ).run()
            #expect(outcome.problems.isEmpty, "operation \(position)")
            let expected = snapshot.id == first.id ? before : after
            #expect(try FileTree(room).differences(from: expected) == [], "operation \(position)")
        }
    }

    /// A store that holds the same.
    private static func copy(of store: any ObjectStore) throws -> MemoryStore {
        let copy = MemoryStore()
        var names = [ObjectName.format]
        for folder in ObjectFolder.allCases { names += try store.list(folder).map(\.name) }
        for name in names { try copy.create(name, [try store.read(name)]) }
        return copy
    }

    private static func fill(_ directory: FilePath, seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for number in 0..<4 {
            try FileSystem.write(directory.appending("file\(number)"), generator.bytes(40_000))
        }
    }
}
