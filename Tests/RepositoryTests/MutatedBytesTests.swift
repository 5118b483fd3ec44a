import Catalog
import Coding
import Repository
import SystemInterface
import TestSupport
import Testing

/// Ten thousand mutations of each kind of encoding: either an error, or a value whose encoding is those very bytes.
@Suite("Mutated bytes")
struct MutatedBytesTests {
    private static let roundCount = 10_000

    /// Plants `valid` and its mutations, and reads each; `check` throws for damage, and names the chunk that it would write.
    private func expectCanonical(
        _ valid: [[UInt8]], _ kind: ChunkKind, seed: UInt64,
        _ check: (ChunkID, ChunkSource, WriteSession) throws -> ChunkID
    ) throws {
        var random = SeededGenerator(seed: seed)
        let pages = try HostilePages()
        let (ids, source) = try pages.plant { session in
            var ids = try valid.map { try session.add($0.span, kind) }
            for round in 0..<Self.roundCount {
                ids.append(
                    try session.add(HostilePages.mutated(valid[round % valid.count], using: &random).span, kind))
            }
            return ids
        }
        let session = try pages.fixture.session(isDryRun: true)
        var acceptedCount = 0
        for (round, id) in ids.enumerated() {
            do {
                #expect(try check(id, source, session) == id, "seed \(seed), round \(round)")
                acceptedCount += 1
            } catch let error as RepositoryError {
                #expect(error.code == .damaged, "seed \(seed), round \(round): \(error)")
                #expect(round >= valid.count, "a valid page is refused: \(error)")
            }
        }
        #expect(acceptedCount > valid.count, "some mutations only change a value")
        #expect(acceptedCount < Self.roundCount * 9 / 10, "most mutations are noticed")
    }

    @Test("A page of a directory is an error or canonical", arguments: [1, 2] as [UInt64])
    func directoryPages(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let valid = [HostilePages.leaf(["a", "b", "file", "zz"], users: [(0, "root")]), HostilePages.leaf([])]
        let drawn = try Self.drawnPages(&random)
        try expectCanonical(valid + drawn, .treePage, seed: seed) { id, source, session in
            var builder = TreeBuilder(session: session)
            for entry in try HostilePages.readAll(id, source) { try builder.add(entry) }
            return try builder.finish()
        }
    }

    /// Pages of entries of every kind, as the builder makes them.
    private static func drawnPages(_ random: inout SeededGenerator) throws -> [[UInt8]] {
        let pages = try HostilePages()
        let drawn = (0..<20).map { index in SampleTree.entry(index, using: &random) }
        let (ids, source) = try pages.plant { session in
            try drawn.filter { $0.symbolicLinkTarget.count < 1_000 }.map { entry in
                var builder = TreeBuilder(session: session)
                try builder.add(entry)
                return try builder.finish()
            }
        }
        return try ids.map { try source.chunk($0, .treePage).copy() }
    }

    @Test("A page of a file's list is an error or canonical", arguments: [3, 4] as [UInt64])
    func listPages(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let segments = (0..<20).map { index -> (UInt64, ChunkID?) in
            (UInt64(index + 1), index % 3 == 0 ? nil : SampleTree.id(using: &random))
        }
        let size = segments.reduce(0) { $0 + $1.0 }
        try expectCanonical([HostilePages.list(segments)], .listPage, seed: seed) { id, source, session in
            var builder = ContentBuilder(session: session)
            for segment in try HostilePages.runs(id, size: size, source) {
                if let chunk = segment.chunk {
                    try builder.addChunk(chunk, bytes: Int(segment.bytes))
                } else {
                    builder.addHole(bytes: segment.bytes)
                }
            }
            guard case .list(let root) = try builder.finish() else { return ChunkID(.zero) }
            return root
        }
    }

    @Test("Extended attributes are an error or canonical", arguments: [5, 6] as [UInt64])
    func extendedAttributes(seed: UInt64) throws {
        var writer = ByteWriter()
        writer.varint(3)
        for (name, count) in [("security.selinux", 40), ("user.a", 0), ("user.large", 2_400)] {
            writer.text(name)
            writer.sizedBytes([UInt8](repeating: 0x61, count: count))
        }
        try expectCanonical([writer.bytes], .extendedAttributes, seed: seed) { id, source, session in
            let records = try ExtendedAttributeSet.reference(id).load(from: source)
            guard case .reference(let stored) = try ExtendedAttributeSet.store(records, in: session) else {
                // What became short enough for the entry itself is canonical there.
                return id
            }
            return stored
        }
    }

    @Test("A manifest is an error or canonical", arguments: [7, 8] as [UInt64])
    func manifests(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var root = TreeEntry(name: [], type: .directory, permissions: 0o755, content: .tree(ChunkID(.zero)))
        root.userName = "root"
        var manifest = RepositoryFixture.manifest(root: root)
        manifest.tags = ["first", "zweite"]
        manifest.excludes = ["*.tmp"]
        manifest.parent = SnapshotID(.zero)
        manifest.kind = .differential
        manifest.isPartial = true
        manifest.problemCount = 3
        manifest.problems = [SnapshotProblem(path: "/a", reason: "permission denied")]
        let valid = try manifest.encode()
        #expect(try SnapshotManifest(decoding: valid) == manifest)
        for round in 0..<Self.roundCount {
            let bytes = HostilePages.mutated(valid, using: &random)
            // What has the version of before has no second form to be held to.
            guard bytes.first == valid.first, let decoded = try? SnapshotManifest(decoding: bytes) else { continue }
            #expect(try decoded.encode() == bytes, "seed \(seed), round \(round)")
            #expect(!SnapshotTimestamp.format(decoded.started).isEmpty)
        }
    }

    @Test("A manifest from before kinds is read, and tells its kind by its parent", arguments: [true, false])
    func oldManifests(hasParent: Bool) throws {
        let root = TreeEntry(name: [], type: .directory, permissions: 0o755, content: .tree(ChunkID(.zero)))
        var manifest = RepositoryFixture.manifest(root: root)
        manifest.parent = hasParent ? SnapshotID(.zero) : nil
        manifest.kind = .incremental
        var bytes = try manifest.encode()
        manifest.isPartial = true
        let flags = try #require(zip(bytes, try manifest.encode()).enumerated().first { $1.0 != $1.1 }?.offset)
        bytes.removeSubrange((flags - 1)...flags)
        bytes[0] = 1
        let decoded = try SnapshotManifest(decoding: bytes)
        manifest.kind = hasParent ? .incremental : .full
        manifest.isPartial = false
        #expect(decoded == manifest)
    }

    @Test("A kind that does not fit the parent is refused", arguments: [SnapshotKind.full, .differential])
    func impossibleKinds(kind: SnapshotKind) throws {
        let root = TreeEntry(name: [], type: .directory, permissions: 0o755, content: .tree(ChunkID(.zero)))
        var manifest = RepositoryFixture.manifest(root: root)
        manifest.parent = kind == .full ? SnapshotID(.zero) : nil
        manifest.kind = .incremental
        var bytes = try manifest.encode()
        manifest.isPartial = true
        let flags = try #require(zip(bytes, try manifest.encode()).enumerated().first { $1.0 != $1.1 }?.offset)
        bytes[flags - 1] = kind.rawValue
        #expect(throws: CodingError.self) { try SnapshotManifest(decoding: bytes) }
        bytes[flags - 1] = 3
        #expect(throws: CodingError.self) { try SnapshotManifest(decoding: bytes) }
    }

    @Test("A pack's table is an error or canonical", arguments: [9, 10] as [UInt64])
    func tables(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let chunks = (1...3).map { ChunkRecord(id: Bytes32(random.bytes(32)) ?? .zero, bytes: UInt32($0 * 1_000)) }
        let bundles = (0..<2).map {
            BundleRecord(
                offset: UInt64(28 + $0 * 900), storedBytes: 900, plaintextBytes: 7_000, session: $0, chunks: chunks)
        }
        let record = PackRecord(
            id: .zero, kind: PackKind.content.rawValue, sessions: [random.bytes(128), random.bytes(128)],
            bundles: bundles)
        var writer = ByteWriter()
        record.encode(to: &writer)
        for round in 0..<Self.roundCount {
            let bytes = round == 0 ? writer.bytes : HostilePages.mutated(writer.bytes, using: &random)
            var reader = ByteReader(bytes)
            guard let decoded = try? PackRecord.decode(id: .zero, kind: .content, from: &reader), reader.remaining == 0
            else {
                #expect(round > 0, "the valid table is refused")
                continue
            }
            var again = ByteWriter()
            decoded.encode(to: &again)
            #expect(again.bytes == bytes, "seed \(seed), round \(round)")
        }
    }
}
