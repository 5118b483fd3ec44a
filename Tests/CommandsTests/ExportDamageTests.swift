import SystemInterface
import TestSupport
import Testing

@Suite("Exporting from a damaged repository")
struct ExportDamageTests {
    private let pastfs: PastFS
    private var source: String { pastfs.source.description }
    private var archive: FilePath { pastfs.directory.path.appending("archive.tar") }

    init() throws {
        pastfs = try PastFS()
        try pastfs.directory.makeDirectory("source/below")
        var random = SeededGenerator(seed: 3)
        // What is saved first lies in packs of its own.
        try FileSystem.write(pastfs.source.appending("below/alone"), random.bytes(4_000))
        try backUp("\(source)/below")
        try pastfs.damageContents()
        try FileSystem.write(pastfs.source.appending("a"), random.bytes(4_000))
        try FileSystem.write(pastfs.source.appending("z"), random.bytes(4_000))
    }

    private func backUp(_ path: String) throws {
        let outcome = try pastfs.run(["backup", path])
        guard outcome.code == 0 else { throw PastFS.Unprepared(reason: outcome.errors) }
    }

    @Test("A damaged file of one chunk is left out and named, with 13; the archive is whole")
    func leftOut() throws {
        try backUp(source)
        let outcome = try pastfs.shell("$PASTFS export --tar 'latest:\(source)' > '\(archive)'")
        #expect(outcome.code == 13)
        #expect(outcome.errors.contains("problem: \(source)/below/alone: packs/"), "\(outcome.errors)")
        #expect(!outcome.errors.contains("error:"))
        let listed = try pastfs.shell("tar -tf '\(archive)'")
        #expect(listed.code == 0)
        #expect(listed.output == "./\n./a\n./below/\n./z\n")
    }

    @Test("Damage within a file ends the archive there, with 13 and the file's name, and no reader takes it for whole")
    func ended() throws {
        try pastfs.saveLargeWithDamage()
        let outcome = try pastfs.shell("$PASTFS export --tar 'latest:\(source)' > '\(archive)'")
        #expect(outcome.code == 13)
        #expect(outcome.errors.contains("problem: \(source)/large: packs/"), "\(outcome.errors)")
        #expect(outcome.errors.contains("the archive ends within it\n"))
        #expect(outcome.errors.contains("error: cannot export snapshot"))
        let bytes = try FileSystem.read(archive, atMost: 64 << 20)
        #expect(bytes.count > 2 << 20 && bytes.count < 12 << 20)
        #expect(bytes.suffix(1_024).contains { $0 != 0 })
        let gnu = try pastfs.shell("tar -tf '\(archive)'")
        #expect(gnu.code == 2)
        #expect(gnu.errors.contains("Unexpected EOF in archive"))
        #expect(!gnu.output.contains("./z"))
        let python = try pastfs.shell(
            "python3 -c 'import sys, tarfile; tarfile.open(sys.argv[1]).getmembers()' '\(archive)'")
        #expect(python.code == 1)
        #expect(python.errors.contains("unexpected end of data"))
        // What was written of it is right: the bytes end before the first that could be wrong.
        let taken = try pastfs.shell("tar -xOf '\(archive)' ./large 2>/dev/null | cmp - '\(source)/large'; true")
        #expect(taken.errors.contains("EOF on -"))
    }

    @Test("Damage within a file leaves no file that was to hold the archive")
    func noFile() throws {
        try pastfs.saveLargeWithDamage()
        let outcome = try pastfs.run(["export", "--tar", "latest:\(source)", "-o", archive.description])
        #expect(outcome.code == 13)
        #expect(outcome.errors.contains("error: cannot write \(archive)"))
        #expect(try !FileSystem.exists(archive))
    }

    @Test("With --json all that is told of it is records, the last with the code")
    func records() throws {
        try pastfs.saveLargeWithDamage()
        let outcome = try pastfs.shell("$PASTFS --json export --tar 'latest:\(source)' > '\(archive)'")
        #expect(outcome.code == 13)
        let records = try JSONLines.parse(outcome.errors)
        #expect(records.map(\.schema) == ["pastfs.message.v1", "pastfs.message.v1", "pastfs.error.v1"])
        #expect(records.last?.integers["exit_code"] == 13)
    }

    @Test("Damaged metadata costs what it is about, with 13, and the archive is whole")
    func metadata() throws {
        // A directory of its own lies in the pack of the run that saved it.
        let packs = Set(try pastfs.objects(in: "packs"))
        try pastfs.directory.makeDirectory("source/other")
        try FileSystem.write(pastfs.source.appending("other/file"), [1])
        try backUp("\(source)/other")
        for pack in try pastfs.objects(in: "packs") where !packs.contains(pack) {
            var bytes = try FileSystem.read(pack, atMost: 1 << 20)
            guard bytes[10] != 1 else { continue }
            bytes[60] ^= 1
            try pastfs.overwrite(pack, bytes)
        }
        try FileSystem.remove(pastfs.source.appending("below/alone"))
        try backUp(source)
        let outcome = try pastfs.shell("$PASTFS export --tar 'latest:\(source)' > '\(archive)'")
        #expect(outcome.code == 13)
        #expect(outcome.errors.contains("problem: \(source)/other: packs/"), "\(outcome.errors)")
        let listed = try pastfs.shell("tar -tf '\(archive)'")
        #expect(listed.code == 0)
        #expect(listed.output == "./\n./a\n./below/\n./other/\n./z\n")
    }
}
