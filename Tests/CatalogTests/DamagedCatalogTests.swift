import Catalog
import Coding
import SystemInterface
import TestSupport
import Testing

@Suite("A damaged catalog")
struct DamagedCatalogTests {
    private let directory: TemporaryDirectory
    private let file: FilePath
    private let packs: [PackRecord]
    private let segments: [Bytes32]

    /// A catalog of many pages, closed.
    init() throws {
        directory = try TemporaryDirectory()
        file = directory.path.appending("catalog.sqlite")
        var samples = Samples(seed: 99)
        packs = (0..<40).map { _ in samples.pack(bundles: 4, chunks: 30) }
        segments = (0..<4).map { _ in samples.id() }
        let catalog = try Catalog.open(directory: directory.path, repository: Samples.repository)
        for (index, segment) in segments.enumerated() {
            try catalog.add(segment: segment, packs: Array(packs[(index * 10)..<(index * 10 + 10)]))
            try catalog.add(snapshot: samples.id(), manifest: samples.bytes(5000))
            try catalog.add(pages: (0..<20).map { _ in (samples.id(), samples.bytes(samples.number(in: 0...9_000))) })
            try catalog.replacePageSet(samples.id(), samples.bytes(400))
        }
    }

    private func open() throws(CatalogError) -> Catalog {
        try Catalog.open(directory: directory.path, repository: Samples.repository)
    }

    /// Uses everything that a catalog can do; the codes of the errors.
    private func useAll(_ catalog: Catalog) -> Set<CatalogError.Code> {
        var samples = Samples(seed: 5)
        let pack = samples.pack()
        let segment = samples.id()
        let snapshot = samples.id()
        var codes: [CatalogError.Code?] = [
            CatalogError.code { () throws(CatalogError) in try catalog.segments() },
            CatalogError.code { () throws(CatalogError) in try catalog.packIDs() },
            CatalogError.code { () throws(CatalogError) in try catalog.snapshots() },
            CatalogError.code { () throws(CatalogError) in try catalog.snapshotIDs() },
            CatalogError.code { () throws(CatalogError) in try catalog.statistics() },
            CatalogError.code { () throws(CatalogError) in
                for page in try catalog.pageIDs() { _ = try catalog.page(page) }
            },
            CatalogError.code { () throws(CatalogError) in try catalog.pageTotals() },
            CatalogError.code { () throws(CatalogError) in
                for set in try catalog.pageSets() { _ = try catalog.pageSet(set.name) }
            },
            CatalogError.code { () throws(CatalogError) in try catalog.add(pages: [(snapshot, [1])]) },
            CatalogError.code { () throws(CatalogError) in try catalog.replacePageSet(snapshot, [1]) },
            CatalogError.code { () throws(CatalogError) in try catalog.remove(page: snapshot) },
            CatalogError.code { () throws(CatalogError) in try catalog.sweepPages(keeping: [1, 2, 3]) },
        ]
        for pack in packs {
            codes.append(CatalogError.code { () throws(CatalogError) in try catalog.record(ofPack: pack.id) })
            for place in pack.places.prefix(20) {
                codes.append(CatalogError.code { () throws(CatalogError) in try catalog.contains(place.id) })
                codes.append(CatalogError.code { () throws(CatalogError) in try catalog.locations(of: place.id) })
            }
        }
        codes.append(CatalogError.code { () throws(CatalogError) in try catalog.add(segment: segment, packs: [pack]) })
        codes.append(
            CatalogError.code { () throws(CatalogError) in try catalog.add(snapshot: snapshot, manifest: [1]) })
        for segment in segments {
            codes.append(CatalogError.code { () throws(CatalogError) in try catalog.remove(segment: segment) })
        }
        return Set(codes.compactMap { $0 })
    }

    /// Opens and uses what the damage left; then a catalog that found damage must be made anew by the next opening.
    private func expectRecovery(_ message: String) throws {
        let catalog = try open()
        let codes = useAll(catalog)
        #expect(codes.isSubset(of: [.damaged]), "\(message)")
        guard !codes.isEmpty else { return }
        #expect(CatalogError.code { () throws(CatalogError) in try catalog.segments() } == .damaged, "\(message)")
        let rebuilt = try open()
        #expect(rebuilt.wasRebuilt, "\(message)")
        #expect(useAll(rebuilt).isEmpty, "\(message)")
    }

    private func overwrite(at offset: UInt64, _ bytes: [UInt8]) throws {
        try FileDescriptor.open(file, [.writeOnly]).pwrite(all: bytes, at: offset)
    }

    @Test("A catalog that is whole is not made anew")
    func wholeCatalog() throws {
        let catalog = try open()
        #expect(!catalog.wasRebuilt)
        #expect(try catalog.segments() == Set(segments))
        #expect(useAll(catalog).isEmpty)
    }

    @Test("A file of other contents is made anew", arguments: ["", "x", "not a database at all", "SQLite format 3\0"])
    func otherContents(text: String) throws {
        try FileSystem.write(file, Array(text.utf8))
        let catalog = try open()
        #expect(catalog.wasRebuilt)
        #expect(try catalog.segments().isEmpty)
        #expect(useAll(catalog).isEmpty)
    }

    @Test("A file of zeros or of random bytes is made anew", arguments: [false, true])
    func nothingLeft(isRandom: Bool) throws {
        let size = try FileSystem.status(file).size
        var samples = Samples(seed: 6)
        try overwrite(at: 0, isRandom ? samples.bytes(Int(size)) : Array(repeating: 0, count: Int(size)))
        let catalog = try open()
        #expect(catalog.wasRebuilt)
        #expect(useAll(catalog).isEmpty)
    }

    @Test("A file that was cut short anywhere is made anew", arguments: 0..<16)
    func truncated(sixteenth: Int) throws {
        let size = try FileSystem.status(file).size
        try FileDescriptor.open(file, [.writeOnly]).truncate(to: size * UInt64(sixteenth) / 16)
        try expectRecovery("cut to \(sixteenth)/16 of \(size) bytes")
    }

    @Test("Random bytes anywhere are noticed or harmless", arguments: 0..<UInt64(40))
    func randomBytes(seed: UInt64) throws {
        var samples = Samples(seed: seed)
        let size = Int(try FileSystem.status(file).size)
        for _ in 0..<samples.number(in: 1...40) {
            let count = samples.number(in: 1...64)
            try overwrite(at: UInt64(samples.number(in: 0...size - count)), samples.bytes(count))
        }
        try expectRecovery("seed \(seed)")
    }

    @Test("A page of zeros anywhere is noticed or harmless", arguments: 0..<UInt64(24))
    func zeroedPages(part: UInt64) throws {
        let pages = try FileSystem.status(file).size / 4096
        try overwrite(at: pages * part / 24 * 4096, Array(repeating: 0, count: 4096))
        try expectRecovery("page \(pages * part / 24) of \(pages)")
    }

    @Test("Files beside the catalog that hold anything do no harm", arguments: ["-wal", "-shm", "-journal"])
    func strangeCompanions(suffix: String) throws {
        var samples = Samples(seed: 7)
        try FileSystem.write(directory.path.appending("catalog.sqlite" + suffix), samples.bytes(70_000))
        try expectRecovery(suffix)
    }

    @Test("Tables of another version or another program are made anew", arguments: [60, 68])
    func foreignHeader(offset: UInt64) throws {
        // The user version and the application's number, big-endian (https://www.sqlite.org/fileformat2.html, 1.3).
        try overwrite(at: offset, [0, 0, 0, 77])
        let catalog = try open()
        #expect(catalog.wasRebuilt)
        #expect(useAll(catalog).isEmpty)
    }

    @Test("A damaged file that another process uses is left to it until it is done")
    func damagedInUse() throws {
        do {
            let user = try open()
            try FileSystem.write(directory.path.appending("catalog.damaged"), [])
            #expect(CatalogError.code { () throws(CatalogError) in try open() } == .busy)
            #expect(try user.segments() == Set(segments))
        }
        #expect(try open().wasRebuilt)
    }

    @Test("Of many that open a damaged file at once, all succeed, at the latest when it is not busy any more")
    func openedAtOnce() async throws {
        try overwrite(at: 0, Array(repeating: 0, count: 4096))
        let path = directory.path
        let codes = await withTaskGroup(of: CatalogError.Code?.self) { group in
            for seed in UInt64(0)..<8 {
                group.addTask {
                    Wait.until(seconds: 300) { () -> CatalogError.Code?? in
                        let code = CatalogError.code { () throws(CatalogError) in
                            var samples = Samples(seed: seed)
                            let catalog = try Catalog.open(directory: path, repository: Samples.repository)
                            try catalog.add(segment: samples.id(), packs: [samples.pack()])
                        }
                        return code == .busy ? nil : .some(code)
                    } ?? .busy
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(codes.allSatisfy { $0 == nil })
        #expect(try open().segments().count == 8)
    }
}
