import Storage
import SystemInterface
import TestSupport
import Testing

@Suite("Objects that are written past the page cache")
struct LargeObjectTests {
    @Test(
        "An object has the bytes of its parts, whatever their lengths are to blocks of the device",
        arguments: [(1 << 20) - 1, 1 << 20, (1 << 20) + 1, (1 << 20) + 4095, (1 << 20) + 4096, (3 << 20) - 1, 3 << 20],
        StoreKind.directories)
    func wholeObject(bytes: Int, kind: StoreKind) throws {
        let directory = try TemporaryDirectory()
        let store = try kind.makeDirectoryStore(at: directory.path.appending("store"))
        var generator = SeededGenerator(seed: UInt64(bytes))
        let content = generator.bytes(bytes)
        let cuts = [0, 34, 5_000, 5_000, 900_001, bytes]
        let parts = zip(cuts, cuts.dropFirst()).map { Array(content[$0..<$1]) }
        let name = ObjectName.sample(.index, seed: 1)
        try store.create(name, parts)
        #expect(try store.read(name) == content)
        #expect(try store.list(.index).map(\.bytes) == [UInt64(bytes)])
    }
}
