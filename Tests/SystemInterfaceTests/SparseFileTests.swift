import SystemInterface
import TestSupport
import Testing

@Suite("Sparse files")
struct SparseFileTests {
    private let temporary: TemporaryDirectory
    private static let mebibyte: UInt64 = 1 << 20

    init() throws {
        temporary = try TemporaryDirectory()
    }

    private func newFile() throws -> FileDescriptor {
        try temporary.directory.openAt(Array("sparse".utf8), [.readWrite, .create], mode: 0o600)
    }

    @Test("Data and holes are found where they are")
    func dataAndHoles() throws {
        let file = try newFile()
        try file.truncate(to: 4 * Self.mebibyte)
        try file.pwrite(all: [UInt8](repeating: 1, count: 1 << 16), at: Self.mebibyte)
        #expect(try file.nextData(from: 0) == Self.mebibyte)
        #expect(try file.nextHole(from: 0) == 0)
        #expect(try file.nextHole(from: Self.mebibyte) == Self.mebibyte + 1 << 16)
        #expect(try file.nextData(from: Self.mebibyte + 5) == Self.mebibyte + 5)
        #expect(try file.nextData(from: 2 * Self.mebibyte) == nil)
        #expect(try file.nextHole(from: 4 * Self.mebibyte) == nil)
    }

    @Test("A file without holes has one at its end")
    func fullFile() throws {
        let file = try newFile()
        try file.write(all: [1, 2, 3])
        #expect(try file.nextData(from: 0) == 0)
        #expect(try file.nextHole(from: 0) == 3)
        #expect(try file.nextData(from: 3) == nil)
    }

    @Test("An empty file has neither data nor a hole")
    func emptyFile() throws {
        let file = try newFile()
        #expect(try file.nextData(from: 0) == nil)
        #expect(try file.nextHole(from: 0) == nil)
    }

    @Test("A punched hole reads as zeros, takes no room and keeps the size")
    func punchHole() throws {
        let file = try newFile()
        try file.write(all: [UInt8](repeating: 7, count: Int(Self.mebibyte)))
        try file.sync()
        let before = try file.status().blocks
        try file.punchHole(at: 65536, count: 131072)
        let after = try file.status()
        #expect(after.size == Self.mebibyte)
        #expect(after.blocks < before)
        #expect(try file.pread(131074, at: 65535) == [7] + [UInt8](repeating: 0, count: 131072) + [7])
        #expect(try file.nextHole(from: 0) == 65536)
        #expect(try file.nextData(from: 65536) == 65536 + 131072)
    }

    @Test("A file of a tebibyte takes next to no room")
    func tebibyte() throws {
        let file = try newFile()
        try file.truncate(to: 1 << 40)
        try file.pwrite(all: [9], at: 1 << 39)
        let status = try file.status()
        #expect(status.size == 1 << 40)
        #expect(status.blocks < 1024)
        #expect(try file.pread(1, at: 1 << 39) == [9])
    }
}
