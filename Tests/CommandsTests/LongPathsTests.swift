import Coding
import SystemInterface
import TestSupport
import Testing

@Suite("Paths that are longer than a snapshot can hold", .timeLimit(.minutes(20)))
struct LongPathsTests {
    private static let nameBytesMax = 255
    private static let depthMax = 4_096

    private let pastfs: PastFS

    init() throws {
        pastfs = try PastFS()
    }

    /// As deep as trees may be, and with names as long as they may be but for the first: the last directory has a path some
    /// bytes shorter than one may be.
    private func fill(_ top: FilePath) throws {
        let name = [UInt8](repeating: UInt8(ascii: "d"), count: Self.nameBytesMax)
        try FileSystem.makeDirectory(top)
        var directory = try FileDescriptor.open(top, [.readOnly, .directory])
        for _ in top.components.count..<Self.depthMax {
            try directory.makeDirectoryAt(name)
            directory = try directory.openAt(name, [.readOnly, .directory])
        }
        for name in [name, [UInt8(ascii: "s")]] {
            let file = try directory.openAt(name, [.writeOnly, .create], mode: 0o600)
            try file.write(all: [1])
        }
    }

    @Test("A file that has one is a problem of its directory, with 3, and all else is saved")
    func tooLong() throws {
        let unique = "pastfs-test-" + Hexadecimal.encode(SystemEntropy().bytes(8))
        let padding = String(repeating: "t", count: Self.nameBytesMax - unique.utf8.count)
        let top = FilePath("/tmp/" + unique + padding)
        defer { _ = try? pastfs.shell("rm -rf '\(top)'") }
        try fill(top)
        let outcome = try pastfs.run(["backup", top.description])
        #expect(outcome.code == 3, "\(outcome.errors.suffix(200))")
        let reason = "d: the path of something in it is longer than a snapshot can hold"
        #expect(outcome.errors.contains(reason), "\(outcome.errors.suffix(200))")
        #expect(try pastfs.objects(in: "snapshots").count == 1)
        let again = try pastfs.run(["--json", "backup", top.description])
        #expect(again.code == 3)
        let result = try #require(JSONLines.parse(again.output).last)
        #expect(result.integers["files"] == 1)
        #expect(result.integers["problems"] == 1)
    }

    @Test("One that is listed is refused before anything is stored")
    func listed() throws {
        try pastfs.writeSource()
        let list = pastfs.directory.path.appending("list")
        let long = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
        try FileSystem.write(list, pastfs.source.bytes + [0] + pastfs.directory.path.appending(long).bytes + [0])
        let outcome = try pastfs.run(["backup", "--files-from0", list.description])
        #expect(outcome.code != 0 && outcome.code != 3)
        #expect(outcome.errors.contains("bytes is too long"), "\(outcome.errors.suffix(200))")
        #expect(try pastfs.objects(in: "packs").isEmpty)
    }
}
