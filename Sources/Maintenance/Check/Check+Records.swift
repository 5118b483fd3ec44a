import Repository
import Storage

extension Check {
    /// Holds what writers and collectors have agreed on against its form.
    mutating func checkRecords() throws(RepositoryError) {
        for folder in [ObjectFolder.sessions, .quarantine] {
            for entry in try list(folder) {
                _ = try finding(entry.name.path) { () throws(RepositoryError) in
                    try repository.auditRecord(entry.name)
                }
            }
        }
    }
}
