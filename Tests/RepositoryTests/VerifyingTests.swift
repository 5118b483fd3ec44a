import Coding
import Repository
import TestSupport
import Testing

/// What a holder of the keys seals under the name of something else. The bundle authenticates: only its name is a lie.
@Suite("A source that verifies")
struct VerifyingTests {
    private static let lie = Array("not what was saved".utf8)
    private static let name = ChunkID(Bytes32(SeededEntropy(seed: 7).bytes(32)) ?? .zero)

    @Test(
        "refuses a chunk that is not what its name says, which another source hands on", arguments: ChunkKind.allCases)
    func refusesLies(_ kind: ChunkKind) throws {
        let pages = try HostilePages()
        _ = try pages.plant { try $0.add(Self.lie.span, kind, as: Self.name) }
        let repository = pages.fixture.repository
        #expect(try repository.makeSource().chunk(Self.name, kind).copy() == Self.lie)
        let error = #expect(throws: RepositoryError.self) {
            try repository.makeSource(cacheBytes: 1 << 20, verifies: true).chunk(Self.name, kind)
        }
        #expect(error?.code == .damaged)
        #expect(error?.object?.hasPrefix("packs/") == true)
        #expect(error?.reason.contains("\(Self.name)") == true)
    }

    @Test("hands on what is named rightly, of every kind", arguments: ChunkKind.allCases)
    func acceptsTruth(_ kind: ChunkKind) throws {
        let pages = try HostilePages()
        let (id, _) = try pages.plant { try $0.add(Self.lie.span, kind) }
        let source = pages.fixture.repository.makeSource(cacheBytes: 1 << 20, verifies: true)
        #expect(try source.chunk(id, kind).copy() == Self.lie)
    }
}
