import Catalog
import Coding
import SystemInterface
import TestSupport
import Testing

@Suite("Packs that were swept")
struct SweepingTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test("go at once from every segment, and the others stay", arguments: CatalogKind.allCases)
    func removes(kind: CatalogKind) throws {
        let catalog = try kind.open(in: directory)
        var samples = Samples(seed: 21)
        let (gone, kept) = (samples.pack(), samples.pack())
        for _ in 0..<2 { try catalog.add(segment: samples.id(), packs: [gone, kept]) }
        let plan = samples.id()
        try catalog.remove(sweptPacks: [gone.id], ofGeneration: 1, plan: plan)
        #expect(try catalog.packIDs() == [kept.id: kept.kind])
        #expect(try catalog.record(ofPack: gone.id) == nil)
        #expect(try catalog.record(ofPack: kept.id) == kept)
        for chunk in gone.bundles.flatMap(\.chunks) { #expect(try !catalog.contains(chunk.id)) }
        for chunk in kept.bundles.flatMap(\.chunks) { #expect(try catalog.contains(chunk.id)) }
        #expect(try catalog.sweptPacks(among: [gone.id, kept.id]) == [gone.id])
        #expect(try catalog.newestSweep() == (1, plan))
    }

    @Test("never come back, whatever segment lists them later", arguments: CatalogKind.allCases)
    func stay(kind: CatalogKind) throws {
        let catalog = try kind.open(in: directory)
        var samples = Samples(seed: 22)
        let (gone, kept) = (samples.pack(), samples.pack())
        try catalog.remove(sweptPacks: [gone.id], ofGeneration: 1, plan: samples.id())
        let segment = samples.id()
        try catalog.add(segment: segment, packs: [gone, kept])
        #expect(try catalog.packIDs() == [kept.id: kept.kind])
        try catalog.remove(segment: segment)
        #expect(try catalog.packIDs().isEmpty)
    }

    @Test("of a generation that is known change nothing", arguments: CatalogKind.allCases)
    func repeats(kind: CatalogKind) throws {
        let catalog = try kind.open(in: directory)
        var samples = Samples(seed: 23)
        let pack = samples.pack()
        try catalog.add(segment: samples.id(), packs: [pack])
        #expect(try catalog.remove(sweptPacks: [], ofGeneration: 1, plan: samples.id()) == 1)
        #expect(try catalog.remove(sweptPacks: [pack.id], ofGeneration: 1, plan: samples.id()) == 1)
        #expect(try catalog.packIDs() == [pack.id: pack.kind])
        try catalog.removeEverything()
        #expect(try catalog.sweptGenerations() == 0)
    }

    @Test("of a generation after one that is not known change nothing", arguments: CatalogKind.allCases)
    func unknownBefore(kind: CatalogKind) throws {
        let catalog = try kind.open(in: directory)
        var samples = Samples(seed: 25)
        let pack = samples.pack()
        try catalog.add(segment: samples.id(), packs: [pack])
        #expect(try catalog.remove(sweptPacks: [pack.id], ofGeneration: 2, plan: samples.id()) == 0)
        #expect(try catalog.packIDs() == [pack.id: pack.kind])
        #expect(try catalog.sweptPacks(among: [pack.id]).isEmpty)
    }

    @Test("make what was complete be looked at again, if anything went", arguments: CatalogKind.allCases)
    func completeness(kind: CatalogKind) throws {
        let catalog = try kind.open(in: directory)
        var samples = Samples(seed: 24)
        let (pack, snapshot) = (samples.pack(), samples.id())
        try catalog.add(segment: samples.id(), packs: [pack])
        try catalog.markComplete(snapshot, removals: catalog.removalCount())
        try catalog.remove(sweptPacks: [samples.id()], ofGeneration: 1, plan: samples.id())
        #expect(try catalog.isComplete(snapshot))
        try catalog.remove(sweptPacks: [pack.id], ofGeneration: 2, plan: samples.id())
        #expect(try !catalog.isComplete(snapshot))
    }
}
