import SystemInterface
import TestSupport
import Testing

@Suite("A repository on a disk that does not give single objects", .enabled(if: FaultyMount.isPossible))
struct FailingStatusTests {
    private let pastfs: PastFS
    private let mount: FaultyMount
    private var shelf: String { pastfs.directory.path.appending("shelf").description }

    init() throws {
        pastfs = try PastFS(isReady: false)
        mount = try FaultyMount(in: pastfs.directory, name: "repository")
        try pastfs.writeSource()
        for command in [["init", "--kdf-log-n", "10"], ["backup", pastfs.source.description]] {
            let outcome = try pastfs.run(command)
            guard outcome.code == 0 else { throw PastFS.Unprepared(reason: outcome.errors) }
        }
    }

    private func name(_ object: FilePath) -> String { String(decoding: object.lastComponent, as: UTF8.self) }

    /// A disk with a bad sector under a table of inodes, and a file system that finds its own structures damaged.
    @Test("and nothing of their status goes on without these", arguments: ["5", "117"])
    func status(error: String) throws {
        let pack = try #require(
            try pastfs.objects(in: "packs").first { try FileSystem.read($0, atMost: 64 << 20)[10] == 1 })
        try mount.addRule("status \(error)", for: name(pack))
        for command in [["check"], ["check", "--read-data"], ["check", "--storage-only"]] {
            let outcome = try pastfs.run(command)
            #expect(outcome.code == 13, "\(outcome.errors)")
            #expect(outcome.output.split(separator: "\n").count { $0.hasPrefix("damaged: ") } == 1, "\(outcome.output)")
            #expect(outcome.output.contains(name(pack)) && outcome.output.contains("statx)"), "\(outcome.output)")
        }
        #expect(try pastfs.run(["repair", "index", "--move-damaged", shelf]).code == 0)
        #expect(try pastfs.run(["repair", "packs", "--read-data", "--move-damaged", shelf]).code == 13)
        #expect(try pastfs.run(["repair", "snapshots", "--dry-run"]).code == 3)
        let backup = try pastfs.run(["backup", pastfs.source.description])
        #expect(backup.code == 0 && backup.errors.contains("what it held and is still at hand is stored anew"))
        for _ in 1...2 {
            let prune = try pastfs.run(["prune", "--max-unused", "0", "--confirm"])
            #expect(prune.code == 0, "\(prune.errors)")
            #expect(try pastfs.run(["cat", "latest~1:\(pastfs.source)/hello"]).output == "hello, past\n")
        }
        // Its name is still there, and nobody needs it.
        let folder = mount.behind.appending("packs").appending(String(name(pack).prefix(2)))
        #expect(try FileSystem.exists(folder.appending(name(pack))))
        try mount.removeRules()
        #expect(try pastfs.run(["check", "--read-data"]).code == 0)
        #expect(try pastfs.run(["prune", "--confirm"]).code == 0)
        #expect(try !FileSystem.exists(pack))
        #expect(try pastfs.run(["check", "--read-data"]).code == 0)
    }

    @Test("which a user may not look at names them")
    func refused() throws {
        let pack = try pastfs.objects(in: "packs")[0]
        try mount.addRule("status 13", for: name(pack))
        let outcome = try pastfs.run(["check"])
        #expect(outcome.code != 0 && outcome.errors.contains(name(pack)), "\(outcome.errors)")
    }

    @Test(
        "says of a manifest that cannot be moved away that it is to be deleted by hand, and puts it back then",
        arguments: ["snapshots", "sessions"])
    func manifest(folder: String) throws {
        let object = try #require(
            try pastfs.objects(in: folder).first { folder == "snapshots" || name($0) == "1.snapshot" })
        try mount.addRule("open", for: name(object))
        #expect(try pastfs.run(["check"]).code == 13)
        let repair = ["repair", "snapshots"]
        let left = try pastfs.run(repair)
        #expect(left.code == 3 && left.output.contains("--move-damaged puts it back: \(folder)/"), "\(left.output)")
        let outcome = try pastfs.run(repair + ["--move-damaged", shelf])
        #expect(outcome.code == 3 && outcome.output.contains("delete it by hand"), "\(outcome.output)")
        #expect(!outcome.output.contains("--move-damaged puts it back"))
        try mount.removeRules()
        try FileSystem.remove(object)
        let mended = try pastfs.run(repair)
        #expect(mended.code == 3 && mended.output.contains("put back: \(folder)/"), "\(mended.output)")
        let check = try pastfs.run(["check"])
        #expect(check.code == 0 && !check.output.contains("note:"), "\(check.output)")
    }

    @Test("says of a segment that cannot be moved away that it is to be deleted by hand, and has listed all of it anew")
    func segment() throws {
        let segment = try pastfs.objects(in: "index")[0]
        try mount.addRule("open", for: name(segment))
        let outcome = try pastfs.run(["repair", "index", "--move-damaged", shelf])
        #expect(outcome.code == 13 && outcome.output.contains("delete it by hand"), "\(outcome.output)")
        #expect(outcome.output.contains("listed 2 packs of 2 packs anew"))
        try mount.removeRules()
        try FileSystem.remove(segment)
        #expect(try pastfs.run(["check"]).code == 0)
    }
}
