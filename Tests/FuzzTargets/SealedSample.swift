import Coding
import Cryptography
import Maintenance
import Repository
import Storage
import Synchronization
import SystemInterface

/// The sample taken apart: everything that is sealed, open to edits, and put together again.
///
/// The parts come in stages, each made of those before: chunks, manifests and records; the plaintexts of bundles; their
/// compressed frames and the tables of packs; the table of the index; sessions and generations. An edit of one stage is sealed by all that
/// follow, with names, lengths and signatures that fit.
final class SealedSample: Sendable {
    static let shared = needed("the parts of the sample") { try SealedSample(.shared) }

    private typealias Chunk = (id: ChunkID, bytes: [UInt8])

    /// Something that is signed, and where it belongs.
    private struct Statement: Hashable {
        let name: ObjectName?
        let bytes: [UInt8]
    }

    private let sample: SampleRepository
    private let holder: KeyHolder
    private let chunks: [PackKind: [Chunk]]
    private let manifests: [[UInt8]]
    private let records: [[UInt8]]
    /// The names of all chunks.
    private let names: [Bytes32]
    private let inClear: [(ObjectName, [UInt8])]
    /// What is signed where nothing is edited: signatures are half of what an input costs.
    private let signed = Mutex<[Statement: [UInt8]]>([:])
    private static let signedMax = 14

    private static let families: [PackKind] = [.metadata, .content]
    /// What the records say, by their numbers in the format: a tombstone, its end, a hold, its end.
    private static let recordKinds: [(kind: UInt8, hasEnd: Bool)] = [(1, false), (2, false), (4, true), (5, false)]

    private init(_ sample: SampleRepository) throws {
        self.sample = sample
        holder = try KeyHolder(sample.repository, entropy: sample.entropy)
        var chunks: [PackKind: [Chunk]] = [:]
        for pack in try sample.store.names(in: .packs) {
            let (family, held) = try holder.chunks(ofPack: pack)
            chunks[family, default: []] += held
        }
        self.chunks = chunks
        manifests = try sample.snapshots.map { try $0.manifest.encode() }
        let attribution = Attribution(time: .zero, userName: "somebody", host: "house", reason: "because")
        records = Self.recordKinds.map { KeyHolder.record($0.kind, attribution, hasEnd: $0.hasEnd) }
        names = Self.families.flatMap { chunks[$0]?.map(\.id.bytes) ?? [] }
        inClear =
            try [.format].map { ($0, try sample.store.read($0)) }
            + (try sample.store.list(.keys).map { ($0.name, try sample.store.read($0.name)) })
    }

    /// How many chunks of metadata there are, which stand first among the objects.
    var metadataCount: Int { chunks[.metadata]?.count ?? 0 }

    /// How many objects there are, over all stages.
    var objectCount: Int {
        names.count + manifests.count + records.count + 3 * Self.families.count + 1 + 2 * manifests.count
            + Self.generationRecordCount
    }

    /// A plan, its sweep, its end and the copy of its sweep, and a plan that is not swept.
    private static let generationRecordCount = 5

    /// The keyring's bytes.
    var keyring: [UInt8] { holder.keyring() }

    /// The sample with `edits`, in a store of its own, opened with the right keys, and not yet refreshed.
    func repository(_ edits: [Edit], metadataOnly: Bool = false) throws -> Repository {
        var desk = EditingDesk(edits, objectCount: metadataOnly ? metadataCount : objectCount, names: names)
        let store = MemoryStore()
        for (name, bytes) in inClear { try store.create(name, bytes) }
        var edited = chunks
        for family in Self.families {
            edited[family] = chunks[family, default: []].map { ($0.id, desk.edit($0.bytes)) }
        }
        let manifests = manifests.map { desk.edit($0) }
        let records = records.map { desk.edit($0) }
        let packs = try storePacks(edited, &desk, in: store)
        var last = Bytes32.zero
        for (index, manifest) in manifests.enumerated() {
            let object = try sign(manifest, as: nil) { try holder.snapshot(manifest) }
            last = SHA256.hash(object.span)
            // Two manifests may have become one.
            _ = try? store.create(ObjectName(.snapshots, last), object)
            if metadataOnly { continue }
            try storeSession(UInt64(index + 1), SnapshotID(last), object, &desk, in: store)
        }
        if metadataOnly { return try sample.repository.over(store) }
        try storeRecords(records, of: last, in: store)
        try storeGenerations(packs, SnapshotID(last), &desk, in: store)
        return try sample.repository.over(store)
    }

    private func storeSession(
        _ number: UInt64, _ snapshot: SnapshotID, _ object: [UInt8], _ desk: inout EditingDesk, in store: MemoryStore
    ) throws {
        let records = KeyHolder.session(committed: snapshot)
        let (claim, outcome) = (desk.edit(records.claim), desk.edit(records.outcome))
        let names = [ObjectName(.sessions, number: number), ObjectName(.sessions, number: number, part: .outcome)]
        for (name, record) in zip(names, [claim, outcome]) {
            try store.create(name, try sign(record, as: name) { try holder.sessionRecord(record, as: name) })
        }
        try store.create(ObjectName(.sessions, number: number, part: .snapshot), object)
    }

    /// A generation that has swept what nobody knows, and one that plans to take the content away.
    private func storeGenerations(
        _ packs: [Bytes32], _ snapshot: SnapshotID, _ desk: inout EditingDesk, in store: MemoryStore
    ) throws {
        let identity = RunIdentity()
        let tombstone = QuarantinePlan.Tombstone(snapshot: snapshot, number: 1)
        let sweep = SweepPlan(
            packs: [.zero], snapshots: [.init(session: 1, snapshot: SnapshotID(.zero))], abortedSessions: [],
            settledSessions: 0, commits: [], identity: identity)
        let first = KeyHolder.generation(
            QuarantinePlan(packs: [.zero], tombstones: [], identity: identity), sweep)
        let second = KeyHolder.generation(
            QuarantinePlan(packs: packs.suffix(1), tombstones: [tombstone], identity: identity), sweep)
        let records: [(ObjectName, [UInt8])] = [
            (ObjectName(.quarantine, number: 1), first.plan),
            (ObjectName(.quarantine, number: 1, part: .sweep), first.sweep),
            (ObjectName(.quarantine, number: 1, part: .closed), first.end),
            (ObjectName(.quarantine, number: 2), second.plan),
        ]
        for (name, record) in records {
            let record = desk.edit(record)
            try store.create(name, try sign(record, as: name) { try holder.sessionRecord(record, as: name) })
        }
        // A copy is sealed as what it is one of.
        let (copied, record) = (ObjectName(.quarantine, number: 1, part: .sweep), desk.edit(first.sweep))
        try store.create(
            ObjectName(.quarantine, number: 1, part: .copy),
            try sign(record, as: copied) { try holder.sessionRecord(record, as: copied) })
    }

    private func storePacks(
        _ chunks: [PackKind: [Chunk]], _ desk: inout EditingDesk, in store: MemoryStore
    ) throws -> [Bytes32] {
        var packs: [(id: Bytes32, family: PackKind, table: [UInt8])] = []
        for family in Self.families {
            let held = chunks[family, default: []]
            let plaintext = desk.edit(KeyHolder.plaintext(held))
            let frame = desk.edit(try holder.frame(plaintext))
            let bundle = try holder.bundle(frame: frame, plaintextBytes: plaintext.count, family)
            let table = desk.edit(
                holder.table(held, storedBytes: bundle.count, plaintextBytes: plaintext.count, family))
            let pack = try holder.pack(bundle, table: table, family)
            let id = SHA256.hash(pack.span)
            try store.create(ObjectName(.packs, id), pack)
            packs.append((id, family, table))
        }
        let segment = try holder.segment(desk.edit(KeyHolder.segmentTable(packs)))
        try store.create(ObjectName(.index, SHA256.hash(segment.span)), segment)
        return packs.map(\.id)
    }

    private func storeRecords(_ records: [[UInt8]], of snapshot: Bytes32, in store: MemoryStore) throws {
        let names = [
            ObjectName(.tombstones, snapshot, number: 1), ObjectName(.tombstones, snapshot, number: 1, part: .final),
            ObjectName(.holds, snapshot, number: 1), ObjectName(.holds, snapshot, number: 1, part: .released),
        ]
        for (name, record) in zip(names, records) {
            try store.create(name, try sign(record, as: name) { try holder.retention(record, as: name) })
        }
    }

    /// The object that says `bytes`, which `seal` makes unless it is known.
    private func sign(_ bytes: [UInt8], as name: ObjectName?, _ seal: () throws -> [UInt8]) throws -> [UInt8] {
        let statement = Statement(name: name, bytes: bytes)
        if let known = signed.withLock({ $0[statement] }) { return known }
        let object: [UInt8]
        do {
            object = try seal()
        } catch let error as RepositoryError where error.code == .invalidArgument {
            // Nobody can seal what is over the limit of its kind; as it is, it is over the limit as well.
            object = bytes
        }
        signed.withLock { if $0.count < Self.signedMax { $0[statement] = object } }
        return object
    }
}

/// What the sample is before anybody edits it: were it damaged, edits of it would show nothing.
package enum SampleHealth {
    /// What a check of the sample finds that was taken apart and put together.
    package static func damage() throws -> [String] {
        let repository = try SealedSample.shared.repository([])
        try repository.refresh()
        let report = try Check(repository, options: CheckOptions(.all, workers: 1)).run()
        let count = repository.snapshots().count + repository.forgottenSnapshots().count
        return report.damage.map { "\($0.object): \($0.what)" } + (count == 2 ? [] : ["\(count) snapshots"])
    }
}

/// Objects come by in a fixed order, and each gets its edits.
private struct EditingDesk {
    private var edits: [Int: [Edit]] = [:]
    private let names: [Bytes32]
    private var next = 0

    init(_ edits: [Edit], objectCount: Int, names: [Bytes32]) {
        self.names = names
        for edit in edits { self.edits[edit.object % objectCount, default: []].append(edit) }
    }

    mutating func edit(_ bytes: [UInt8]) -> [UInt8] {
        defer { next += 1 }
        guard let edits = edits[next] else { return bytes }
        var edited = bytes
        for edit in edits { edit.apply(to: &edited, names: names) }
        return edited
    }
}
