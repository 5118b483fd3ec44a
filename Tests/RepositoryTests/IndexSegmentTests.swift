import Catalog
import Coding
import Repository
import Storage
import SystemInterface
import TestSupport
import Testing

@Suite("Index segments")
struct IndexSegmentTests {
    private let fixture: RepositoryFixture

    init() throws {
        fixture = try RepositoryFixture()
    }

    /// Packs of one bundle with so many chunks, or of no bundle for none, that nobody has stored.
    private func makePacks(_ count: Int, chunks: Int, sessions: Int = 1) -> [PackRecord] {
        var random = SeededGenerator(seed: 1)
        func id() -> Bytes32 { Bytes32(random.bytes(Bytes32.count)) ?? .zero }
        let session = [UInt8](repeating: 7, count: 128)
        return (0..<count).map { _ in
            let records = (0..<chunks).map { _ in ChunkRecord(id: id(), bytes: 1) }
            let bundle = BundleRecord(offset: 28, storedBytes: 1, plaintextBytes: 1, session: 0, chunks: records)
            return PackRecord(
                id: id(), kind: PackKind.content.rawValue, sessions: Array(repeating: session, count: sessions),
                bundles: chunks == 0 ? [] : [bundle])
        }
    }

    private func segments() throws -> Int { try fixture.store.names(in: .index).count }

    @Test(
        "have no more chunks than they may, but for those of one pack",
        arguments: [(30, 70, 3), (70, 350, 1), (80, 70, 5)])
    func chunks(each: Int, chunksMax: Int, expected: Int) throws {
        let packs = makePacks(5, chunks: each)
        let count = try fixture.repository.storeIndexSegments(packs, chunksMax: chunksMax, entropy: fixture.entropy)
        #expect(count == expected)
        #expect(try segments() == expected)
        let other = try RepositoryFixture.open(fixture.store)
        #expect(try other.listedPacks() == Set(packs.map(\.id)))
        #expect(other.warnings.isEmpty)
    }

    @Test("have no more packs than a reader takes")
    func manyPacks() throws {
        let packs = makePacks(Limits.indexSegmentPacksMax + 1, chunks: 0)
        #expect(try fixture.repository.storeIndexSegments(packs, entropy: fixture.entropy) == 2)
        let other = try RepositoryFixture.open(fixture.store)
        #expect(try other.listedPacks().count == packs.count)
        #expect(other.warnings.isEmpty)
    }

    @Test("list a pack once: what is said twice, and what is said otherwise in others")
    func listedTwice() throws {
        let packs = makePacks(3, chunks: 2)
        let other = PackRecord(id: packs[1].id, kind: PackKind.content.rawValue, sessions: [], bundles: [])
        let count = try fixture.repository.storeIndexSegments(
            packs + [other] + packs, entropy: fixture.entropy)
        #expect(count == 2)
        let reader = try RepositoryFixture.open(fixture.store)
        let listed = try fixture.store.list(.index).map { try reader.auditIndexSegment($0.name).map(\.id) }
        #expect(Set(listed) == [packs.map(\.id).sorted(), [other.id]])
        #expect(reader.warnings.isEmpty)
    }

    @Test("that list a pack twice are refused and not stored", arguments: [true, false])
    func refused(isSame: Bool) throws {
        let pack = makePacks(1, chunks: 2)[0]
        let other = PackRecord(id: pack.id, kind: pack.kind, sessions: [], bundles: [])
        let error = #expect(throws: RepositoryError.self) {
            try fixture.repository.storeIndexSegment(
                [pack, isSame ? pack : other], salt: fixture.entropy.bytes(16))
        }
        #expect(error?.code == .invalidArgument)
        #expect(try segments() == 0)
    }

    @Test("that a reader would refuse for what they say are not stored")
    func unreadable() throws {
        let bundle = BundleRecord(offset: 28, storedBytes: 1, plaintextBytes: 1, session: 0, chunks: [])
        let pack = PackRecord(id: .zero, kind: PackKind.content.rawValue, sessions: [], bundles: [bundle])
        let error = #expect(throws: RepositoryError.self) {
            try fixture.repository.storeIndexSegment([pack], salt: fixture.entropy.bytes(16))
        }
        #expect(error?.code == .internalFailure)
        #expect(try segments() == 0)
    }

    @Test("that nobody could read are refused and not stored", arguments: [true, false])
    func tooLong(hasManyPacks: Bool) throws {
        let packs =
            hasManyPacks
            ? makePacks(Limits.indexSegmentPacksMax + 1, chunks: 0)
            : makePacks(1, chunks: 1, sessions: Limits.indexSegmentBytesMax / 128)
        let error = #expect(throws: RepositoryError.self) {
            try fixture.repository.storeIndexSegment(packs, salt: fixture.entropy.bytes(16))
        }
        #expect(error?.code == .invalidArgument)
        #expect(try segments() == 0)
    }
}
