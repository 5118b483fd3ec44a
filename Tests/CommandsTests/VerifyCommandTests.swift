import SystemInterface
import Testing

@Suite("verify")
struct VerifyCommandTests {
    @Test("of everything restores every file, says that it is what the snapshot says, and leaves nothing behind")
    func everything() throws {
        let pastfs = try PastFS.withSnapshot()
        let room = try pastfs.directory.makeDirectory("room")
        let arguments = ["verify", "--sample-restore", "100%", "--temporary-directory", room.description]
        let outcome = try pastfs.run(arguments)
        #expect(outcome.code == 0)
        #expect(outcome.output.contains("restored 3 of 3 files"))
        #expect(outcome.output.contains("all are what the snapshot says"))
        #expect(try FileDescriptor.open(room, [.readOnly, .directory]).directoryEntries().isEmpty)
        let noted = try pastfs.shell("cat \(pastfs.cache)/*/restore-tests").output
        #expect(noted.split(separator: "\n").count == 1 && noted.contains("pastfs.restore-test.v1"))
    }

    @Test("of a small share restores one file, and by its seed the same again")
    func share() throws {
        let pastfs = try PastFS.withSnapshot()
        let first = try pastfs.run(["-v", "verify", "--sample-restore", "0.001%", "--seed", "9"])
        let second = try pastfs.run(["verify", "latest:/", "--sample-restore", "0.001%", "--seed", "9"])
        #expect(first.code == 0 && first.output.contains("restored 1 of 3 files"))
        #expect(first.output.contains("--seed 9"))
        #expect(second.output.split(separator: ",").prefix(2) == first.output.split(separator: ",").prefix(2))
    }

    @Test("ends with 17 and names the file where a bundle is damaged")
    func damaged() throws {
        let pastfs = try PastFS.withSnapshot()
        for pack in try pastfs.objects(in: "packs") {
            var bytes = try FileSystem.read(pack, atMost: 64 << 20)
            guard bytes[10] == 1 else { continue }
            bytes[60] ^= 1
            try pastfs.overwrite(pack, bytes)
        }
        let outcome = try pastfs.run(["verify", "--sample-restore", "100%"])
        #expect(outcome.code == 17)
        #expect(outcome.errors.contains("\(pastfs.source)/hello: "))
        #expect(outcome.output.contains("not what the snapshot says"))
    }

    @Test("of a path without files, of an unknown path, and without a share fail")
    func refused() throws {
        let pastfs = try PastFS.withSnapshot()
        #expect(try pastfs.run(["verify", "latest:/nowhere", "--sample-restore", "10%"]).code == 18)
        #expect(try pastfs.run(["verify"]).code == 2)
        #expect(try pastfs.run(["verify", "--sample-restore", "0%"]).code == 2)
    }
}
