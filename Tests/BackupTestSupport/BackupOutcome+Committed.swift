import Repository
import Writer

extension BackupOutcome {
    /// The committed snapshot; throws where there is none.
    public func committed() throws -> Snapshot {
        guard let snapshot else { throw NotCommitted() }
        return snapshot
    }

    private struct NotCommitted: Error {}
}
