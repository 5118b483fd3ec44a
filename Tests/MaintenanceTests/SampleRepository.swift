import Coding
import Cryptography
import Maintenance
import Repository
import Storage
import SystemInterface
import TestSupport

/// A repository as small as one can be that has one of everything, and what must be read from it.
///
/// Two snapshots share the directory `/shared`, which has the files `one` and `two`; each has a file `own` besides, and
/// `one` has extended attributes that are a chunk of their own. The first was forgotten and is so no more, the second was
/// held and is so no more. A third was forgotten and swept, a run was ended without a snapshot, one has died before its
/// end, with its manifest stored, and a second collection has planned what it deletes and nothing else.
struct SampleRepository {
    static let passphrase = Array("correct horse".utf8)
    /// The manifest of the run that died.
    static let uncommitted = ObjectName(.sessions, number: 5, part: .snapshot)

    let repository: Repository
    let objects: [ObjectName: [UInt8]]
    let snapshots: [SnapshotID]

    init(seed: UInt64 = 1) throws {
        let store = MemoryStore()
        let entropy = SeededEntropy(seed: seed)
        guard let cost = PassphraseCost(logN: PassphraseCost.logNRange.lowerBound) else {
            throw RepositoryError(.internalFailure, "the least cost is no cost")
        }
        try Repository.create(
            in: store, passphrase: SecretBytes(Self.passphrase), passphraseCost: cost, entropy: entropy)
        let repository = try Repository.open(store, passphrase: SecretBytes(Self.passphrase), cacheDirectory: nil)
        snapshots = try [0, 1].map { try Self.commit(number: $0, to: repository, entropy) }
        let who = Attribution(
            time: Timestamp(seconds: 1_800_000_100, nanoseconds: 0), userName: "user", host: "host", reason: "a test")
        _ = try repository.forget(snapshots[0], by: who, entropy: entropy)
        _ = try repository.undoForget(snapshots[0], by: who, entropy: entropy)
        let hold = try repository.addHold(of: snapshots[1], by: who, entropy: entropy)
        _ = try repository.releaseHold(hold.number, of: snapshots[1], by: who, entropy: entropy)
        try Self.sweep(Self.commit(number: 2, to: repository, entropy), repository, who, entropy)
        try Self.leaveRuns(in: repository, entropy)
        self.repository = repository
        objects = try Self.contents(of: store)
    }

    /// The names of the objects of a folder.
    func names(in folder: ObjectFolder) -> [ObjectName] {
        objects.keys.filter { $0.folder == folder }.sorted()
    }

    /// The pack of one kind that the first run wrote: the larger one, since the second run shares most of it.
    func pack(_ kind: PackKind) -> ObjectName? {
        names(in: .packs).filter { objects[$0]?[10] == kind.rawValue }
            .max { (objects[$0]?.count ?? 0) < (objects[$1]?.count ?? 0) }
    }

    /// A store with these objects, opened with the repository's keys.
    func reopened(_ objects: [ObjectName: [UInt8]]) throws -> Repository {
        try repository.reopened(over: Self.store(of: objects))
    }

    static func store(of objects: [ObjectName: [UInt8]]) throws -> MemoryStore {
        let store = MemoryStore()
        for (name, bytes) in objects { try store.create(name, bytes) }
        return store
    }

    /// Everything below the roots of the readable snapshots, by snapshot and path; throws at the first damage.
    static func readAll(_ repository: Repository) throws -> [String: [UInt8]] {
        let source = repository.makeSource()
        var found: [String: [UInt8]] = [:]
        for snapshot in repository.snapshots() {
            try read(snapshot.manifest.root, path: snapshot.id.short, source, &found)
        }
        return found
    }

    /// Whatever can be read below the roots of the readable snapshots, by snapshot and path.
    static func readable(_ repository: Repository) -> [String: [UInt8]] {
        let source = repository.makeSource()
        var found: [String: [UInt8]] = [:]
        for snapshot in repository.snapshots() {
            readWhatCanBe(snapshot.manifest.root, path: snapshot.id.short, source, &found)
        }
        return found
    }

    private static func readWhatCanBe(
        _ entry: TreeEntry, path: String, _ source: ChunkSource, _ found: inout [String: [UInt8]]
    ) {
        guard case .tree(let root) = entry.content else {
            // One that cannot be read has nothing in `found`, but for attributes that can be.
            _ = try? read(entry, path: path, source, &found)
            return
        }
        var children: [TreeEntry] = []
        _ = try? TreeDirectory(root, source: source).forEachEntry { children.append($0) }
        found[path + "/"] = []
        for child in children {
            readWhatCanBe(child, path: path + "/" + String(decoding: child.name, as: UTF8.self), source, &found)
        }
    }

    static func read(
        _ entry: TreeEntry, path: String, _ source: ChunkSource, _ found: inout [String: [UInt8]]
    ) throws {
        for attribute in try entry.extendedAttributes.load(from: source) {
            found[path + "@" + String(decoding: attribute.name, as: UTF8.self)] = attribute.value
        }
        if case .tree(let root) = entry.content {
            found[path + "/"] = []
            try TreeDirectory(root, source: source).forEachEntry { (child) throws(RepositoryError) in
                do {
                    try read(child, path: path + "/" + String(decoding: child.name, as: UTF8.self), source, &found)
                } catch let error as RepositoryError {
                    throw error
                } catch {
                    throw RepositoryError(.internalFailure, "\(error)")
                }
            }
        } else if entry.type == .regular {
            let contents = try FileContents(entry, source: source)
            var bytes = [UInt8](repeating: 0xEE, count: Int(contents.size))
            let count = try bytes.withUnsafeMutableBytes { try contents.read(at: 0, into: $0) }
            found[path] = Array(bytes.prefix(count))
        }
    }

    /// Forgets a snapshot and collects it, and begins another generation.
    private static func sweep(
        _ snapshot: SnapshotID, _ repository: Repository, _ who: Attribution, _ entropy: SeededEntropy
    ) throws {
        _ = try repository.forget(snapshot, by: who, entropy: entropy)
        let identity = RunIdentity(started: who.time, host: "host", processID: 7)
        var options = CollectionOptions(identity: identity)
        options.isConfirmed = true
        // What is left of packs stays.
        options.unusedShareMax = 1
        _ = try Collection(repository.reopened(over: repository.store), options: options, entropy: entropy).run()
        let plan = QuarantinePlan(packs: [], tombstones: [], identity: identity)
        _ = try repository.begin(generation: 2, plan, entropy: entropy)
        try repository.refresh()
    }

    /// One that was ended, and one that nobody has ended.
    private static func leaveRuns(in repository: Repository, _ entropy: SeededEntropy) throws {
        try repository.makeWriteSession(WriteSessionOptions(workers: 1), entropy: entropy).abandon()
        _ = try ClaimedSession(claimingIn: repository, identity: RunIdentity(), entropy: entropy)
        let pending = ObjectName(.sessions, number: 1, part: .snapshot)
        try repository.store.create(uncommitted, repository.store.read(pending))
    }

    static func commit(
        number: Int, to repository: Repository, _ entropy: SeededEntropy
    ) throws -> SnapshotID {
        let session = try repository.makeWriteSession(WriteSessionOptions(workers: 1), entropy: entropy)
        var shared = TreeBuilder(session: session)
        try shared.add(file("one", Array("first".utf8), session, hasAttributes: true))
        try shared.add(file("two", Array("second file".utf8), session))
        var top = TreeBuilder(session: session)
        try top.add(file("own", Array("file of run \(number)".utf8), session))
        var directory = TreeEntry(name: Array("shared".utf8), type: .directory)
        directory.content = .tree(try shared.finish())
        try top.add(directory)
        let root = TreeEntry(name: [], type: .directory, content: .tree(try top.finish()))
        let moment = Timestamp(seconds: 1_800_000_000 + Int64(number), nanoseconds: 0)
        return try session.commit(
            SnapshotManifest(
                started: moment, finished: moment, host: "host", userName: "user", program: "test", paths: ["/"],
                root: root)
        ).id
    }

    private static func file(
        _ name: String, _ bytes: [UInt8], _ session: WriteSession, hasAttributes: Bool = false
    ) throws -> TreeEntry {
        var content = ContentBuilder(session: session)
        try content.addChunk(try session.add(bytes.span, .content), bytes: bytes.count)
        var entry = TreeEntry(name: Array(name.utf8), type: .regular, content: try content.finish())
        entry.size = UInt64(bytes.count)
        if hasAttributes {
            let value = [UInt8](repeating: 7, count: Limits.inlineExtendedAttributesBytesMax + 1)
            entry.extendedAttributes = try ExtendedAttributeSet.store(
                [ExtendedAttributeRecord(name: Array("user.large".utf8), value: value)], in: session)
        }
        return entry
    }

    static func contents(of store: any ObjectStore) throws -> [ObjectName: [UInt8]] {
        var objects = [ObjectName.format: try store.read(.format)]
        for folder in ObjectFolder.allCases {
            for entry in try store.list(folder) { objects[entry.name] = try store.read(entry.name) }
        }
        return objects
    }
}
