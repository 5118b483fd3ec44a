import Catalog
import Coding
import SystemInterface
import TestSupport
import Testing

@Suite("A catalog that several use")
struct SharedCatalogTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test("What one adds and removes, the other sees at once")
    func seesChanges() throws {
        let first = try Catalog.open(directory: directory.path, repository: Samples.repository)
        let second = try Catalog.open(directory: directory.path, repository: Samples.repository)
        #expect(!second.wasRebuilt)
        var samples = Samples(seed: 1)
        let pack = samples.pack()
        let segment = samples.id()
        try first.add(segment: segment, packs: [pack])
        #expect(try second.record(ofPack: pack.id) == pack)
        try second.remove(segment: segment)
        #expect(try first.segments().isEmpty)
        #expect(try first.record(ofPack: pack.id) == nil)
    }

    @Test("Many threads and two catalogs on one file lose nothing, and add nothing twice")
    func concurrentWriters() async throws {
        let catalogs = [
            try Catalog.open(directory: directory.path, repository: Samples.repository),
            try Catalog.open(directory: directory.path, repository: Samples.repository),
        ]
        var samples = Samples(seed: 2)
        let segments = (0..<40).map { _ in (id: samples.id(), packs: [samples.pack(), samples.pack()]) }
        let codes = await withTaskGroup(of: [CatalogError.Code?].self) { group in
            for catalog in catalogs {
                group.addTask {
                    segments.map { segment in
                        CatalogError.code { () throws(CatalogError) in
                            try catalog.add(segment: segment.id, packs: segment.packs)
                        }
                    }
                }
                group.addTask {
                    segments.map { segment in
                        CatalogError.code { () throws(CatalogError) in
                            let pack = segment.packs[0]
                            guard let record = try catalog.record(ofPack: pack.id) else { return }
                            guard record == pack else { throw CatalogError(.damaged, message: "half a pack is seen") }
                        }
                    }
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(codes.allSatisfy { $0 == nil })
        for catalog in catalogs {
            #expect(try catalog.segments() == Set(segments.map(\.id)))
            let places = segments.flatMap(\.packs).flatMap(\.places)
            #expect(try catalog.statistics().chunks == places.count)
            for place in places {
                #expect(try catalog.locations(of: place.id) == [place.location])
            }
        }
    }

    @Test("Segments and the packs that they list are told of as they were at one moment")
    func oneMoment() async throws {
        let writer = try Catalog.open(directory: directory.path, repository: Samples.repository)
        let reader = try Catalog.open(directory: directory.path, repository: Samples.repository)
        var samples = Samples(seed: 4)
        let segments = (0..<300).map { _ in (id: samples.id(), pack: samples.pack()) }
        let packOf = Dictionary(uniqueKeysWithValues: segments.map { ($0.id, $0.pack.id) })
        async let writing: Void = {
            for segment in segments { try writer.add(segment: segment.id, packs: [segment.pack]) }
        }()
        var seen = 0
        while seen < segments.count {
            let (known, packs) = try reader.segmentsAndPacks()
            #expect(packs == Set(known.compactMap { packOf[$0] }))
            seen = known.count
        }
        try await writing
    }

    @Test("Processes that write one catalog at a time lose nothing, and add nothing twice")
    func concurrentProcesses() async throws {
        let text = try #require(directory.path.text)
        async let first = #expect(processExitsWith: .success) { [text = text as String] in
            try SharedCatalogTests.addSegments(to: FilePath(text))
        }
        async let second = #expect(processExitsWith: .success) { [text = text as String] in
            try SharedCatalogTests.addSegments(to: FilePath(text))
        }
        _ = await (first, second)
        let catalog = try Catalog.open(directory: directory.path, repository: Samples.repository)
        #expect(!catalog.wasRebuilt)
        let segments = Self.segments()
        #expect(try catalog.segments() == Set(segments.map(\.id)))
        for place in segments.flatMap(\.packs).flatMap(\.places) {
            #expect(try catalog.locations(of: place.id) == [place.location])
        }
    }

    /// What both processes add.
    private static func segments() -> [(id: Bytes32, packs: [PackRecord])] {
        var samples = Samples(seed: 3)
        return (0..<100).map { _ in (id: samples.id(), packs: [samples.pack()]) }
    }

    private static func addSegments(to directory: FilePath) throws {
        let catalog = try Catalog.open(directory: directory, repository: Samples.repository)
        for segment in segments() {
            try catalog.add(segment: segment.id, packs: segment.packs)
        }
    }
}
