import Coding
import Storage

/// What a client has seen of a repository and what must be there for ever, or until it is seen to be removed: whoever
/// shows less has been put back to an older state, or hides something.
///
/// It only grows: `merge` loses nothing of what either side knows, but for what the newer makes superfluous. It holds
/// numbers, digests and times, and neither names nor hosts nor paths.
public struct Recollection: Hashable, Sendable {
    /// A snapshot that was committed, and was not seen to be removed.
    struct KnownSnapshot: Hashable, Sendable {
        /// The session that committed it; 0 where that is not known.
        var session: UInt64 = 0
        /// When its backup began, in seconds since 1970; nil where that is not known.
        var startedSeconds: Int64?
    }

    /// Records, which nobody deletes or changes, and the SHA-256 of their bytes: the claim up to which the chain was
    /// followed, outcomes that it does not vouch for, the newest generation, tombstones and holds of snapshots that are
    /// there.
    var records: [ObjectName: Bytes32] = [:]
    /// Snapshots that must be there.
    var snapshots: [SnapshotID: KnownSnapshot] = [:]
    /// What the user has accepted the loss of.
    var accepted = AcceptedLoss()
    /// Records that were seen with two different contents.
    private(set) var contradictions: Set<ObjectName> = []
    /// Snapshots that were seen to be removed, which is for ever.
    private var removed: Set<SnapshotID> = []

    /// Nothing was seen.
    public init() {}

    /// Whether nothing was seen.
    public var isEmpty: Bool { records.isEmpty && snapshots.isEmpty }

    /// The session up to which the chain was followed, 0 for none: of claims, only newer ones are kept beside its own.
    var followedSession: UInt64 { leastNumber(in: .sessions) }

    /// The generation up to which all were asked for, 0 for none: only newer ones are kept beside it.
    var followedGeneration: UInt64 { leastNumber(in: .quarantine) }

    private func leastNumber(in folder: ObjectFolder) -> UInt64 {
        records.keys.lazy.filter { $0.folder == folder && $0.part == nil }.compactMap(\.number).min() ?? 0
    }

    /// Takes in a record. What was seen first stays; another digest under its name is a contradiction.
    mutating func note(_ name: ObjectName, _ digest: Bytes32) {
        guard let known = records[name] else {
            records[name] = digest
            return
        }
        if known != digest { contradictions.insert(name) }
    }

    /// Takes in a snapshot, or what else is known of it.
    mutating func note(_ snapshot: SnapshotID, _ known: KnownSnapshot) {
        var merged = snapshots[snapshot] ?? known
        if merged.session == 0 { merged.session = known.session }
        merged.startedSeconds = merged.startedSeconds ?? known.startedSeconds
        snapshots[snapshot] = merged
    }

    /// Takes in what another process has seen.
    mutating func merge(_ other: Recollection) {
        for (name, digest) in other.records { note(name, digest) }
        for (snapshot, known) in other.snapshots { note(snapshot, known) }
        accepted = accepted.union(other.accepted)
        contradictions.formUnion(other.contradictions)
        removed.formUnion(other.removed)
        for snapshot in removed { snapshots[snapshot] = nil }
    }

    /// Drops a snapshot that was removed, and what was said about it.
    mutating func forget(_ snapshot: SnapshotID) {
        snapshots[snapshot] = nil
        removed.insert(snapshot)
    }

    /// What of it the newest claim alone would leave: for tests.
    package func newestClaimOnly() -> Recollection {
        var result = Recollection()
        let name = records.keys.filter { $0.folder == .sessions && $0.part == nil }
            .max { ($0.number ?? 0) < ($1.number ?? 0) }
        if let name { result.records[name] = records[name] }
        return result
    }

    /// Drops a record or a snapshot whose loss was accepted.
    mutating func drop(_ name: ObjectName) {
        records[name] = nil
        contradictions.remove(name)
        if name.folder == .snapshots, let id = name.id { snapshots[SnapshotID(id)] = nil }
    }

    /// What of it has to be kept when the chain was followed up to `head`: that claim stands for all before it, and its
    /// generation for those before.
    ///
    /// With `withRemovals` it still knows what was removed, so that `merge` takes that out of what another process has kept.
    func compacted(_ head: ChainHead, withRemovals: Bool = false) -> Recollection {
        var result = self
        result.contradictions = []
        if !withRemovals { result.removed = [] }
        result.records = records.filter { name, _ in
            switch name.folder {
            case .sessions:
                guard let number = name.number else { return false }
                return number >= head.session || (name.part == .outcome && head.open.contains(number))
            case .quarantine: return name.number.map { $0 >= head.generation } ?? false
            case .tombstones, .holds: return name.id.map { snapshots[SnapshotID($0)] != nil } ?? false
            default: return false
            }
        }
        // Tombstones, which come last, serve least.
        for name in result.records.keys.sorted().dropFirst(Limits.recalledRecordsMax) { result.records[name] = nil }
        if snapshots.count > Limits.recalledSnapshotsMax {
            let kept = snapshots.sorted { $0.key < $1.key }.prefix(Limits.recalledSnapshotsMax)
            result.snapshots = Dictionary(uniqueKeysWithValues: kept.map { ($0.key, $0.value) })
        }
        return result
    }
}
