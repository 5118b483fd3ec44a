import Repository
import Storage

extension Check {
    /// Asks for both copies of the manifest of every snapshot that was committed: the one that its session stored before it
    /// committed, which nobody deletes while the snapshot stays, and the one that is published.
    ///
    /// Records that are damaged say nothing here, since they are named by themselves; so is a snapshot that is lost.
    func checkManifests() throws(RepositoryError) {
        let sessions = try repository.objects(in: .sessions).map(\.name)
        let stored = Set(sessions)
        let published = Set(try repository.names(in: .snapshots))
        for commit in try repository.committedSnapshots(among: sessions) {
            if !stored.contains(commit.kept) {
                try requireKept(commit)
            } else if !published.contains(commit.snapshot.bytes) {
                try requirePublished(commit)
            }
        }
    }

    /// Names the manifest of a session, which no listing shows, if it cannot be had although its snapshot is there.
    private func requireKept(_ commit: CommittedSnapshot) throws(RepositoryError) {
        guard let fault = try repository.absence(of: commit.kept) else { return }
        // Asked after that: who sweeps a snapshot says so before anything of it is deleted.
        let standing = try repository.known { () throws(RepositoryError) in
            try repository.standing(of: commit.snapshot)
        }
        guard let standing, try repository.absence(of: commit.published) == nil else { return }
        if case .swept = standing { return }
        let isWhole = try repository.manifestPublished(of: commit.snapshot) != nil
        let advice = isWhole ? ": " + (try repository.adviceToPutBack(commit.kept)) : ""
        damage.report(commit.kept.path, "\(fault), the second copy of snapshot \(commit.snapshot.short)\(advice)")
    }

    /// Names the manifest of a snapshot, which no listing shows, if its session alone has it. Before a collection has seen it
    /// that is no damage: a run may have ended before it published what it had committed.
    private func requirePublished(_ commit: CommittedSnapshot) throws(RepositoryError) {
        let name = commit.published
        guard let fault = try repository.absenceOfPublished(commit), !damage.names(name.path) else { return }
        let what = "\(fault); its session has it whole: " + (try repository.adviceToPutBack(name))
        (commit.isSettled ? damage : notes).report(name.path, what)
    }
}
