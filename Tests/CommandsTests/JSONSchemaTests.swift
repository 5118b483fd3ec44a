import SystemInterface
import Testing

@Suite("docs/json.md")
struct JSONSchemaTests {
    private static func page() throws -> String {
        let root = FilePath(#filePath).parent.parent.parent
        return String(
            decoding: try FileSystem.read(root.appending("docs").appending("json.md"), atMost: 1 << 20), as: UTF8.self)
    }

    /// What only some moments or machines have.
    private static let rare = ["items_before", "path", "total"].map { "pastfs.progress.v1.\($0)" }

    @Test("says every record and field that the program prints, and no other", .timeLimit(.minutes(20)))
    func agrees() throws {
        let schema = try JSONSchema(markdown: Self.page())
        var faults: Set<String> = []
        for outcome in try outcomes() {
            for record in try JSONValue.lines(outcome.output) + JSONValue.lines(outcome.errors) {
                faults.formUnion(schema.faults(of: record))
            }
        }
        #expect(faults.sorted() == [])
        let mount = MountTests.canMount ? [] : ["pastfs.mount.v1", "pastfs.umount.v1"]
        #expect(schema.unseen.filter { !(Self.rare + mount).contains($0) } == [])
    }

    @Test(
        "would not pass with a field too many, one too few, or one of another type",
        arguments: [
            #"{"schema":"pastfs.version.v1","version":"1","format_version":1,"more":1}"#,
            #"{"schema":"pastfs.version.v1","version":"1"}"#,
            #"{"schema":"pastfs.version.v1","version":1,"format_version":1}"#,
            #"{"schema":"pastfs.nonsense.v1"}"#,
        ])
    func fails(line: String) throws {
        let schema = try JSONSchema(markdown: Self.page())
        #expect(try JSONValue.lines(line).flatMap(schema.faults).count == 1)
        let right = #"{"schema":"pastfs.version.v1","version":"1","format_version":1}"#
        #expect(try JSONValue.lines(right).flatMap(schema.faults) == [])
    }

    /// Runs every command in a way that prints as much as it can.
    private func outcomes() throws -> [PastFS.Outcome] {
        let pastfs = try PastFS(isReady: false)
        try pastfs.writeSource()
        let source = pastfs.source.description
        let link = pastfs.source.appending("link").bytes
        try FileDescriptor.workingDirectory.symbolicLinkAt(link, target: [0xFF])
        var outcomes: [PastFS.Outcome] = []
        func run(_ words: String..., passphrase: String? = PastFS.passphrase) throws {
            outcomes.append(try pastfs.run(["--json"] + words, passphrase: passphrase))
        }
        try run("init", "--kdf-log-n", "10")
        try run("stats")
        try run("backup", "-n", "-v", "-t", "tag", "-e", "*.o", source)
        try run("backup", "-v", "-t", "tag", "-e", "*.o", source, "/dev/null", "/proc/self/mem")
        _ = try pastfs.shell("cd \(source) && chmod 600 hello && rm -r below && echo > new; ln -sfn x link")
        try run("backup", "-vv", source, "/dev/null", "/proc/self/mem")
        try run("--passphrase-command", PastFS.commandAfterProgress, "backup", source, passphrase: nil)
        try run("snapshots")
        try run("ls", "-R", "latest~1")
        for (first, second) in [("latest~2", "latest~1"), ("latest~1", "latest"), ("latest", "latest~1")] {
            try run("diff", first, second)
        }
        try run("versions", "\(source)/hello")
        try run("find", "*")
        try run("hold", "add", "latest", "--reason", "why", "--until", "2199-12-31")
        let hold = try JSONValue.lines(outcomes[outcomes.count - 1].output)
        if case .object(let fields)? = hold.first, case .text(let name)? = fields["hold"] {
            try run("hold", "release", name)
        }
        try run("hold", "list", "--all")
        try run("forget", "--keep-last", "2", "-n", "--group-by", "host")
        try run("forget", "latest~2")
        try run("snapshots", "--forgotten")
        try run("forget", "--undo", "latest")
        try run("forget", "latest~2")
        try run("prune", "--confirm", "--max-unused", "0%")
        try run("restore", "-v", "latest:\(source)", "--to", pastfs.directory.path.appending("target").description)
        try run("stats")
        try run("version")
        try run("bakcup")
        try run("-v", "ls", "latest:/nowhere")
        if MountTests.canMount {
            let point = try pastfs.directory.makeDirectory("mount").description
            try run("mount", point)
            try run("umount", point)
        }
        try run("verify", "--sample-restore", "100%")
        for pack in try pastfs.objects(in: "packs") {
            var bytes = try FileSystem.read(pack, atMost: 64 << 20)
            bytes[60] ^= bytes[10] == 1 ? 1 : 0
            try pastfs.overwrite(pack, bytes)
        }
        try run("verify", "--sample-restore", "100%")
        try Injury.deleted.apply(to: pastfs.objects(in: "packs")[0], of: pastfs)
        try Injury.flipped.apply(to: pastfs.objects(in: "index")[0], of: pastfs)
        try run("check", "--read-data-subset", "100%")
        try run("repair", "index")
        try Injury.truncated.apply(to: pastfs.objects(in: "packs")[0], of: pastfs)
        try run("repair", "packs", "--read-data")
        try run("repair", "snapshots")
        _ = try pastfs.shell("rm -r \(pastfs.repository)/sessions")
        try run("check", "--accept-rollback")
        return outcomes
    }
}
