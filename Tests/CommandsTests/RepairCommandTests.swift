import SystemInterface
import Testing

@Suite("repair")
struct RepairCommandTests {
    /// The pack of the content, with one bit of its first bundle flipped.
    private static func damagedContent() throws -> (PastFS, FilePath) {
        let pastfs = try PastFS.withSnapshot()
        let pack = try #require(
            try pastfs.objects(in: "packs").first { try FileSystem.read($0, atMost: 64 << 20)[10] == 1 })
        var bytes = try FileSystem.read(pack, atMost: 64 << 20)
        bytes[60] ^= 1
        try pastfs.overwrite(pack, bytes)
        return (pastfs, pack)
    }

    @Test("of a lost index ends with 0, and check finds nothing afterwards")
    func index() throws {
        let pastfs = try PastFS.withSnapshot()
        for segment in try pastfs.objects(in: "index") { try FileSystem.remove(segment) }
        #expect(try pastfs.run(["check"]).code == 13)
        let dry = try pastfs.run(["repair", "index", "--dry-run"])
        #expect(dry.code == 0 && dry.output.contains("would list 2 packs of 2 packs anew"))
        #expect(try pastfs.objects(in: "index").isEmpty)
        let outcome = try pastfs.run(["repair", "index"])
        #expect(outcome.code == 0 && outcome.output.contains("listed 2 packs of 2 packs anew, in 1 segment"))
        #expect(try pastfs.run(["check", "--read-data"]).code == 0)
    }

    @Test("of a damaged segment ends with 13 while that is left, and with 0 when it was moved away")
    func damagedSegment() throws {
        let pastfs = try PastFS.withSnapshot()
        try Injury.flipped.apply(to: try pastfs.objects(in: "index")[0], of: pastfs)
        let left = try pastfs.run(["repair", "index"])
        #expect(left.code == 13 && left.output.contains("--move-damaged DIR moves them away"))
        let shelf = pastfs.directory.path.appending("shelf")
        #expect(try pastfs.run(["repair", "index", "--move-damaged", shelf.description]).code == 0)
        #expect(try FileDescriptor.open(shelf, [.readOnly, .directory]).directoryEntries().count == 1)
        #expect(try pastfs.run(["check"]).code == 0)
    }

    @Test("of packs that are known as damaged names what is lost, and of snapshots makes copies without it")
    func packsAndSnapshots() throws {
        let (pastfs, pack) = try Self.damagedContent()
        let unknown = try pastfs.run(["repair", "packs"])
        #expect(unknown.code == 0 && unknown.errors.contains("no check on this machine has found a damaged pack"))
        #expect(try pastfs.run(["check", "--read-data"]).code == 13)
        let packs = try pastfs.run(["repair", "packs"])
        #expect(packs.code == 13)
        #expect(packs.output.contains(String(decoding: pack.lastComponent, as: UTF8.self)))
        #expect(packs.output.contains("1 lost"))
        let snapshots = try pastfs.run(["repair", "snapshots"])
        #expect(snapshots.code == 3)
        #expect(snapshots.output.contains("\(pastfs.source)/hello: lost: packs/"))
        let listed = try pastfs.run(["--json", "snapshots"])
        #expect(listed.lines.count == 2)
        let cat = try pastfs.run(["cat", "latest:\(pastfs.source)/hello"])
        #expect(cat.code != 0 && cat.output.isEmpty)
        let again = try pastfs.run(["repair", "snapshots"])
        #expect(again.code == 3 && again.output.contains("was copied to"))
    }

    @Test("of packs whose bundles are all whole ends with 3, and moving the damaged one leaves nothing damaged")
    func footer() throws {
        let pastfs = try PastFS.withSnapshot()
        for pack in try pastfs.objects(in: "packs") {
            var bytes = try FileSystem.read(pack, atMost: 64 << 20)
            bytes[bytes.count - 1] ^= 1
            try pastfs.overwrite(pack, bytes)
        }
        let shelf = pastfs.directory.path.appending("shelf").description
        let packs = try pastfs.run(["repair", "packs", "--read-data", "--move-damaged", shelf])
        #expect(packs.code == 3 && packs.output.contains("wrote 2 new packs"))
        #expect(try pastfs.run(["repair", "index", "--move-damaged", shelf]).code == 0)
        #expect(try pastfs.run(["check", "--read-data"]).code == 0)
        #expect(try pastfs.run(["cat", "latest:\(pastfs.source)/hello"]).output == "hello, past\n")
    }

    @Test("of a pack of which nothing can be read says so, and that it was moved away")
    func lostPack() throws {
        let pastfs = try PastFS.withSnapshot()
        for segment in try pastfs.objects(in: "index") { try FileSystem.remove(segment) }
        let pack = try pastfs.objects(in: "packs")[0]
        try pastfs.overwrite(pack, [])
        let shelf = pastfs.directory.path.appending("shelf").description
        // A machine that has a catalog knows what it held.
        let noCatalog = ["--cache-directory", pastfs.directory.path.appending("other-cache").description]
        let outcome = try pastfs.run(noCatalog + ["repair", "packs", "--read-data", "--move-damaged", shelf])
        #expect(outcome.code == 13)
        #expect(outcome.output.contains("nothing of it can be read; the pack was moved away"))
        #expect(try !FileSystem.exists(pack))
    }

    @Test("of snapshots whose topmost directories are lost ends with 13, tried or done", arguments: [["-n"], []])
    func lostRoot(options: [String]) throws {
        let pastfs = try PastFS.withSnapshot()
        let pack = try #require(
            try pastfs.objects(in: "packs").first { try FileSystem.read($0, atMost: 64 << 20)[10] == 2 })
        try FileSystem.remove(pack)
        let outcome = try pastfs.run(["repair", "snapshots"] + options)
        #expect(outcome.code == 13 && outcome.output.contains("its topmost directory is lost"))
    }

    @Test("of snapshots stores again what a session lacks, ends with 3, and check finds nothing afterwards")
    func secondManifest() throws {
        let pastfs = try PastFS.withSnapshot()
        let manifest = pastfs.repository.appending("sessions/1.snapshot")
        try FileSystem.remove(manifest)
        let checked = try pastfs.run(["check"])
        #expect(checked.code == 13 && checked.output.contains("sessions/1.snapshot"), "\(checked.output)")
        let dry = try pastfs.run(["repair", "snapshots", "--dry-run"])
        #expect(dry.code == 3 && dry.output.contains("to be put back: sessions/1.snapshot: it is missing"))
        #expect(try !FileSystem.exists(manifest))
        let outcome = try pastfs.run(["repair", "snapshots"])
        #expect(outcome.code == 3 && outcome.output.contains("put back: sessions/1.snapshot: it is missing"))
        #expect(try pastfs.run(["check"]).code == 0)
        try Injury.flipped.apply(to: manifest, of: pastfs)
        let left = try pastfs.run(["repair", "snapshots"])
        #expect(left.code == 3 && left.output.contains("--move-damaged puts it back: sessions/1.snapshot"))
        let shelf = pastfs.directory.path.appending("shelf").description
        #expect(try pastfs.run(["repair", "snapshots", "--move-damaged", shelf]).code == 3)
        #expect(try pastfs.run(["check"]).code == 0)
    }

    @Test("refuses to move what is damaged into the repository")
    func shelfInside() throws {
        let pastfs = try PastFS.withSnapshot()
        let inside = pastfs.repository.appending("packs").description
        #expect(try pastfs.run(["repair", "index", "--move-damaged", inside]).code == 2)
    }
}
