import SystemInterface
import Testing

/// Somebody has moved an object to another disk and left a link, or something has made a directory of its name.
@Suite("Something that is no file in the place of an object")
struct ObstructedObjectTests {
    enum Obstacle: String, CaseIterable, Sendable {
        case link, directory

        func apply(to object: FilePath, of pastfs: PastFS) throws {
            let aside = pastfs.directory.path.appending("aside")
            try FileSystem.write(aside, try FileSystem.read(object, atMost: 64 << 20))
            try FileSystem.remove(object)
            switch self {
            case .link: try FileDescriptor.workingDirectory.symbolicLinkAt(object.bytes, target: aside.bytes)
            case .directory: try FileSystem.makeDirectory(object)
            }
        }
    }

    private let pastfs: PastFS

    /// A snapshot that is held, one that is forgotten, one that nobody has said anything of, and a collection that is over.
    init() throws {
        pastfs = try PastFS.withSnapshot()
        let script = """
            set -e
            $PASTFS hold add latest --reason kept
            head -c 300000 /dev/urandom | $PASTFS backup --stdin; $PASTFS forget latest; $PASTFS prune --confirm
            echo 1 | $PASTFS backup --stdin; $PASTFS forget latest
            echo 2 | $PASTFS backup --stdin
            $PASTFS check --read-data
            """
        let outcome = try pastfs.shell(script)
        guard outcome.code == 0 else { throw PastFS.Unprepared(reason: outcome.errors) }
    }

    /// The largest pack of content: that of the files.
    private func contentPack() throws -> FilePath {
        let packs = try pastfs.objects(in: "packs").map { (path: $0, bytes: try FileSystem.read($0, atMost: 64 << 20)) }
        return try #require(packs.filter { $0.bytes[10] == 1 }.max { $0.bytes.count < $1.bytes.count }).path
    }

    /// The object of a folder that this client remembers longest.
    private func object(in folder: String) throws -> FilePath {
        guard folder != "packs" else { return try contentPack() }
        let objects = try pastfs.objects(in: folder)
        let ended = Set(objects.map(name).filter { $0.hasSuffix(".final") }.map { String($0.dropLast(6)) })
        return try #require(objects.first { !name($0).hasSuffix(".final") && !ended.contains(name($0)) })
    }

    private func name(_ object: FilePath) -> String { String(decoding: object.lastComponent, as: UTF8.self) }

    @Test(
        "is damage of that object alone, and does not keep anybody from finding what else is wrong",
        arguments: Obstacle.allCases,
        [
            "packs", "snapshots", "tombstones", "holds", "sessions/1.snapshot", "sessions/4.snapshot",
            "quarantine/1.sweep",
        ])
    func check(obstacle: Obstacle, place: String) throws {
        let object =
            place.contains("/")
            ? pastfs.repository.appending(place)
            : try self.object(in: place)
        // The last backup's: had both a pack and the segment that lists it gone, nobody would know of the pack.
        let segment = try #require(
            try pastfs.objects(in: "index").max {
                try FileSystem.status($0).modified < FileSystem.status($1).modified
            })
        try Injury.flipped.apply(to: segment, of: pastfs)
        try obstacle.apply(to: object, of: pastfs)
        for command in [["check"], ["check", "--read-data"]] {
            let outcome = try pastfs.run(command)
            #expect(outcome.code == 13, "\(outcome.errors)")
            let damaged = outcome.output.split(separator: "\n").filter { $0.hasPrefix("damaged: ") }
            for found in [object, segment] {
                #expect(damaged.contains { $0.contains(name(found)) }, "\(outcome.output)")
            }
        }
    }

    @Test(
        "of a pack keeps no prune from deleting, once a backup has stored anew what that held",
        arguments: Obstacle.allCases)
    func prune(obstacle: Obstacle) throws {
        let pack = try contentPack()
        try obstacle.apply(to: pack, of: pastfs)
        let prune = ["prune", "--max-unused", "0", "--confirm"]
        let before = try pastfs.objects(in: "packs")
        let refused = try pastfs.run(prune)
        #expect(refused.code == 13 && refused.errors.contains("something that is no file has this name"))
        #expect(try pastfs.objects(in: "packs") == before)
        #expect(try pastfs.run(["backup", pastfs.source.description]).code == 0)
        let outcome = try pastfs.run(prune)
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(try pastfs.run(["cat", "latest~2:\(pastfs.source)/hello"]).output == "hello, past\n")
        let shelf = pastfs.directory.path.appending("shelf").description
        #expect(try pastfs.run(["repair", "index"]).code == 13)
        #expect(try pastfs.run(["repair", "index", "--move-damaged", shelf]).code == 0)
        #expect(try pastfs.run(["check", "--read-data"]).code == 0)
        // What is no object is nobody's to delete.
        #expect(try FileSystem.status(pack).type == (obstacle == .link ? .symbolicLink : .directory))
    }

    @Test("of a snapshot of which nobody can read anything else stops prunes", arguments: Obstacle.allCases)
    func seen(obstacle: Obstacle) throws {
        let session = ["snapshot", "outcome"].map { pastfs.repository.appending("sessions/4.\($0)") }
        let kept = try FileSystem.read(session[0], atMost: 1 << 20)
        let object = try #require(
            try pastfs.objects(in: "snapshots").first { try FileSystem.read($0, atMost: 1 << 20) == kept })
        try obstacle.apply(to: object, of: pastfs)
        for record in session { try Injury.flipped.apply(to: record, of: pastfs) }
        let packs = try pastfs.objects(in: "packs")
        #expect(try pastfs.run(["prune", "--confirm"]).code == 19)
        #expect(try pastfs.objects(in: "packs") == packs)
    }

    @Test("of an outcome keeps no prune from its work", arguments: Obstacle.allCases)
    func outcome(obstacle: Obstacle) throws {
        for session in [1, 4] {
            let object = pastfs.repository.appending("sessions/\(session).outcome")
            guard try FileSystem.exists(object) else { continue }
            try obstacle.apply(to: object, of: pastfs)
        }
        let outcome = try pastfs.run(["prune", "--max-unused", "0", "--confirm"])
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(try pastfs.run(["cat", "latest:/stdin"]).output == "2\n")
    }

    @Test(
        "of a manifest keeps neither prunes nor repairs from their work", arguments: Obstacle.allCases,
        ["snapshots", "sessions"])
    func manifest(obstacle: Obstacle, folder: String) throws {
        let kept = pastfs.repository.appending("sessions/4.snapshot")
        let bytes = try FileSystem.read(kept, atMost: 1 << 20)
        let object = try #require(
            try (folder == "sessions" ? [kept] : pastfs.objects(in: folder)).first {
                try FileSystem.read($0, atMost: 1 << 20) == bytes
            })
        try obstacle.apply(to: object, of: pastfs)
        #expect(try pastfs.run(["prune", "--max-unused", "0", "--confirm"]).code == 0)
        let shelf = pastfs.directory.path.appending("shelf").description
        let left = try pastfs.run(["repair", "snapshots", "--move-damaged", shelf])
        #expect(left.code == 3 && left.output.contains("delete it by hand"), "\(left.output) \(left.errors)")
        try FileSystem.remove(object, directory: obstacle == .directory)
        #expect(try pastfs.run(["repair", "snapshots"]).code == 3)
        #expect(try FileSystem.read(object, atMost: 1 << 20) == bytes)
        #expect(try pastfs.run(["check", "--read-data"]).code == 0)
    }
}
