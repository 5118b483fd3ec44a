import Coding
import Repository
import Storage

extension Check {
    /// Opens every tombstone and every hold, and misses holds that were lost.
    mutating func checkRetention() throws(RepositoryError) {
        for folder in [ObjectFolder.tombstones, .holds] {
            let entries = try list(folder)
            for entry in entries {
                _ = try finding(entry.name.path) { () throws(RepositoryError) in
                    try repository.auditRetention(entry.name)
                }
            }
            if folder == .holds { try requireHolds(before: entries.map(\.name)) }
        }
    }

    /// A hold takes the first number that neither a hold nor a release has, and none is ever deleted: in front of it there are
    /// all others. One of which the release is left has lost nothing that binds.
    private func requireHolds(before names: [ObjectName]) throws(RepositoryError) {
        var newest: [Bytes32: UInt64] = [:]
        for name in names where name.part == nil {
            guard let id = name.id, let number = name.number, number <= Limits.retentionNumberMax else { continue }
            newest[id] = max(number, newest[id] ?? 1)
        }
        let listed = Set(names)
        for (id, newest) in newest {
            for number in 1..<newest {
                let hold = ObjectName(.holds, id, number: number)
                let release = ObjectName(.holds, id, number: number, part: .released)
                guard !listed.contains(hold), !listed.contains(release) else { continue }
                // What a listing does not show may be there.
                guard try isMissing(hold), try isMissing(release) else { continue }
                damage.report(
                    hold.path,
                    "it is missing, and a later one is there; the next `pastfs hold add` for this snapshot takes its place"
                )
                break
            }
        }
    }

    /// Whether an object is not there, asked for by its name. What has its name and is no file is damage, and there.
    private func isMissing(_ name: ObjectName) throws(RepositoryError) -> Bool {
        try finding(name.path) { () throws(RepositoryError) in try repository.contains(name) } == false
    }

    /// Holds what writers and collectors have agreed on against its form.
    mutating func checkRecords() throws(RepositoryError) {
        for folder in [ObjectFolder.sessions, .quarantine] {
            let entries = try list(folder)
            if folder == .quarantine { requireCopies(entries) }
            for entry in entries {
                do {
                    try repository.auditRecord(entry.name)
                } catch {
                    guard error.isFinding else { throw error }
                    // Collectors delete the manifests of runs that ended without a snapshot, or with one that was swept.
                    if error.code == .storage(.notFound), entry.name.part == .snapshot { continue }
                    damage.report(error, entry.name.path)
                }
            }
        }
    }

    /// Whatever was deleted was deleted by a plan that was stored twice before.
    private func requireCopies(_ entries: [ObjectEntry]) {
        let names = Set(entries.map(\.name))
        for closed in entries where closed.name.part == .closed {
            guard let number = closed.name.number else { continue }
            let copy = ObjectName(.quarantine, number: number, part: .copy)
            if !names.contains(copy) { damage.report(copy.path, "it is missing") }
        }
    }
}
