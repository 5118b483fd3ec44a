import Catalog
import Coding
import SystemInterface
import TestSupport
import Testing

@Suite("What a catalog holds")
struct CatalogContentTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test("Every chunk of a segment is found where it lies, and no other", arguments: CatalogKind.allCases)
    func findsChunks(kind: CatalogKind) throws {
        let catalog = try kind.open(in: directory)
        var samples = Samples(seed: 1)
        let packs = (0..<20).map { _ in samples.pack() }
        let segment = samples.id()
        try catalog.add(segment: segment, packs: packs)
        #expect(try catalog.segments() == [segment])
        for place in packs.flatMap(\.places) {
            #expect(try catalog.contains(place.id))
            #expect(try catalog.locations(of: place.id) == [place.location])
        }
        let unknown = samples.id()
        #expect(try !catalog.contains(unknown))
        #expect(try catalog.locations(of: unknown).isEmpty)
    }

    @Test("A pack's record is read back as it was added", arguments: CatalogKind.allCases)
    func readsPacksBack(kind: CatalogKind) throws {
        let catalog = try kind.open(in: directory)
        var samples = Samples(seed: 2)
        let packs = [
            samples.pack(), samples.pack(bundles: 0), samples.pack(bundles: 1, chunks: 0),
            samples.pack(bundles: 2, chunks: 3000),
            PackRecord(id: samples.id(), kind: 255, sessions: [], bundles: []),
            PackRecord(
                id: samples.id(), kind: 0, sessions: [samples.bytes(1024)],
                bundles: [
                    BundleRecord(
                        offset: UInt64(Int64.max), storedBytes: .max, plaintextBytes: .max, session: 0,
                        chunks: [ChunkRecord(id: .zero, bytes: .max)])
                ]),
        ]
        try catalog.add(segment: samples.id(), packs: packs)
        for pack in packs {
            #expect(try catalog.record(ofPack: pack.id) == pack)
        }
        #expect(try catalog.record(ofPack: samples.id()) == nil)
        #expect(try catalog.packIDs() == Dictionary(uniqueKeysWithValues: packs.map { ($0.id, $0.kind) }))
    }

    @Test("A chunk that lies in several places has them all, the cheapest first", arguments: CatalogKind.allCases)
    func bestFirst(kind: CatalogKind) throws {
        let catalog = try kind.open(in: directory)
        var samples = Samples(seed: 3)
        let chunk = ChunkRecord(id: samples.id(), bytes: 100)
        let packs = [900, 50, 400, 50].map { stored in
            PackRecord(
                id: samples.id(), kind: 1, sessions: [[7]],
                bundles: [
                    BundleRecord(
                        offset: 8, storedBytes: stored, plaintextBytes: 100, session: 0,
                        chunks: [samples.chunks(1)[0], chunk, chunk])
                ])
        }
        try catalog.add(segment: samples.id(), packs: packs)
        let found = try catalog.locations(of: chunk.id)
        #expect(found.map(\.storedBytes) == [50, 50, 50, 50, 400, 400, 900, 900])
        #expect(found.map(\.position) == [1, 2, 1, 2, 1, 2, 1, 2])
        #expect(found.prefix(4).map(\.pack) == [packs[1].id, packs[1].id, packs[3].id, packs[3].id].sorted())
    }

    @Test("Adding a segment again changes nothing", arguments: CatalogKind.allCases)
    func addsOnce(kind: CatalogKind) throws {
        let catalog = try kind.open(in: directory)
        var samples = Samples(seed: 4)
        let pack = samples.pack()
        let segment = samples.id()
        try catalog.add(segment: segment, packs: [pack])
        let before = try catalog.statistics()
        try catalog.add(segment: segment, packs: [samples.pack()])
        #expect(try catalog.statistics() == before)
        #expect(try Array(catalog.packIDs().keys) == [pack.id])
    }

    @Test("A pack that two segments list stays until both are gone", arguments: CatalogKind.allCases)
    func sharedPack(kind: CatalogKind) throws {
        let catalog = try kind.open(in: directory)
        var samples = Samples(seed: 5)
        let pack = samples.pack(bundles: 5)
        let segments = [samples.id(), samples.id()]
        let before = try catalog.statistics()
        try catalog.add(segment: segments[0], packs: [pack])
        let one = try catalog.statistics()
        try catalog.add(segment: segments[1], packs: [pack, samples.pack()])
        try catalog.remove(segment: segments[0])
        for place in pack.places {
            #expect(try catalog.locations(of: place.id) == [place.location])
        }
        #expect(try catalog.record(ofPack: pack.id) == pack)
        try catalog.add(segment: segments[0], packs: [pack])
        try catalog.remove(segment: segments[1])
        #expect(try catalog.statistics() == one)
        for place in pack.places {
            #expect(try catalog.locations(of: place.id) == [place.location])
        }
        try catalog.remove(segment: segments[0])
        #expect(try catalog.statistics() == before)
    }

    @Test("Removing what isn't there changes nothing", arguments: CatalogKind.allCases)
    func removesNothing(kind: CatalogKind) throws {
        let catalog = try kind.open(in: directory)
        var samples = Samples(seed: 6)
        try catalog.add(segment: samples.id(), packs: [samples.pack()])
        let before = try catalog.statistics()
        try catalog.remove(segment: samples.id())
        try catalog.remove(snapshot: samples.id())
        #expect(try catalog.statistics() == before)
    }

    @Test("Snapshots are kept with their manifests", arguments: CatalogKind.allCases)
    func snapshots(kind: CatalogKind) throws {
        let catalog = try kind.open(in: directory)
        var samples = Samples(seed: 7)
        var expected: [Bytes32: [UInt8]] = [:]
        for count in [0, 1, 300, 70_000] {
            let id = samples.id()
            expected[id] = samples.bytes(count)
            try catalog.add(snapshot: id, manifest: expected[id] ?? [])
            try catalog.add(snapshot: id, manifest: [9, 9])
        }
        #expect(try catalog.snapshots() == expected)
        #expect(try catalog.snapshotIDs() == Set(expected.keys))
        let gone = try #require(expected.keys.sorted().first)
        try catalog.remove(snapshot: gone)
        expected[gone] = nil
        #expect(try catalog.snapshots() == expected)
    }

    @Test("Statistics are the sums over the packs, each once", arguments: CatalogKind.allCases)
    func statistics(kind: CatalogKind) throws {
        let catalog = try kind.open(in: directory)
        var samples = Samples(seed: 8)
        let packs = (0..<10).map { _ in samples.pack() }
        try catalog.add(segment: samples.id(), packs: packs)
        try catalog.add(segment: samples.id(), packs: [packs[0]])
        try catalog.add(snapshot: samples.id(), manifest: [1])
        let bundles = packs.flatMap(\.bundles)
        let chunks = bundles.flatMap(\.chunks)
        let expected = CatalogStatistics(
            chunks: chunks.count, bundles: bundles.count, packs: 10, segments: 2, snapshots: 1,
            chunkBytes: chunks.reduce(0) { $0 + UInt64($1.bytes) },
            storedBytes: bundles.reduce(0) { $0 + UInt64($1.storedBytes) })
        #expect(try catalog.statistics() == expected)
    }

    @Test("Everything can be removed at once", arguments: CatalogKind.allCases)
    func removesEverything(kind: CatalogKind) throws {
        let catalog = try kind.open(in: directory)
        var samples = Samples(seed: 9)
        let pack = samples.pack()
        let empty = try catalog.statistics()
        try catalog.add(segment: samples.id(), packs: [pack])
        try catalog.add(snapshot: samples.id(), manifest: [1])
        try catalog.removeEverything()
        #expect(try catalog.statistics() == empty)
        #expect(try pack.places.allSatisfy { try !catalog.contains($0.id) })
        try catalog.add(segment: samples.id(), packs: [pack])
        #expect(try catalog.record(ofPack: pack.id) == pack)
    }

    @Test("A record that can't be held is refused, with all of its segment", arguments: CatalogKind.allCases, 0..<4)
    func refusesInvalidRecords(kind: CatalogKind, which: Int) throws {
        let catalog = try kind.open(in: directory)
        var samples = Samples(seed: 10)
        let good = samples.pack()
        let sessions = which == 0 ? [samples.bytes(1025)] : [[1]]
        let bundle = BundleRecord(
            offset: which == 1 ? 1 << 63 : 0, storedBytes: 1, plaintextBytes: 1,
            session: which == 2 ? 1 : which == 3 ? -1 : 0, chunks: samples.chunks(2))
        let bad = PackRecord(id: samples.id(), kind: 1, sessions: sessions, bundles: [bundle])
        let empty = try catalog.statistics()
        let segment = samples.id()
        #expect(
            CatalogError.code { () throws(CatalogError) in try catalog.add(segment: segment, packs: [good, bad]) }
                == .invalidRecord)
        #expect(try catalog.statistics() == empty)
        #expect(try catalog.segments().isEmpty)
    }

    @Test("A segment of more chunks than are sorted at a time is stored and removed whole")
    func largeSegment() throws {
        let catalog = try CatalogKind.file.open(in: directory)
        var samples = Samples(seed: 11)
        let packs = (0..<30).map { _ in samples.pack(bundles: 20, chunks: 1000) }
        let places = packs.flatMap(\.places)
        #expect(places.count > 1 << 18)
        let empty = try catalog.statistics()
        let segment = samples.id()
        try catalog.add(segment: segment, packs: packs)
        #expect(try catalog.statistics().chunks == places.count)
        for place in places.shuffled(using: &samples).prefix(1000) {
            #expect(try catalog.locations(of: place.id) == [place.location])
        }
        try catalog.remove(segment: segment)
        #expect(try catalog.statistics() == empty)
        #expect(try places.prefix(1000).allSatisfy { try !catalog.contains($0.id) })
    }

    @Test("Any order of additions and removals leaves what a dictionary would", arguments: 0..<UInt64(6))
    func agreesWithModel(seed: UInt64) throws {
        let catalog = try CatalogKind.file.open(in: directory)
        var samples = Samples(seed: seed)
        let packs = (0..<12).map { _ in samples.pack() }
        var model: [Bytes32: [PackRecord]] = [:]
        for _ in 0..<60 {
            if samples.number(in: 0...2) > 0 || model.isEmpty {
                let segment = samples.id()
                let chosen = Array(packs.shuffled(using: &samples).prefix(samples.number(in: 0...4)))
                try catalog.add(segment: segment, packs: chosen)
                model[segment] = chosen
            } else if let segment = model.keys.sorted().randomElement(using: &samples) {
                try catalog.remove(segment: segment)
                model[segment] = nil
            }
        }
        let live = Set(model.values.joined())
        #expect(try catalog.segments() == Set(model.keys), "seed \(seed)")
        #expect(try Set(catalog.packIDs().keys) == Set(live.map(\.id)), "seed \(seed)")
        for pack in packs {
            #expect(try catalog.record(ofPack: pack.id) == (live.contains(pack) ? pack : nil), "seed \(seed)")
            for place in pack.places {
                let expected = live.contains(pack) ? [place.location] : []
                #expect(try catalog.locations(of: place.id) == expected, "seed \(seed)")
            }
        }
    }
}
