import Repository
import SystemInterface

extension RetentionCandidate {
    /// What a policy decides about: the snapshots of `repository` that `accepts` takes and nobody has forgotten, each asked
    /// for by its keys, with the holds that are in force for someone whose clock shows `now`.
    ///
    /// A policy removes one because another stays. So a snapshot that is forgotten must not pass for one that stays because a
    /// listing lags or a disk fails once; and what nobody can tell of, with a warning, is `isUnclear`, or `isHeld`.
    public static func all(
        in repository: Repository, at now: Timestamp, where accepts: (SnapshotManifest) -> Bool
    ) throws(RepositoryError) -> [RetentionCandidate] {
        // A listing is enough: whoever forgets asks for the holds by key.
        let held = Set(try repository.names(in: .holds))
        var candidates: [RetentionCandidate] = []
        for snapshot in repository.snapshots() where accepts(snapshot.manifest) {
            let stays = try repository.isKnownToStay(snapshot.id)
            if stays == false { continue }
            let isHeld = held.contains(snapshot.id.bytes) ? try repository.isHeld(snapshot.id, at: now) : false
            candidates.append(RetentionCandidate(snapshot, isHeld: isHeld, isUnclear: stays == nil))
        }
        return candidates
    }
}
