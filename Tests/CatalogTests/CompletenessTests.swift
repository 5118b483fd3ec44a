import Catalog
import Coding
import SystemInterface
import TestSupport
import Testing

@Suite("Snapshots of which nothing is missing")
struct CompletenessTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test("A snapshot is complete from when that was noted until a segment goes", arguments: CatalogKind.allCases)
    func forgets(kind: CatalogKind) throws {
        let catalog = try kind.open(in: directory)
        var samples = Samples(seed: 11)
        let (segment, snapshot, other) = (samples.id(), samples.id(), samples.id())
        try catalog.add(segment: segment, packs: [samples.pack()])
        #expect(try !catalog.isComplete(snapshot))
        try catalog.markComplete(snapshot, removals: catalog.removalCount())
        #expect(try catalog.isComplete(snapshot))
        #expect(try !catalog.isComplete(other))
        try catalog.remove(segment: samples.id())
        #expect(try catalog.isComplete(snapshot))
        try catalog.remove(segment: segment)
        #expect(try !catalog.isComplete(snapshot))
    }

    @Test("What was found before a segment went is not noted after it", arguments: CatalogKind.allCases)
    func refusesStale(kind: CatalogKind) throws {
        let catalog = try kind.open(in: directory)
        var samples = Samples(seed: 12)
        let (segment, snapshot) = (samples.id(), samples.id())
        try catalog.add(segment: segment, packs: [samples.pack()])
        let removals = try catalog.removalCount()
        try catalog.remove(segment: segment)
        try catalog.markComplete(snapshot, removals: removals)
        #expect(try !catalog.isComplete(snapshot))
    }

    @Test("Removing everything forgets it too", arguments: CatalogKind.allCases)
    func removesEverything(kind: CatalogKind) throws {
        let catalog = try kind.open(in: directory)
        var samples = Samples(seed: 13)
        let snapshot = samples.id()
        let removals = try catalog.removalCount()
        try catalog.markComplete(snapshot, removals: removals)
        try catalog.removeEverything()
        #expect(try !catalog.isComplete(snapshot))
        #expect(try catalog.removalCount() > removals)
    }

    @Test("A look-up after a change sees it, however many came before", arguments: CatalogKind.allCases)
    func seesChanges(kind: CatalogKind) throws {
        let catalog = try kind.open(in: directory)
        var samples = Samples(seed: 14)
        for _ in 0..<5 {
            let pack = samples.pack()
            for _ in 0..<700 { #expect(try !catalog.contains(samples.id())) }
            try catalog.add(segment: samples.id(), packs: [pack])
            for place in pack.places.prefix(3) { #expect(try catalog.contains(place.id)) }
        }
    }
}
