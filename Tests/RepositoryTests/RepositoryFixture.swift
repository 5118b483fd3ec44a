import Coding
import Cryptography
import Repository
import Storage
import SystemInterface
import TestSupport
import Testing

/// A repository in memory, made with a seed, and ways to write to it without a file system.
struct RepositoryFixture {
    static let passphrase = SecretBytes(Array("correct horse battery staple".utf8))

    let store: any ObjectStore
    let entropy: SeededEntropy
    let repository: Repository

    init(store: any ObjectStore = MemoryStore(), seed: UInt64 = 1) throws {
        self.store = store
        entropy = SeededEntropy(seed: seed)
        try Self.create(in: store, entropy: entropy)
        repository = try Self.open(store)
    }

    /// The repository of `other`, as another process opens it, with randomness that goes on where that of `other` is.
    init(reopening other: RepositoryFixture) throws {
        store = other.store
        entropy = other.entropy
        repository = try Self.open(store)
    }

    static func create(in store: any ObjectStore, entropy: SeededEntropy) throws {
        let cost = try #require(PassphraseCost(logN: 10))
        try Repository.create(in: store, passphrase: passphrase, passphraseCost: cost, entropy: entropy)
    }

    static func open(_ store: any ObjectStore) throws -> Repository {
        try Repository.open(store, passphrase: passphrase, cacheDirectory: nil)
    }

    func session(isDryRun: Bool = false) throws -> WriteSession {
        try repository.makeWriteSession(WriteSessionOptions(workers: 2, isDryRun: isDryRun), entropy: entropy)
    }

    /// A snapshot whose root holds `files`, by name.
    @discardableResult
    func commit(_ files: [String: [UInt8]], at seconds: Int64 = 1_000_000_000) throws -> Snapshot {
        let session = try session()
        var builder = TreeBuilder(session: session)
        for (name, content) in files.sorted(by: { Array($0.key.utf8).lexicographicallyPrecedes(Array($1.key.utf8)) }) {
            var entry = TreeEntry(name: Array(name.utf8), type: .regular, permissions: 0o644)
            entry.size = UInt64(content.count)
            var contents = ContentBuilder(session: session)
            for start in stride(from: 0, to: content.count, by: 1 << 20) {
                let piece = Array(content[start..<min(start + 1 << 20, content.count)])
                try contents.addChunk(try session.add(piece.span, .content), bytes: piece.count)
            }
            entry.content = try contents.finish()
            try builder.add(entry)
        }
        let root = TreeEntry(name: [], type: .directory, permissions: 0o755, content: .tree(try builder.finish()))
        return try session.commit(Self.manifest(root: root, at: seconds))
    }

    static func manifest(root: TreeEntry, at seconds: Int64 = 1_000_000_000) -> SnapshotManifest {
        SnapshotManifest(
            started: Timestamp(seconds: seconds, nanoseconds: 5), finished: Timestamp(seconds: seconds + 1),
            host: "host", userName: "user", program: "test", paths: ["/"], tags: ["tag"], root: root)
    }

    /// What a snapshot's root holds, by name, all read through `repository`.
    static func contents(of snapshot: Snapshot, in repository: Repository) throws -> [String: [UInt8]] {
        let source = repository.makeSource(cacheBytes: 8 << 20)
        guard case .tree(let root) = snapshot.manifest.root.content else { return [:] }
        var files: [String: [UInt8]] = [:]
        try TreeDirectory(root, source: source).forEachEntry { (entry) throws(RepositoryError) in
            let contents = try FileContents(entry, source: source)
            var bytes = [UInt8](repeating: 0xEE, count: Int(contents.size))
            var count = 0
            bytes = try [UInt8](unsafeUninitializedCapacity: bytes.count) {
                (buffer, initialized) throws(RepositoryError) in
                count = try contents.read(at: 0, into: UnsafeMutableRawBufferPointer(buffer))
                initialized = count
            }
            files[String(decoding: entry.name, as: UTF8.self)] = Array(bytes[..<count])
        }
        return files
    }
}
