import SystemInterface
import Testing

@Suite("What a check found damaged, where the local catalog cannot be used", .timeLimit(.minutes(20)))
struct KnownDamageTests {
    private let pastfs: PastFS

    /// One pack of content is damaged, and a check has found that.
    init() throws {
        pastfs = try PastFS.withSnapshot()
        let content = try #require(
            try pastfs.objects(in: "packs").first { try FileSystem.read($0, atMost: 64 << 20)[10] == 1 })
        var bytes = try FileSystem.read(content, atMost: 64 << 20)
        bytes[60] ^= 1
        try pastfs.overwrite(content, bytes)
        #expect(try pastfs.run(["check", "--read-data"]).code == 13)
    }

    private static let isRoot = Host.effectiveUserID == 0

    @Test(
        "is stored anew all the same",
        arguments: [
            "flock -x $CACHE/*/catalog.lock $PASTFS backup $SOURCE",
            """
            unshare -m bash -c 'mount --bind $CACHE $CACHE && mount -o remount,bind,ro $CACHE &&
                $PASTFS backup $SOURCE'
            """,
        ].filter { isRoot || !$0.contains("unshare") })
    func healed(command: String) throws {
        let outcome = try pastfs.shell(
            command, environment: ["CACHE": pastfs.cache.description, "SOURCE": pastfs.source.description])
        #expect(outcome.code == 0)
        #expect(outcome.errors.contains("is not used"), "\(outcome.errors)")
        #expect(outcome.errors.contains("a check found it damaged"), "\(outcome.errors)")
        for snapshot in ["latest", "latest~1"] {
            #expect(try pastfs.run(["cat", "\(snapshot):\(pastfs.source)/hello"]).output == "hello, past\n")
        }
    }

    @Test("is said not to be known where the list of it cannot be read")
    func unreadable() throws {
        _ = try pastfs.shell("cd \(pastfs.cache)/*/ && rm damaged-packs && mkdir damaged-packs")
        let outcome = try pastfs.run(["backup", pastfs.source.description])
        #expect(outcome.code == 0)
        #expect(
            outcome.errors.contains("it is not known which packs checks on this machine have found damaged"),
            "\(outcome.errors)")
    }
}
