import Glibc
import Repository
import Storage
import SystemInterface
import TestSupport
import Testing

@Suite("Repositories of released format versions stay readable")
struct GoldenRepositoryTests {
    /// Reads everything that a snapshot's tree holds.
    private func read(_ snapshot: Snapshot, in repository: Repository) throws -> GoldenRepository.Expected {
        let source = repository.makeSource()
        var found = GoldenRepository.Expected()
        func walk(_ tree: ChunkID, _ path: FilePath) throws(RepositoryError) {
            try TreeDirectory(tree, source: source).forEachEntry { (entry) throws(RepositoryError) in
                let path = path.appending(entry.name)
                found.entries[path] = entry
                if case .tree(let below) = entry.content { try walk(below, path) }
                guard entry.type == .regular, entry.content != .unreadable else { return }
                let file = try FileContents(entry, source: source)
                found.bytes[path] = try [UInt8](unsafeUninitializedCapacity: Int(file.size)) {
                    (buffer, count) throws(RepositoryError) in
                    count = try file.read(at: 0, into: UnsafeMutableRawBufferPointer(buffer))
                }
                found.attributes[path] = try entry.extendedAttributes.load(from: source)
            }
        }
        guard case .tree(let root) = snapshot.manifest.root.content else { return found }
        try walk(root, "/")
        return found
    }

    @Test("Version 1 reads as it was written")
    func version1() throws {
        // The identifiers depend on the seed alone, so a repository in memory tells what the golden one must hold.
        let expected = try GoldenRepository.write(into: MemoryStore())
        let store = try LocalDirectoryStore(at: GoldenRepository.path)
        let repository = try Repository.open(store, passphrase: GoldenRepository.passphrase, cacheDirectory: nil)
        let snapshots = repository.snapshots()
        #expect(repository.warnings.isEmpty)
        #expect(repository.damagedSnapshots().isEmpty)
        #expect(snapshots.count == 2)
        #expect(snapshots.map(\.manifest.kind) == [.full, .differential])
        #expect(snapshots.map(\.manifest.isPartial) == [false, true])
        #expect(snapshots.map(\.manifest.parent) == [nil, snapshots.first?.id])
        for (snapshot, expected) in zip(snapshots, expected) {
            let found = try read(snapshot, in: repository)
            #expect(found.entries == expected.entries)
            #expect(found.bytes == expected.bytes)
            #expect(found.attributes == expected.attributes)
            #expect(snapshot.manifest.paths == ["/", FilePath([0x2F, 0xFF, 0x0A])])
            #expect(snapshot.manifest.tags == ["first", "zweite"])
            #expect(snapshot.manifest.host == "golden")
            #expect(snapshot.manifest.started.nanoseconds == 123_456_789)
            #expect(snapshot.manifest.problems == [SnapshotProblem(path: "/unreadable", reason: "permission denied")])
            #expect(snapshot.manifest.problemCount == 2)
            #expect(snapshot.manifest.root.modified == Timestamp(seconds: -5, nanoseconds: 999))
        }
    }

    @Test("A version from the future is refused by name", arguments: ["2", "65536"])
    func future(version: String) throws {
        let store = MemoryStore()
        let text = #"{"format":"PastFS repository","version":"# + version + #","anything":["new"]}"#
        try store.create(.format, Array(text.utf8))
        let error = #expect(throws: RepositoryError.self) {
            try Repository.open(store, passphrase: GoldenRepository.passphrase, cacheDirectory: nil)
        }
        #expect(error?.code == .unsupportedVersion)
        #expect(error?.reason.contains(version) == true)
    }

    /// Makes the golden files, for whoever adds a format version: `PASTFS_WRITE_GOLDEN=DIR swift test --filter golden`.
    /// Never run over files that a release has been tested with.
    @Test("The golden repository can be written", .enabled(if: getenv("PASTFS_WRITE_GOLDEN") != nil))
    func writeGolden() throws {
        let target = FilePath(String(cString: try #require(getenv("PASTFS_WRITE_GOLDEN"))))
        _ = try GoldenRepository.write(into: try LocalDirectoryStore.create(at: target))
    }
}
