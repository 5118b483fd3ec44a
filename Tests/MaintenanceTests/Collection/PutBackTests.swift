import Maintenance
import Repository
import Storage
import TestSupport
import Testing

/// The local catalog has learned what was swept; then an older copy of the repository takes its place.
@Suite("A repository that is put back to what it was before a garbage collection")
struct PutBackTests {
    private let directory: TemporaryDirectory
    private let fixture: CollectionFixture
    private let first: Snapshot
    private let second: Snapshot
    /// The repository as it was before the collection.
    private let before: MemoryStore

    init() throws {
        directory = try TemporaryDirectory()
        fixture = try CollectionFixture()
        first = try fixture.commit(["a": CollectionFixture.bytes(1), "c": CollectionFixture.bytes(3)])
        second = try fixture.commit(["b": CollectionFixture.bytes(2)])
        before = try fixture.copy()
        try fixture.forget(first)
        #expect(try fixture.collect { $0.isConfirmed = true }.end == .done)
        // Now the catalog knows that, too.
        #expect(try fixture.repository.reopened(cacheDirectory: directory.path).snapshots() == [second])
    }

    @Test("reads as it did then, although the local catalog knows of the collection")
    func reads() throws {
        let repository = try fixture.over(before).repository.reopened(cacheDirectory: directory.path)
        #expect(Set(repository.snapshots().map(\.id)) == [first.id, second.id])
        #expect(try Check(repository, options: CheckOptions(readsData: true)).run().damage.map(\.object) == [])
        #expect(repository.warnings.contains { $0.contains("newer state") })
        let again = try fixture.over(before).repository.reopened(cacheDirectory: directory.path)
        #expect(again.warnings.isEmpty)
    }

    @Test("is collected anew: what the catalog knows of the other collection of that number says nothing")
    func collectsAnew() throws {
        let other = try fixture.over(before)
        try other.forget(second)
        #expect(try other.collect { $0.isConfirmed = true }.end == .done)
        let repository = try other.repository.reopened(cacheDirectory: directory.path)
        #expect(repository.snapshots() == [first])
        #expect(try Check(repository, options: CheckOptions(readsData: true)).run().damage.map(\.object) == [])
    }

    @Test("while another process learns of the next collection, is read by both")
    func beside() throws {
        let after = try fixture.copy()
        try fixture.forget(fixture.commit(["d": CollectionFixture.bytes(4)]))
        #expect(try fixture.collect { $0.isConfirmed = true }.end == .done)
        var number = 0
        var operations = 0
        repeat {
            number += 1
            let directory = try TemporaryDirectory()
            _ = try fixture.repository.over(after).reopened(cacheDirectory: directory.path)
            let store = InterruptedStore(fixture.store, before: number) { [fixture, before] in
                _ = try fixture.repository.over(before).reopened(cacheDirectory: directory.path)
            }
            _ = try fixture.repository.over(store).reopened(cacheDirectory: directory.path)
            operations = store.operations
            #expect(store.actionFailure == nil, "operation \(number)")
            let repository = try fixture.repository.reopened(cacheDirectory: directory.path)
            #expect(repository.snapshots() == [second], "operation \(number)")
            let check = try Check(repository, options: CheckOptions(readsData: true)).run()
            #expect(check.damage.map(\.object) == [], "operation \(number)")
        } while number < operations
        #expect(operations > 5)
    }

    @Test("takes a backup, which needs what the catalog has given up")
    func backsUp() throws {
        let other = try fixture.over(before)
        let repository = try other.repository.reopened(cacheDirectory: directory.path)
        let session = try repository.makeWriteSession(WriteSessionOptions(workers: 1), entropy: fixture.entropy)
        let root = try CollectionFixture.write(["a": CollectionFixture.bytes(1)], into: session)
        let third = try session.commit(CollectionFixture.manifest(root))
        #expect(session.counters.chunksNew == 1)
        #expect(try other.contents(of: third) == ["a": CollectionFixture.bytes(1)])
    }
}
