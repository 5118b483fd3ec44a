import Repository
import Storage
import TestSupport
import Testing

/// What a repository that stays open learns of other processes' work.
@Suite struct RefreshTests {
    private let directory: TemporaryDirectory
    private let fixture: RepositoryFixture

    init() throws {
        directory = try TemporaryDirectory()
        fixture = try RepositoryFixture()
    }

    private func open(refreshing: Bool = true) throws -> Repository {
        try Repository.open(
            fixture.store, passphrase: RepositoryFixture.passphrase, cacheDirectory: directory.path,
            refreshing: refreshing)
    }

    @Test("Without a refresh nothing is listed, with one everything is")
    func opensWithoutListing() throws {
        let snapshot = try fixture.commit(["a": [1, 2, 3]])
        let repository = try open(refreshing: false)
        #expect(repository.snapshots().isEmpty)
        try repository.refresh()
        #expect(repository.snapshots() == [snapshot])
        #expect(try RepositoryFixture.contents(of: snapshot, in: repository) == ["a": [1, 2, 3]])
    }

    @Test("A snapshot that another process took out of the shared catalog is gone here too")
    func forgetsWithSharedCatalog() throws {
        let first = try fixture.commit(["a": [1]], at: 1_000_000_000)
        let second = try fixture.commit(["a": [2]], at: 1_000_000_001)
        let ours = try open()
        let other = try open()
        #expect(ours.snapshots() == [first, second])
        try fixture.store.delete(ObjectName(.snapshots, first.id.bytes))
        try other.refresh()
        try ours.refresh()
        #expect(ours.snapshots() == [second])
    }

    @Test("What was added after a refresh that found nothing new is found by the next")
    func findsLaterSnapshots() throws {
        let first = try fixture.commit(["a": [1]], at: 1_000_000_000)
        let repository = try open()
        try repository.refresh()
        let second = try fixture.commit(["b": [2]], at: 1_000_000_001)
        try repository.refresh()
        #expect(repository.snapshots() == [first, second])
        #expect(try RepositoryFixture.contents(of: second, in: repository) == ["b": [2]])
        for name in try fixture.store.names(in: .index) { try fixture.store.delete(ObjectName(.index, name)) }
        try repository.refresh()
        #expect(try repository.statistics().chunks == 0)
    }
}
