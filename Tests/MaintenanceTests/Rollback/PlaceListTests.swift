import Repository
import SystemInterface
import TestSupport
import Testing

@Suite("The places at which repositories were met")
struct PlaceListTests {
    @Test("remember each of several repositories, and name no place")
    func places() throws {
        let directory = try TemporaryDirectory()
        let list = PlaceList(stateDirectory: directory.path.appending("state"))
        let entropy = SeededEntropy(seed: 5)
        let ids = try (0..<3).map { _ in try #require(RepositoryID(entropy.bytes(RepositoryID.count))) }
        #expect(try list.repositories(at: "/srv/backup") == [])
        try list.note(ids[0], at: "/srv/backup", entropy: entropy)
        try list.note(ids[1], at: "/srv/backup", entropy: entropy)
        try list.note(ids[2], at: "/srv/other", entropy: entropy)
        try list.note(ids[0], at: "/srv/backup", entropy: entropy)
        #expect(try list.repositories(at: "/srv/backup") == [ids[0], ids[1]])
        #expect(try list.repositories(at: "/srv/other") == [ids[2]])
        let path = directory.path.appending("state").appending("places")
        var bytes = try FileSystem.read(path, atMost: 1 << 16)
        #expect(!bytes.contains(subsequence: Array("srv".utf8)))
        bytes[30] ^= 1
        try FileSystem.write(path, bytes)
        #expect(throws: RepositoryError.self) { try list.repositories(at: "/srv/backup") }
        try list.note(ids[1], at: "/srv/backup", entropy: entropy)
        #expect(try list.repositories(at: "/srv/backup") == [ids[1]])
    }
}
