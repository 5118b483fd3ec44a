import Coding
import Cryptography
import Repository
import Storage
import SystemInterface
import TestSupport

/// A small repository in memory that holds one of everything, the same in every run.
struct SampleRepository: Sendable {
    static let passphrase = "correct horse"
    /// Made once: it is only read.
    static let shared = needed("the sample") { try SampleRepository() }

    let repository: Repository
    let store: MemoryStore
    let entropy = SeededEntropy(seed: 7)
    let snapshots: [Snapshot]

    private init() throws {
        store = MemoryStore()
        guard let cost = PassphraseCost(logN: PassphraseCost.logNRange.lowerBound) else { throw Missing("a cost") }
        try Repository.create(
            in: store, passphrase: SecretBytes(Array(Self.passphrase.utf8)), passphraseCost: cost, entropy: entropy)
        repository = try Repository.open(
            store, passphrase: SecretBytes(Array(Self.passphrase.utf8)), cacheDirectory: nil)
        let first = try Self.commit(isSecond: false, parent: nil, repository, entropy)
        let second = try Self.commit(isSecond: true, parent: first.id, repository, entropy)
        snapshots = [first, second]
    }

    struct Missing: Error {
        let what: String
        init(_ what: String) { self.what = what }
    }

    private static func commit(
        isSecond: Bool, parent: SnapshotID?, _ repository: Repository, _ entropy: SeededEntropy
    ) throws -> Snapshot {
        let session = try repository.makeWriteSession(WriteSessionOptions(workers: 1), entropy: entropy)
        var root = TreeEntry(
            name: [], type: .directory, permissions: 0o755, userID: 1, modified: Timestamp(seconds: -5, nanoseconds: 9))
        root.userName = "somebody"
        root.content = .tree(try SampleTree(session: session, isSecond: isSecond).root())
        var manifest = SnapshotManifest(
            started: Timestamp(seconds: isSecond ? 1_800_000_000 : 1_700_000_000),
            finished: Timestamp(seconds: 1_800_000_001), host: "house", userName: "somebody", program: "tests",
            paths: ["/", FilePath([0x2F, 0xFF])], tags: ["first", "zweite"], excludes: ["*.tmp"], parent: parent,
            root: root)
        manifest.problemCount = 2
        manifest.problems = [SnapshotProblem(path: "/unreadable", reason: "permission denied")]
        return try session.commit(manifest)
    }
}

/// A tree that has an entry of every kind, and pages of every kind.
private struct SampleTree {
    let session: WriteSession
    let isSecond: Bool

    func root() throws -> ChunkID {
        let long = [ExtendedAttributeRecord(name: Array("user.long".utf8), value: [UInt8](repeating: 97, count: 2_100))]
        let access: [UInt8] = [
            2, 0, 0, 0, 1, 0, 6, 0, 255, 255, 255, 255, 2, 0, 4, 0, 1, 0, 0, 0, 4, 0, 4, 0, 255, 255, 255, 255, 16, 0,
            4, 0,
            255, 255, 255, 255, 32, 0, 4, 0, 255, 255, 255, 255,
        ]
        return try directory([
            regular("chunk", size: 5, .chunk(try chunk("bytes"))),
            entry("device", .characterDevice) { $0.deviceNumber = DeviceNumber(major: 1, minor: 3) },
            regular("empty", size: 0, .none),
            entry("fifo", .fifo),
            entry("inner", .directory) { $0.content = .tree(try innerPages()) },
            regular("linked-1", size: 5, .chunk(try chunk("bytes"))) { $0.linkCount = 2 },
            regular("linked-2", size: 5, .chunk(try chunk("bytes"))) { $0.linkCount = 2 },
            regular("list", size: 20, try list(of: 10)),
            regular("list-inner", size: 24, .list(try innerList())),
            regular("lists", size: 5, .chunk(try chunk("bytes"))) {
                $0.extendedAttributes = .inline([
                    ExtendedAttributeRecord(name: Array("system.posix_acl_access".utf8), value: access),
                    ExtendedAttributeRecord(name: Array("user.a".utf8), value: []),
                ])
            },
            regular("long", size: 0, .none) {
                $0.extendedAttributes = try ExtendedAttributeSet.store(long, in: session)
            },
            regular(
                "segments", size: 1_000_010,
                .segments([
                    ContentSegment(bytes: 5, chunk: try chunk("bytes")), ContentSegment(bytes: 1_000_000, chunk: nil),
                    ContentSegment(bytes: 5, chunk: try chunk(isSecond ? "other" : "bytes")),
                ])),
            entry("symlink", .symbolicLink) { $0.symbolicLinkTarget = Array("../inner/a".utf8) },
            entry("unread", .directory) { $0.content = .unreadable },
            regular("unreadable", size: 9, .unreadable),
        ])
    }

    private func entry(
        _ name: String, _ type: FileType, _ change: (inout TreeEntry) throws -> Void = { _ in }
    ) rethrows -> TreeEntry {
        var entry = TreeEntry(
            name: Array(name.utf8), type: type, permissions: 0o644, userID: 1, groupID: 2,
            modified: Timestamp(seconds: isSecond ? 2 : 1), inode: UInt64(name.utf8.count), device: 1)
        entry.userName = "somebody"
        entry.born = .zero
        try change(&entry)
        return entry
    }

    private func regular(
        _ name: String, size: UInt64, _ content: EntryContent, _ change: (inout TreeEntry) throws -> Void = { _ in }
    ) rethrows -> TreeEntry {
        try entry(name, .regular) { entry in
            entry.size = size
            entry.content = content
            try change(&entry)
        }
    }

    private func chunk(_ text: String) throws -> ChunkID {
        try session.add(Array(text.utf8).span, .content)
    }

    private func directory(_ entries: [TreeEntry]) throws -> ChunkID {
        var builder = TreeBuilder(session: session)
        for entry in entries { try builder.add(entry) }
        return try builder.finish()
    }

    private func list(of count: Int) throws -> EntryContent {
        var builder = ContentBuilder(session: session)
        for index in 0..<count { try builder.addChunk(try chunk("\(index % 10)\(index / 10)"), bytes: 2) }
        return try builder.finish()
    }

    /// A directory of two leaves below an inner page, which the builder makes of far more entries only.
    private func innerPages() throws -> ChunkID {
        let leaves = try [["a", "b"], [isSecond ? "x" : "c", "z"]].map { names in
            (2, names[0], try directory(names.map { try entry($0, .fifo) }))
        }
        return try session.add(innerPage(leaves).span, .treePage)
    }

    private func innerList() throws -> ChunkID {
        guard case .list(let leaf) = try list(of: 12) else { throw SampleRepository.Missing("a list") }
        return try session.add(innerPage([(24, "", leaf)]).span, .listPage)
    }

    /// An inner page of level 1, as docs/format.md has it.
    private func innerPage(_ items: [(weight: Int, name: String, page: ChunkID)]) -> [UInt8] {
        var writer = ByteWriter()
        writer.uint8(1)
        writer.varint(UInt64(items.count))
        for item in items {
            writer.varint(UInt64(item.weight))
            writer.text(item.name)
            writer.bytes32(item.page.bytes)
        }
        return writer.bytes
    }
}
