import Coding
import Repository
import Storage

extension Check {
    /// Opens every snapshot, also those that only their sessions show, and walks what lies below it.
    mutating func checkSnapshots(
        _ entries: [ObjectEntry], health: PackHealth
    ) throws(RepositoryError) -> TreeCheck {
        var walk = TreeCheck(repository: repository, damage: damage, health: health)
        let listed = entries.map(\.name)
        let unlisted = repository.unlistedSnapshots.map { ObjectName(.snapshots, $0.bytes) }
        let names = listed + Set(unlisted).subtracting(listed).sorted()
        for (number, name) in names.enumerated() {
            // One that was swept is gone, whatever a listing shows. What a damaged tombstone says, nobody knows.
            if let id = name.id, case .swept? = try? repository.standing(of: SnapshotID(id)) { continue }
            do {
                let snapshot = try repository.auditSnapshot(name)
                try walk.check(snapshot)
                report.snapshotCount += 1
            } catch {
                guard error.isFinding else { throw error }
                try checkDamaged(name, error, &walk)
            }
            advance(.snapshots, number + 1, of: names.count)
        }
        report.directoryCount = walk.directoryCount
        return walk
    }

    /// Walks a snapshot whose own object is damaged as its session has it; where that has nothing, all of it is lost.
    private mutating func checkDamaged(
        _ name: ObjectName, _ error: RepositoryError, _ walk: inout TreeCheck
    ) throws(RepositoryError) {
        if error.code != .storage(.notFound), let kept = try repository.keptSnapshot(name) {
            // What cannot be read cannot be moved away, and stands in the way of what is put back.
            let advice = error.code == .storage(.ioFailure) ? "if nobody can read it, delete it, and " : ""
            damage.report(
                name.path,
                "\(error.reason); its session has it whole: \(advice)`pastfs repair snapshots` puts it back")
            try walk.check(kept)
            report.snapshotCount += 1
        } else {
            let finding = damage.report(error, name.path)
            if let id = name.id { damage.add([], of: SnapshotID(id), to: finding) }
        }
    }
}
