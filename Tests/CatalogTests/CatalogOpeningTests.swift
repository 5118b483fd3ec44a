import Catalog
import Coding
import SystemInterface
import TestSupport
import Testing

@Suite("Opening a catalog")
struct CatalogOpeningTests {
    private let directory: TemporaryDirectory
    private let path: FilePath

    init() throws {
        directory = try TemporaryDirectory()
        path = directory.path.appending("cache/pastfs/catalog")
    }

    private func open(_ repository: [UInt8] = Samples.repository) throws(CatalogError) -> Catalog {
        try Catalog.open(directory: path, repository: repository)
    }

    @Test("Directories and files are made for the owner alone")
    func permissions() throws {
        let catalog = try open()
        #expect(!catalog.wasRebuilt)
        var samples = Samples(seed: 1)
        try catalog.add(segment: samples.id(), packs: [samples.pack()])
        #expect(try FileSystem.status(path).permissions == 0o700)
        let entries = try FileDescriptor.open(path, [.directory]).directoryEntries()
        #expect(entries.contains { $0.name == Array("catalog.sqlite".utf8) })
        for entry in entries {
            #expect(try FileSystem.status(path.appending(entry.name)).permissions == 0o600)
        }
    }

    @Test("What was added is there when the catalog is opened again")
    func persists() throws {
        var samples = Samples(seed: 2)
        let pack = samples.pack()
        let segment = samples.id()
        try open().add(segment: segment, packs: [pack])
        let reopened = try open()
        #expect(!reopened.wasRebuilt)
        #expect(try reopened.segments() == [segment])
        #expect(try reopened.record(ofPack: pack.id) == pack)
    }

    @Test("The catalog of another repository is made anew")
    func otherRepository() throws {
        var samples = Samples(seed: 3)
        try open().add(snapshot: samples.id(), manifest: [1])
        let other = try open(Array(repeating: 5, count: 16))
        #expect(other.wasRebuilt)
        #expect(try other.snapshots().isEmpty)
    }

    @Test("A catalog in memory starts empty and shares nothing")
    func inMemory() throws {
        let first = try Catalog.inMemory(repository: Samples.repository)
        let second = try Catalog.inMemory(repository: Samples.repository)
        var samples = Samples(seed: 4)
        try first.add(snapshot: samples.id(), manifest: [1])
        #expect(try first.statistics().snapshots == 1)
        #expect(try second.statistics().snapshots == 0)
    }

    @Test("A directory that can't be made is an error")
    func impossibleDirectory() throws {
        try directory.write("cache", [1])
        #expect(CatalogError.code { () throws(CatalogError) in try open() } == .ioFailure)
    }

    @Test("A directory in the place of the file is an error and no loop")
    func directoryInPlaceOfFile() throws {
        try FileSystem.makeDirectories(path.appending("catalog.sqlite"))
        #expect(CatalogError.code { () throws(CatalogError) in try open() } != nil)
    }

    @Test("A link in the place of the file is replaced, and what it leads to is left alone")
    func linkInPlaceOfFile() throws {
        let victim = try directory.write("victim", Array("precious".utf8))
        try FileSystem.makeDirectories(path)
        let folder = try FileDescriptor.open(path, [.directory])
        try folder.symbolicLinkAt(Array("catalog.sqlite".utf8), target: victim.bytes)
        let catalog = try open()
        #expect(catalog.wasRebuilt)
        #expect(try FileSystem.read(victim, atMost: 100) == Array("precious".utf8))
    }

    @Test("A disk that takes no changes is an error", .enabled(if: MountedMemory.isPossible))
    func readOnlyDisk() throws {
        let disk = try MountedMemory(size: "4m")
        _ = try Catalog.open(directory: disk.path.appending("catalog"), repository: Samples.repository)
        try disk.makeReadOnly()
        for name in ["catalog", "other"] {
            let code = CatalogError.code { () throws(CatalogError) in
                try Catalog.open(directory: disk.path.appending(name), repository: Samples.repository)
            }
            #expect(code == .permissionDenied)
        }
    }

    @Test("A full disk is an error, and what was there stays", .enabled(if: MountedMemory.isPossible))
    func fullDisk() throws {
        let disk = try MountedMemory(size: "2m")
        let catalog = try Catalog.open(directory: disk.path, repository: Samples.repository)
        var samples = Samples(seed: 5)
        let pack = samples.pack()
        let first = samples.id()
        try catalog.add(segment: first, packs: [pack])
        let second = samples.id()
        let packs = [samples.pack(bundles: 40, chunks: 4000)]
        let code = CatalogError.code { () throws(CatalogError) in try catalog.add(segment: second, packs: packs) }
        #expect(code == .noSpace || code == .ioFailure)
        #expect(try catalog.segments() == [first])
        #expect(try catalog.record(ofPack: pack.id) == pack)
    }
}
