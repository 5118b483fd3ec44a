import Coding
import Storage

extension Survey {
    /// Asks for the snapshots that no listing shows, or for all. Those that are there are shown from now on.
    mutating func surveySnapshots() throws(RepositoryError) {
        let listed = try repository.snapshotsListed()
        for snapshot in repository.readSnapshots() {
            known.note(
                snapshot.id, .init(startedSeconds: snapshot.manifest.started.seconds))
        }
        for snapshot in known.snapshots.keys.sorted() where isThorough || !listed.contains(snapshot.bytes) {
            try survey(snapshot, isListed: listed.contains(snapshot.bytes))
        }
    }

    private mutating func survey(_ snapshot: SnapshotID, isListed: Bool) throws(RepositoryError) {
        let name = ObjectName(.snapshots, snapshot.bytes)
        if try repository.contains(name) {
            // A listing lags, and the object is there.
            if !isListed { repository.show(unlisted: snapshot, nil) }
            return
        }
        do throws(RepositoryError) {
            if case .swept = try repository.standing(of: snapshot) { return known.forget(snapshot) }
        } catch {
            guard error.isDamage || error.code == .unsupportedVersion else { throw error }
        }
        let known = known.snapshots[snapshot] ?? .init()
        if known.session > 0,
            let bytes = try? repository.readIfPresent(
                ObjectName(.sessions, number: known.session, part: .snapshot)),
            SnapshotID(hashing: bytes) == snapshot
        {
            // It was committed, and nobody has published it yet.
            return repository.show(unlisted: snapshot, bytes)
        }
        let session = known.session > 0 ? " of session \(known.session)" : ""
        let time = known.startedSeconds.map { ", begun \(SnapshotTimestamp.format(.init(seconds: $0)))" } ?? ""
        report(.missing, name, "snapshot \(snapshot.short)\(session)\(time)")
    }

    /// Asks for the tombstones and holds that no listing shows, or for all of them.
    mutating func surveyRetention() throws(RepositoryError) {
        for folder in [ObjectFolder.tombstones, .holds] {
            let records = known.records.keys.filter { $0.folder == folder }
            guard !records.isEmpty else { continue }
            var listed: [Bytes32: Int] = [:]
            do {
                for id in try repository.store.names(in: folder) { listed[id, default: 0] += 1 }
            } catch {
                throw RepositoryError(error)
            }
            let known = Dictionary(grouping: records) { $0.id ?? .zero }
            for (snapshot, names) in known.sorted(by: { $0.key < $1.key })
            where isThorough || listed[snapshot] ?? 0 < names.count {
                try survey(names.sorted(), of: SnapshotID(snapshot))
            }
        }
    }

    private mutating func survey(_ names: [ObjectName], of snapshot: SnapshotID) throws(RepositoryError) {
        for name in names where try !repository.contains(name) { report(.missing, name) }
    }
}
