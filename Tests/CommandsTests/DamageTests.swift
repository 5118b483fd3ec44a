import SystemInterface
import Testing

/// What can be done to an object by somebody who holds the storage, or by a disk.
enum Injury: String, CaseIterable, Sendable {
    case flipped, truncated, deleted

    func apply(to object: FilePath, of pastfs: PastFS) throws {
        var bytes = try FileSystem.read(object, atMost: 64 << 20)
        switch self {
        case .flipped:
            bytes[bytes.count / 2] ^= 1
            try pastfs.overwrite(object, bytes)
        case .truncated: try pastfs.overwrite(object, Array(bytes.dropLast(10)))
        case .deleted: try FileSystem.remove(object)
        }
    }
}

@Suite("Damage")
struct DamageTests {
    @Test("to any pack is found by check --read-data, which names it", arguments: Injury.allCases, [0, 1])
    func packs(injury: Injury, index: Int) throws {
        let pastfs = try PastFS.withSnapshot()
        let pack = try pastfs.objects(in: "packs")[index]
        try injury.apply(to: pack, of: pastfs)
        let outcome = try pastfs.run(["check", "--read-data"])
        #expect(outcome.code == 13)
        #expect(outcome.output.contains(String(decoding: pack.lastComponent, as: UTF8.self)))
        if injury == .deleted { #expect(outcome.output.contains("affects 1 snapshot")) }
    }

    @Test("that hides whether a snapshot is there is found by a check, and never taken for its absence")
    func directoryForSnapshot() throws {
        let pastfs = try PastFS.withSnapshot()
        let snapshot = try pastfs.objects(in: "snapshots")[0]
        _ = try pastfs.shell("cd \(pastfs.repository) && rm sessions/1.snapshot \(snapshot) && mkdir \(snapshot)")
        let outcome = try pastfs.run(["check"])
        #expect(outcome.code == 13)
        #expect(outcome.output.contains("damaged: snapshots/"))
        for _ in 1...2 { #expect(try pastfs.run(["prune", "--confirm"]).code != 0) }
        #expect(try pastfs.run(["check", "--accept-rollback"]).code == 13)
        #expect(try pastfs.run(["prune", "--confirm"]).code != 0)
        #expect(try pastfs.objects(in: "packs").count == 2)
        #expect(try pastfs.run(["snapshots"]).code == 0)
    }

    @Test("to a record that no listing shows any more is found", arguments: ["sessions/2", "sessions/1.outcome"])
    func directoryForRecord(record: String) throws {
        let pastfs = try PastFS.withSnapshot()
        for _ in 1...3 { #expect(try pastfs.run(["backup", pastfs.source.description]).code == 0) }
        _ = try pastfs.shell("cd \(pastfs.repository) && rm \(record) && mkdir \(record)")
        let outcome = try pastfs.run(["check"])
        #expect(outcome.code != 0)
        #expect((outcome.output + outcome.errors).contains(record))
    }

    @Test("to packs that changed places is found, and what is affected is named")
    func swapped() throws {
        let pastfs = try PastFS.withSnapshot()
        let packs = try pastfs.objects(in: "packs")
        let contents = try packs.map { try FileSystem.read($0, atMost: 64 << 20) }
        try pastfs.overwrite(packs[0], contents[1])
        try pastfs.overwrite(packs[1], contents[0])
        let outcome = try pastfs.run(["check"])
        #expect(outcome.code == 13)
        #expect(outcome.output.contains("affects 1 snapshot"))
    }

    @Test("to a snapshot is found by every listing, which reads it from its session, and is repaired")
    func snapshot() throws {
        let pastfs = try PastFS.withSnapshot()
        #expect(try pastfs.run(["backup", pastfs.source.description]).code == 0)
        try Injury.flipped.apply(to: pastfs.objects(in: "snapshots")[0], of: pastfs)
        let outcome = try list(pastfs)
        #expect(outcome.code == 0 && outcome.lines.count == 3)
        #expect(outcome.errors.contains("it is read from its session"))
        #expect(try pastfs.run(["check"]).code == 13)
        let repair = ["repair", "snapshots"]
        #expect(try pastfs.run(repair).code == 3)
        #expect(try pastfs.run(["check"]).code == 13)
        #expect(
            try pastfs.run(repair + ["--move-damaged", pastfs.directory.path.appending("shelf").description]).code == 3)
        #expect(try pastfs.run(["check"]).code == 0)
        #expect(try pastfs.run(repair).code == 0)
    }

    @Test(
        "to a snapshot, and to what its session has of it, is the end of that snapshot alone once somebody accepts it")
    func lostSnapshot() throws {
        let pastfs = try PastFS.withSnapshot()
        #expect(try pastfs.run(["backup", pastfs.source.description]).code == 0)
        let newest = pastfs.repository.appending("sessions/2.snapshot")
        let bytes = try FileSystem.read(newest, atMost: 1 << 20)
        let objects = try pastfs.objects(in: "snapshots").filter { try FileSystem.read($0, atMost: 1 << 20) == bytes }
        for object in objects + [newest] { try Injury.flipped.apply(to: object, of: pastfs) }
        let outcome = try list(pastfs)
        #expect(outcome.code == 13 && outcome.lines.count == 2)
        #expect(outcome.errors.contains("warning: snapshot"))
        #expect(try pastfs.run(["prune"]).code == 13)
        let shelf = pastfs.directory.path.appending("shelf").description
        // A machine that has listed it could put it back.
        let noCatalog = ["--cache-directory", pastfs.directory.path.appending("other-cache").description]
        #expect(try pastfs.run(noCatalog + ["repair", "snapshots", "--move-damaged", shelf]).code == 13)
        #expect(try pastfs.run(["prune"]).code == 19)
        #expect(try pastfs.run(["check", "--accept-rollback"]).code == 0)
        #expect(try pastfs.run(["prune"]).code == 0)
        #expect(try pastfs.run(["backup", pastfs.source.description]).code == 0)
        #expect(try pastfs.run(["check", "--read-data"]).code == 0)
        #expect(try list(pastfs).lines.count == 3)
    }

    /// What a machine lists that has no catalog.
    private func list(_ pastfs: PastFS) throws -> PastFS.Outcome {
        let noCatalog = pastfs.directory.path.appending("other-cache").description
        return try pastfs.run(["--cache-directory", noCatalog, "snapshots"])
    }

    @Test("to the index is found, though everything can still be read")
    func index() throws {
        let pastfs = try PastFS.withSnapshot()
        let segment = try pastfs.objects(in: "index")[0]
        try Injury.flipped.apply(to: segment, of: pastfs)
        let check = try pastfs.run(["check"])
        #expect(check.code == 13)
        #expect(check.output.contains(String(decoding: segment.lastComponent, as: UTF8.self)))
        let noCatalog = pastfs.directory.path.appending("other-cache").description
        let cat = try pastfs.run(["--cache-directory", noCatalog, "cat", "latest:\(pastfs.source)/hello"])
        #expect(cat.code == 0 && cat.output == "hello, past\n")
        #expect(cat.errors.contains("warning:"))
    }

    @Test("to the key slot or the format is an error of every command", arguments: ["keys", "format"])
    func keys(place: String) throws {
        let pastfs = try PastFS.withSnapshot()
        let object = place == "keys" ? try pastfs.objects(in: "keys")[0] : pastfs.repository.appending("format")
        try Injury.flipped.apply(to: object, of: pastfs)
        let outcome = try pastfs.run(["snapshots"])
        #expect(outcome.code == 13)
        #expect(outcome.errors.contains(place))
    }

    @Test("to a file ends cat and restore with 13, and never gives other bytes")
    func content() throws {
        let pastfs = try PastFS.withSnapshot()
        for pack in try pastfs.objects(in: "packs") {
            var bytes = try FileSystem.read(pack, atMost: 64 << 20)
            guard bytes[10] == 1 else { continue }
            bytes[50] ^= 1
            try pastfs.overwrite(pack, bytes)
        }
        let cat = try pastfs.run(["cat", "latest:\(pastfs.source)/hello"])
        #expect(cat.code == 13 && cat.output.isEmpty)
        #expect(cat.errors.contains("packs/"))
        let target = pastfs.directory.path.appending("target")
        let restore = try pastfs.run(["restore", "latest:\(pastfs.source)", "--to", target.description])
        #expect(restore.code == 13)
        #expect(try !FileSystem.exists(target.appending("hello")))
    }

    @Test("is not what a file that belongs to no repository is: a note names it")
    func stranger() throws {
        let pastfs = try PastFS.withSnapshot()
        try FileSystem.write(pastfs.repository.appending("snapshots").appending("note.txt"), [1])
        let outcome = try pastfs.run(["check"])
        #expect(outcome.code == 0)
        #expect(outcome.output.contains("snapshots/note.txt"))
    }
}
