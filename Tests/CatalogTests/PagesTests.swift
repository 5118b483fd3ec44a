import Catalog
import Coding
import SystemInterface
import TestSupport
import Testing

@Suite("Pages that the catalog keeps for writers")
struct PagesTests {
    private let directory: TemporaryDirectory
    private var samples = Samples(seed: 21)

    init() throws {
        directory = try TemporaryDirectory()
    }

    private mutating func pages(_ count: Int) -> [(id: Bytes32, sealed: [UInt8])] {
        (0..<count).map { _ in (samples.id(), samples.bytes(samples.number(in: 0...9_000))) }
    }

    @Test("A page is there from when it was stored until it is removed, and counts", arguments: CatalogKind.allCases)
    mutating func storesPages(kind: CatalogKind) throws {
        let catalog = try kind.open(in: directory)
        let pages = pages(40)
        try catalog.add(pages: pages)
        for page in pages {
            #expect(try catalog.page(page.id)?.sealed == page.sealed)
        }
        #expect(try catalog.pageIDs() == pages.map(\.id))
        let bytes = pages.reduce(0) { $0 + $1.sealed.count }
        #expect(try catalog.pageTotals() == PageTotals(pages: 40, bytes: bytes, live: 0))
        try catalog.remove(page: pages[3].id)
        try catalog.remove(page: pages[3].id)
        #expect(try catalog.page(pages[3].id) == nil)
        let left = PageTotals(pages: 39, bytes: bytes - pages[3].sealed.count, live: 0)
        #expect(try catalog.pageTotals() == left)
    }

    @Test("A page that is there stays as it is, and counts once", arguments: CatalogKind.allCases)
    mutating func keepsFirst(kind: CatalogKind) throws {
        let catalog = try kind.open(in: directory)
        let id = samples.id()
        try catalog.add(pages: [(id, [1]), (id, [2, 3])])
        try catalog.add(pages: [(id, [4, 5, 6])])
        #expect(try catalog.page(id)?.sealed == [1])
        #expect(try catalog.pageTotals() == PageTotals(pages: 1, bytes: 1, live: 0))
    }

    @Test("Sweeping leaves what is needed and nothing else", arguments: CatalogKind.allCases)
    mutating func sweeps(kind: CatalogKind) throws {
        let catalog = try kind.open(in: directory)
        let pages = pages(30)
        try catalog.add(pages: pages)
        var live: Set<Int64> = []
        for page in pages.prefix(7) { live.insert(try #require(try catalog.page(page.id)).number) }
        try catalog.sweepPages(keeping: live)
        #expect(try catalog.pageIDs() == pages.prefix(7).map(\.id))
        let bytes = pages.prefix(7).reduce(0) { $0 + $1.sealed.count }
        #expect(try catalog.pageTotals() == PageTotals(pages: 7, bytes: bytes, live: 7))
    }

    @Test("Sets come in the order in which they were noted last", arguments: CatalogKind.allCases)
    mutating func ordersSets(kind: CatalogKind) throws {
        let catalog = try kind.open(in: directory)
        let names = (0..<3).map { _ in samples.id() }
        for (number, name) in names.enumerated() { try catalog.replacePageSet(name, [UInt8(number)]) }
        try catalog.replacePageSet(names[0], [9])
        #expect(try catalog.pageSets().map(\.name) == [names[1], names[2], names[0]])
        #expect(try catalog.pageSets().map(\.sealed) == [[1], [2], [9]])
        #expect(try catalog.pageSet(names[0]) == [9])
        try catalog.remove(pageSet: names[2])
        #expect(try catalog.pageSet(names[2]) == nil)
        #expect(try catalog.pageSets().map(\.name) == [names[1], names[0]])
    }

    @Test("Removing everything removes pages and sets", arguments: CatalogKind.allCases)
    mutating func removesEverything(kind: CatalogKind) throws {
        let catalog = try kind.open(in: directory)
        try catalog.add(pages: pages(5))
        try catalog.replacePageSet(samples.id(), [1])
        try catalog.removeEverything()
        #expect(try catalog.pageIDs().isEmpty)
        #expect(try catalog.pageSets().isEmpty)
        #expect(try catalog.pageTotals() == PageTotals(pages: 0, bytes: 0, live: 0))
    }

    @Test("What one process stores another finds, and the file has it after it is closed")
    mutating func shares() throws {
        let pages = pages(3)
        let name = samples.id()
        do {
            let first = try CatalogKind.file.open(in: directory)
            let second = try CatalogKind.file.open(in: directory)
            try first.add(pages: pages)
            #expect(try second.page(pages[1].id)?.sealed == pages[1].sealed)
            try second.replacePageSet(name, [7])
            #expect(try first.pageSet(name) == [7])
        }
        let third = try CatalogKind.file.open(in: directory)
        #expect(!third.wasRebuilt)
        #expect(try third.pageIDs() == pages.map(\.id))
        #expect(try third.pageSet(name) == [7])
    }
}
