import Coding
import Repository
import Storage

extension Check {
    /// Opens every snapshot and walks what lies below it.
    mutating func checkSnapshots(
        _ entries: [ObjectEntry], health: PackHealth
    ) throws(RepositoryError) -> TreeCheck {
        var walk = TreeCheck(repository: repository, damage: damage, health: health)
        for (number, entry) in entries.enumerated() {
            // One that was swept is gone, whatever a listing shows. What a damaged tombstone says, nobody knows.
            if let id = entry.name.id, case .swept? = try? repository.standing(of: SnapshotID(id)) { continue }
            do {
                let snapshot = try repository.auditSnapshot(entry.name)
                try walk.check(snapshot)
                report.snapshotCount += 1
            } catch {
                guard error.isFinding else { throw error }
                let finding = damage.report(error, entry.name.path)
                if let id = entry.name.id { damage.add("/", of: SnapshotID(id), to: finding) }
            }
            advance(.snapshots, number + 1, of: entries.count)
        }
        report.directoryCount = walk.directoryCount
        return walk
    }
}
