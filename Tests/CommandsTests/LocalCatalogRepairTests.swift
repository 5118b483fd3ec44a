import SystemInterface
import Testing

/// Something is damaged wherever it is stored, and the catalog of the machine that has made the backup knows it still.
@Suite("What the local catalog alone knows", .timeLimit(.minutes(20)))
struct LocalCatalogRepairTests {
    private let pastfs: PastFS
    private var shelf: [String] { ["--move-damaged", pastfs.directory.path.appending("shelf").description] }
    private var noCatalog: [String] {
        ["--cache-directory", pastfs.directory.path.appending("other-cache").description]
    }

    init() throws {
        pastfs = try PastFS()
        try pastfs.writeBulk(count: 8, bytes: 1 << 20)
        #expect(try pastfs.run(["backup", pastfs.source.description]).code == 0)
    }

    @Test("of a pack is listed in a new segment before the damaged one is moved away")
    func index() throws {
        let (pack, segments) = try damageFooterAndSegments()
        let count = try pastfs.objects(in: "packs").count
        let dry = try pastfs.run(["repair", "index", "--dry-run"])
        #expect(dry.output.contains("would list \(count) packs"), "\(dry.output)")
        #expect(try pastfs.run(noCatalog + ["repair", "index"]).output.contains(text(pack)))
        let outcome = try pastfs.run(["repair", "index"] + shelf)
        #expect(outcome.code == 0, "\(outcome.output)")
        for segment in segments { #expect(try !FileSystem.exists(segment)) }
        #expect(try readable([]).count == 8)
        #expect(try readable(noCatalog).count == 8)
        #expect(try pastfs.run(["repair", "packs", text(pack)] + shelf).code == 3)
        #expect(try pastfs.run(["repair", "index"] + shelf).code == 0)
        #expect(try pastfs.run(["check", "--read-data"]).code == 0)
    }

    @Test("of a pack is what its bundles are saved by")
    func packs() throws {
        let (pack, _) = try damageFooterAndSegments()
        let outcome = try pastfs.run(["repair", "packs", text(pack)] + shelf)
        #expect(outcome.code == 3 && outcome.output.contains(" 0 lost; the pack was moved away"), "\(outcome.output)")
        #expect(try readable([]).count == 8)
        #expect(try readable(noCatalog).count == 8)
    }

    @Test("of a pack that has lost more keeps the damaged segment where it is until the rest was saved")
    func unproven() throws {
        let (pack, segments) = try damageFooterAndSegments(bundleToo: true)
        let before = try readable([])
        #expect(!before.isEmpty && before.count < 8)
        let index = try pastfs.run(["repair", "index"] + shelf)
        #expect(index.code == 13 && index.output.contains("only the local catalog says what it holds"))
        for segment in segments { #expect(try FileSystem.exists(segment)) }
        #expect(try readable([]) == before)
        let packs = try pastfs.run(["repair", "packs", text(pack)] + shelf)
        #expect(packs.code == 13 && packs.output.contains(" 1 lost; the pack was moved away"), "\(packs.output)")
        #expect(try pastfs.run(["repair", "index"] + shelf).code == 0)
        for segment in segments { #expect(try !FileSystem.exists(segment)) }
        #expect(try readable([]) == before)
        #expect(try readable(noCatalog) == before)
    }

    @Test("of a snapshot is what both of its manifests are made again from, byte for byte")
    func snapshot() throws {
        let objects = try manifests()
        let whole = try FileSystem.read(objects[0], atMost: 1 << 20)
        for object in objects { try flip(object, at: whole.count - 1) }
        let left = try pastfs.run(["repair", "snapshots"])
        #expect(left.code == 3 && left.output.contains("--move-damaged puts it back: snapshots/"), "\(left.output)")
        let outcome = try pastfs.run(["repair", "snapshots"] + shelf)
        #expect(outcome.code == 3 && outcome.output.contains("put back: snapshots/"), "\(outcome.output)")
        for object in objects { #expect(try FileSystem.read(object, atMost: 1 << 20) == whole) }
        #expect(try pastfs.run(["check"]).code == 0)
        #expect(try readable(noCatalog).count == 8)
    }

    @Test("of a snapshot is what its manifest is made again from where nobody can read how its session ended, too")
    func snapshotAlone() throws {
        let objects = try manifests()
        let whole = try FileSystem.read(objects[0], atMost: 1 << 20)
        for object in objects { try flip(object, at: whole.count - 1) }
        try flip(pastfs.repository.appending("sessions/1.outcome"), at: 60)
        let outcome = try pastfs.run(["repair", "snapshots"] + shelf)
        #expect(outcome.code == 3 && outcome.output.contains("put back: snapshots/"), "\(outcome.output)")
        let published = try #require(try pastfs.objects(in: "snapshots").first)
        #expect(try FileSystem.read(published, atMost: 1 << 20) == whole)
        #expect(try readable(noCatalog).count == 8)
    }

    @Test(
        "is not taken for nothing where it cannot be asked: nothing is moved away then",
        arguments: ["index", "packs", "snapshots"])
    func forbidden(repair: String) throws {
        if repair == "snapshots" {
            for object in try manifests() { try flip(object, at: 100) }
        } else {
            _ = try damageFooterAndSegments()
        }
        let before = try readable([])
        #expect(before.count == 8)
        // A link that leads round and round in the place of the catalog's directory, as a disk that fails.
        let outcome = try pastfs.shell(
            """
            CACHE=$PASTFS_CACHE_DIRECTORY
            mv "$CACHE" "$CACHE.aside" && ln -s "$CACHE" "$CACHE"
            "$PASTFS" repair \(repair) \(repair == "packs" ? "--read-data" : "") --move-damaged "$HOME/shelf"; CODE=$?
            rm "$CACHE" && mv "$CACHE.aside" "$CACHE"
            exit $CODE
            """)
        #expect(outcome.code == 1 && outcome.errors.contains("an empty --cache-directory"), "\(outcome)")
        #expect(try readable([]) == before)
    }

    @Test("of a snapshot whose manifests cannot be made again keeps them where they are")
    func snapshotKept() throws {
        let objects = try manifests()
        // The sealed key, without which nobody can seal as it was sealed.
        for object in objects { try flip(object, at: 100) }
        let outcome = try pastfs.run(["repair", "snapshots"] + shelf)
        #expect(outcome.code == 13 && outcome.output.contains("by its local catalog"), "\(outcome.output)")
        for object in objects { #expect(try FileSystem.exists(object)) }
        #expect(try readable([]).count == 8)
        #expect(try pastfs.run(noCatalog + ["repair", "snapshots"] + shelf).code == 13)
        for object in objects { #expect(try !FileSystem.exists(object)) }
    }

    /// Flips a bit in the footer of the content's pack and one in each segment, and with `bundleToo` one in the pack's first
    /// bundle.
    private func damageFooterAndSegments(
        bundleToo: Bool = false
    ) throws -> (pack: FilePath, segments: [FilePath]) {
        let pack = try #require(
            try pastfs.objects(in: "packs").first { try FileSystem.read($0, atMost: 64 << 20)[10] == 1 })
        try flip(pack, at: try FileSystem.read(pack, atMost: 64 << 20).count - 40)
        if bundleToo { try flip(pack, at: 60) }
        let segments = try pastfs.objects(in: "index")
        for segment in segments { try Injury.flipped.apply(to: segment, of: pastfs) }
        return (pack, segments)
    }

    /// Where the manifest of the one snapshot is stored.
    private func manifests() throws -> [FilePath] {
        try pastfs.objects(in: "snapshots") + [pastfs.repository.appending("sessions/1.snapshot")]
    }

    private func flip(_ object: FilePath, at position: Int) throws {
        var bytes = try FileSystem.read(object, atMost: 64 << 20)
        bytes[position] ^= 1
        try pastfs.overwrite(object, bytes)
    }

    private func text(_ pack: FilePath) -> String { String(decoding: pack.lastComponent, as: UTF8.self) }

    /// The numbers of the files that can be read.
    private func readable(_ options: [String]) throws -> [Int] {
        try (0..<8).filter { number in
            try pastfs.run(options + ["cat", "latest:\(pastfs.source)/bulk\(number)"]).code == 0
        }
    }
}
