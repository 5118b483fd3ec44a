import Repository
import Storage

extension Check {
    /// Holds what writers and collectors have agreed on against its form.
    mutating func checkRecords() throws(RepositoryError) {
        for folder in [ObjectFolder.sessions, .quarantine] {
            for entry in try list(folder) {
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
}
