import Repository
import Storage

extension Check {
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
