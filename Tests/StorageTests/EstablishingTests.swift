import Storage
import SystemInterface
import TestSupport
import Testing

@Suite("Making and opening a store in a directory")
struct EstablishingTests {
    private let directory: TemporaryDirectory
    private let path: FilePath

    init() throws {
        directory = try TemporaryDirectory()
        path = directory.path.appending("store")
    }

    private func establishingCode() -> StorageError.Code? {
        StorageError.code { () throws(StorageError) in try LocalDirectoryStore.create(at: path) }
    }

    private func openingCode() -> StorageError.Code? {
        StorageError.code { () throws(StorageError) in try LocalDirectoryStore(at: path) }
    }

    @Test("A new directory is made for the owner alone, and holds every folder")
    func makesDirectory() throws {
        #expect(establishingCode() == nil)
        #expect(try FileSystem.status(path).permissions == 0o700)
        let names = try FileDescriptor.open(path, [.directory]).directoryEntries().map { FilePath($0.name).description }
        #expect(names.sorted() == (ObjectFolder.allCases.map(\.rawValue) + ["tmp"]).sorted())
        #expect(openingCode() == nil)
    }

    @Test("A slash at the end of the path changes nothing")
    func trailingSlash() throws {
        _ = try LocalDirectoryStore.create(at: FilePath(path.bytes + Array("//".utf8)))
        #expect(openingCode() == nil)
    }

    @Test("An empty directory is taken, and so are the root of a new disk and what an interrupted call left")
    func takesEmptyDirectory() throws {
        try directory.makeDirectory("store/lost+found")
        try directory.makeDirectory("store/packs")
        #expect(establishingCode() == nil)
        #expect(establishingCode() == nil)
    }

    @Test(
        "A directory with anything in it is refused and left as it is", arguments: ["photo.jpg", "packs", "keys/slot"])
    func refusesNonEmpty(file: String) throws {
        try directory.makeDirectory(file.contains("/") ? "store/keys" : "store")
        try FileSystem.write(path.appending(file), [1])
        #expect(establishingCode() == .notEmpty)
        #expect(try !FileSystem.exists(path.appending("index")))
    }

    @Test("A store with an object in it is refused")
    func refusesExistingStore() throws {
        try LocalDirectoryStore.create(at: path).create(.format, [1])
        #expect(establishingCode() == .notEmpty)
    }

    @Test("A file is no place for a store")
    func refusesFile() throws {
        try directory.write("store", [1])
        #expect(establishingCode() == .notADirectory)
        #expect(openingCode() == .notADirectory)
        #expect(try FileSystem.read(path, atMost: 1) == [1])
    }

    @Test("A path through a file is no place for a store")
    func refusesPathThroughFile() throws {
        try directory.write("store", [1])
        let below = path.appending("below")
        #expect(
            StorageError.code { () throws(StorageError) in try LocalDirectoryStore.create(at: below) } == .notADirectory
        )
        #expect(StorageError.code { () throws(StorageError) in try LocalDirectoryStore(at: below) } == .notADirectory)
    }

    @Test("The directory above must exist: a disk that isn't mounted is noticed")
    func refusesMissingParent() throws {
        let deep = path.appending("deep")
        #expect(StorageError.code { () throws(StorageError) in try LocalDirectoryStore.create(at: deep) } == .notFound)
        #expect(try !FileSystem.exists(path))
    }

    @Test("A directory that isn't there is not opened, and not made by opening")
    func opensNothing() throws {
        #expect(openingCode() == .notFound)
        #expect(try !FileSystem.exists(path))
    }
}
