import Coding
import Cryptography
import Maintenance
import Repository
import Storage
import SystemInterface
import TestSupport

/// A repository whose snapshots have a few files each, and collections in it.
struct CollectionFixture: Sendable {
    static let passphrase = Array("correct horse".utf8)
    /// When collections run: later than everything else.
    static let now = Timestamp(seconds: 2_000_000_000)

    let store: any ObjectStore
    let entropy: SeededEntropy
    let repository: Repository

    init(store: any ObjectStore = MemoryStore(), seed: UInt64 = 1) throws {
        self.store = store
        entropy = SeededEntropy(seed: seed)
        guard let cost = PassphraseCost(logN: PassphraseCost.logNRange.lowerBound) else {
            throw RepositoryError(.internalFailure, "the least cost is no cost")
        }
        try Repository.create(
            in: store, passphrase: SecretBytes(Self.passphrase), passphraseCost: cost, entropy: entropy)
        repository = try Self.open(store)
    }

    private init(store: any ObjectStore, like other: CollectionFixture) throws {
        self.store = store
        entropy = other.entropy
        repository = try other.repository.reopened(over: store)
    }

    /// The same over another store, as another process opens it.
    func over(_ store: any ObjectStore) throws -> CollectionFixture {
        try CollectionFixture(store: store, like: self)
    }

    static func open(_ store: any ObjectStore) throws -> Repository {
        try Repository.open(store, passphrase: SecretBytes(passphrase), cacheDirectory: nil)
    }

    /// Bytes that depend on `seed` alone, enough to have a bundle of their own.
    static func bytes(_ seed: UInt64, count: Int = 300_000) -> [UInt8] {
        var generator = SeededGenerator(seed: seed)
        return generator.bytes(count)
    }

    func session(startedAt seconds: Int64 = 1_999_999_990) throws -> WriteSession {
        let identity = RunIdentity(started: Timestamp(seconds: seconds), host: "writer", processID: 7)
        return try repository.makeWriteSession(
            WriteSessionOptions(workers: 1, identity: identity), entropy: entropy)
    }

    /// A snapshot whose root has these files.
    @discardableResult
    func commit(_ files: [String: [UInt8]], startedAt seconds: Int64? = nil) throws -> Snapshot {
        let session = try session()
        var manifest = Self.manifest(try Self.write(files, into: session))
        if let seconds { manifest.started = Timestamp(seconds: seconds) }
        return try session.commit(manifest)
    }

    static func manifest(_ root: TreeEntry) -> SnapshotManifest {
        let moment = Timestamp(seconds: 1_900_000_000)
        return SnapshotManifest(
            started: moment, finished: moment, host: "host", userName: "user", program: "test", paths: ["/"],
            root: root)
    }

    static func write(_ files: [String: [UInt8]], into session: WriteSession) throws -> TreeEntry {
        var builder = TreeBuilder(session: session)
        for (name, content) in files.sorted(by: { $0.key < $1.key }) {
            var entry = TreeEntry(name: Array(name.utf8), type: .regular, permissions: 0o644)
            entry.size = UInt64(content.count)
            var contents = ContentBuilder(session: session)
            if !content.isEmpty {
                try contents.addChunk(try session.add(content.span, .content), bytes: content.count)
            }
            entry.content = try contents.finish()
            try builder.add(entry)
        }
        return TreeEntry(name: [], type: .directory, permissions: 0o755, content: .tree(try builder.finish()))
    }

    /// Stores a pack of one bundle that holds `held`, and a segment that lists it as a pack that holds `listed`.
    func plantPack(
        of held: (id: ChunkID, bytes: [UInt8]), listedAs listed: (id: ChunkID, bytes: [UInt8]),
        _ damage: (inout [UInt8]) -> Void = { _ in }
    ) throws {
        let holder = try KeyHolder(repository, entropy: entropy)
        let plaintext = KeyHolder.plaintext([held])
        var bundle = try holder.bundle(frame: holder.frame(plaintext), plaintextBytes: plaintext.count, .content)
        damage(&bundle)
        let table = holder.table([listed], storedBytes: bundle.count, plaintextBytes: plaintext.count, .content)
        let pack = try holder.pack(bundle, table: table, .content)
        let name = SHA256.hash(pack.span)
        try store.create(ObjectName(.packs, name), pack)
        let segment = try holder.segment(KeyHolder.segmentTable([(name, .content, table)]))
        try store.create(ObjectName(.index, SHA256.hash(segment.span)), segment)
    }

    func forget(_ snapshot: Snapshot) throws {
        _ = try repository.forget(snapshot.id, by: Self.attribution, entropy: entropy)
    }

    static var attribution: Attribution {
        Attribution(time: now, userName: "user", host: "host", reason: "a test")
    }

    /// Collects as another process does.
    @discardableResult
    func collect(
        as maintainer: Bool = false, observer: (any CollectionObserver)? = nil,
        _ change: (inout CollectionOptions) -> Void = { _ in }
    ) throws -> CollectionReport {
        var options = CollectionOptions(identity: RunIdentity(started: Self.now, host: "collector", processID: 8))
        change(&options)
        let other =
            maintainer
            ? try repository.reopenedForMaintaining(cacheDirectory: nil) : try repository.reopened(over: store)
        return try Collection(other, options: options, entropy: entropy, observer: observer).run()
    }

    /// The files of a snapshot, as another process reads them.
    func contents(of snapshot: Snapshot, verifies: Bool = false) throws -> [String: [UInt8]] {
        let repository = try repository.reopened(over: store)
        let source = repository.makeSource(cacheBytes: 8 << 20, verifies: verifies)
        guard case .tree(let root) = snapshot.manifest.root.content else { return [:] }
        var files: [String: [UInt8]] = [:]
        try TreeDirectory(root, source: source).forEachEntry { (entry) throws(RepositoryError) in
            let contents = try FileContents(entry, source: source)
            files[String(decoding: entry.name, as: UTF8.self)] = try [UInt8](
                unsafeUninitializedCapacity: Int(contents.size)
            ) { (buffer, count) throws(RepositoryError) in
                count = try contents.read(at: 0, into: UnsafeMutableRawBufferPointer(buffer))
            }
        }
        return files
    }

    /// The chunk that is the content of the first file of a snapshot.
    func firstChunk(of snapshot: Snapshot) throws -> ChunkID {
        guard case .tree(let root) = snapshot.manifest.root.content else { throw NoChunk() }
        let source = try repository.reopened(over: store).makeSource()
        guard case .chunk(let id)? = try TreeDirectory(root, source: source).page(0).entries.first?.content else {
            throw NoChunk()
        }
        return id
    }

    struct NoChunk: Error {}

    /// Takes all packs and segments away, so that a writer stores everything again; returns them, to be put back.
    func takePacks() throws -> [(name: ObjectName, bytes: [UInt8])] {
        let taken = try (store.list(.index) + store.list(.packs)).map { ($0.name, try store.read($0.name)) }
        for (name, _) in taken { try store.delete(name) }
        return taken
    }

    /// The names of all objects in these folders.
    func names(_ folders: ObjectFolder...) throws -> [String] {
        try folders.flatMap { try store.list($0) }.map(\.name.path)
    }

    /// A store with the same objects.
    func copy() throws -> MemoryStore {
        let copy = MemoryStore()
        try copyObjects(to: copy)
        return copy
    }

    /// Copies all objects to an empty store.
    func copyObjects(to copy: any ObjectStore) throws {
        try copy.create(.format, try store.read(.format))
        for folder in ObjectFolder.allCases {
            for entry in try store.list(folder) { try copy.create(entry.name, try store.read(entry.name)) }
        }
    }
}
