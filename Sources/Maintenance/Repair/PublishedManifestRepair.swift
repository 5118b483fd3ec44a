import Repository
import Storage

/// Publishes the manifest of a snapshot that its session has whole and that is not in `snapshots/`: its writer has not come to
/// that, a repair was interrupted after it had moved a damaged one away, or it is lost.
///
/// Runs beside collections: what it stores of a snapshot that one sweeps meanwhile is a leftover, which the next one deletes.
struct PublishedManifestRepair {
    private let repository: Repository
    private let options: RepairOptions

    init(_ repository: Repository, _ options: RepairOptions) {
        self.repository = repository
        self.options = options
    }

    /// Publishes what is missing, and notes it in `report`.
    func run(_ report: inout SnapshotRepairReport) throws(RepositoryError) {
        let sessions = try repository.objects(in: .sessions).map(\.name)
        let published = Set(try repository.names(in: .snapshots))
        for commit in try repository.committedSnapshots(among: sessions)
        where !published.contains(commit.snapshot.bytes) {
            guard let fault = try repository.absenceOfPublished(commit) else { continue }
            let path = commit.published.path
            report.kept[path] = fault
            guard try repository.isFree(commit.published) else {
                report.obstructed.insert(path)
                continue
            }
            report.missing.insert(path)
            guard !options.isDryRun,
                try repository.publish(commit.snapshot, ofSession: commit.session)
            else { continue }
            report.putBack.insert(path)
        }
    }
}
