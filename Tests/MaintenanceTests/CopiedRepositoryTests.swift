import Maintenance
import Repository
import Storage
import SystemInterface
import TestSupport
import Testing

/// A disk and its copy, say: one identifier, and different objects since somebody has written to the copy.
@Suite("Two copies of one repository")
struct CopiedRepositoryTests {
    private let directory: TemporaryDirectory
    private let original: CollectionFixture
    private let copy: CollectionFixture
    private let added = CollectionFixture.bytes(2)

    private var cache: FilePath { directory.path.appending("cache") }

    init() throws {
        directory = try TemporaryDirectory()
        original = try CollectionFixture(
            store: try LocalDirectoryStore.create(at: directory.path.appending("original")))
        try original.commit(["a": CollectionFixture.bytes(1)])
        let store = try LocalDirectoryStore.create(at: directory.path.appending("copy"))
        try original.copyObjects(to: store)
        copy = try original.over(store)
        try copy.commit(["b": added])
    }

    @Test("have a catalog each: what only one has is stored in the other, whatever is done meanwhile")
    func writes() throws {
        let repository = try original.repository.reopened(cacheDirectory: cache)
        let session = try repository.makeWriteSession(WriteSessionOptions(workers: 1), entropy: original.entropy)
        // A command that looks at the copy while the run is under way.
        #expect(try copy.repository.reopened(cacheDirectory: cache).snapshots().count == 2)
        let root = try CollectionFixture.write(["b": added], into: session)
        let snapshot = try session.commit(CollectionFixture.manifest(root))
        #expect(try original.contents(of: snapshot) == ["b": added])
        let check = try Check(
            original.repository.reopened(over: original.store), options: CheckOptions(readsData: true)
        ).run()
        #expect(check.damage.map(\.object) == [])
    }

    @Test("are told apart by where they are, and one is the same by whichever path it is named")
    func places() throws {
        let place = original.repository.cacheDirectory(below: cache)
        #expect(place.parent == cache)
        #expect(copy.repository.cacheDirectory(below: cache) != place)
        try FileDescriptor.open(directory.path, [.readOnly, .directory])
            .symbolicLinkAt(Array("link".utf8), target: Array("original".utf8))
        for path in ["link", "link/", "copy/../original", "./original/."] {
            let store = try LocalDirectoryStore(at: directory.path.appending(path))
            let wrapped = RetryingStore(FaultInjectingStore(store, plan: .none))
            #expect(try original.repository.over(wrapped).cacheDirectory(below: cache) == place, "\(path)")
        }
    }
}
