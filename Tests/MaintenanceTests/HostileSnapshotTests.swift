import Coding
import Cryptography
import Maintenance
import Repository
import Storage
import SystemInterface
import TestSupport
import Testing

@Suite("A repair of a snapshot that somebody with a writer's key made up", .timeLimit(.minutes(20)))
struct HostileSnapshotTests {
    private let fixture: CollectionFixture
    /// A chunk that is in no pack.
    private let nowhere = ChunkID(SHA256.hash([UInt8]("nowhere".utf8).span))

    init() throws {
        fixture = try CollectionFixture()
    }

    @Test("ends where a directory lies in itself")
    func cycle() throws {
        let name = ChunkID(SHA256.hash([UInt8]("a name".utf8).span))
        let page = try page([directory("again", name), lost])
        try commit { session in try session.add(page.span, .treePage, as: name) }
        try commit { session in try tree([lost], session) }
        #expect(try repair().copies.count == 2)
        let again = try repair()
        #expect(again.copies.isEmpty && again.copiedBefore.count == 2 && again.wholeCount == 2)
    }

    /// Of the longer names, the path of what is given up is longer than a manifest can say.
    @Test("gives up what is deeper than the format allows, and copies no copy", arguments: [1, Limits.nameBytesMax])
    func depth(nameBytes: Int) throws {
        let name = String(repeating: "d", count: nameBytes)
        try commit { session in
            var root = try tree([], session)
            for _ in 0...Limits.treeDepthMax + 5 { root = try tree([directory(name, root)], session) }
            return root
        }
        #expect(try repair().copies.count == 1)
        let again = try repair()
        #expect(again.copies.isEmpty && again.copiedBefore.count == 1 && again.wholeCount == 1)
    }

    @Test("of the last moment that counts as many problems as can be does so in its copy")
    func extremes() throws {
        let last = Timestamp(seconds: .max, nanoseconds: Timestamp.nanosecondsPerSecond - 1)
        try commit { session in
            try tree([lost], session)
        } manifest: { manifest in
            (manifest.started, manifest.finished, manifest.problemCount) = (last, last, .max)
        }
        let copy = try #require(try repair().copies.first?.copy)
        let manifest = try #require(try reopened().snapshots().first { $0.id == copy }).manifest
        #expect(manifest.started == last && manifest.finished == last && manifest.problemCount == .max)
    }

    private var lost: TreeEntry {
        var entry = TreeEntry(name: Array("lost".utf8), type: .regular, content: .chunk(nowhere))
        entry.size = 9
        return entry
    }

    private func directory(_ name: String, _ tree: ChunkID) -> TreeEntry {
        TreeEntry(name: Array(name.utf8), type: .directory, permissions: 0o755, content: .tree(tree))
    }

    private func tree(_ entries: [TreeEntry], _ session: WriteSession) throws -> ChunkID {
        var builder = TreeBuilder(session: session)
        for entry in entries { try builder.add(entry) }
        return try builder.finish()
    }

    /// Commits a snapshot of the tree that `build` stores.
    private func commit(
        _ build: (WriteSession) throws -> ChunkID, manifest change: (inout SnapshotManifest) -> Void = { _ in }
    ) throws {
        let session = try fixture.session()
        var manifest = CollectionFixture.manifest(directory("", try build(session)))
        change(&manifest)
        _ = try session.commit(manifest)
    }

    /// The bytes of a directory's only page.
    private func page(_ entries: [TreeEntry]) throws -> [UInt8] {
        let scratch = try CollectionFixture()
        let session = try scratch.session()
        let root = try tree(entries, session)
        _ = try session.commit(CollectionFixture.manifest(directory("", root)))
        let holder = try KeyHolder(scratch.repository, entropy: scratch.entropy)
        let chunks = try scratch.store.names(in: .packs).flatMap { try holder.chunks(ofPack: $0).chunks }
        return try #require(chunks.first { $0.id == root }).bytes
    }

    private func reopened() throws -> Repository {
        try fixture.repository.reopened(over: fixture.store)
    }

    private func repair() throws -> SnapshotRepairReport {
        let options = RepairOptions(workers: 1, entropy: SeededEntropy(seed: 5))
        return try SnapshotRepair(try reopened(), reading: .none, options: options).run()
    }
}
