import Coding
import Storage

/// Which snapshots are shown: what listings say of tombstones, and what these say of their snapshots.
extension Repository {
    /// The readable snapshots that are forgotten and that nothing holds, oldest first, each with its tombstone.
    public func forgottenSnapshots() -> [(snapshot: Snapshot, tombstone: Tombstone)] {
        state.withLock { state in
            state.snapshots.values.compactMap { snapshot in
                guard let noted = state.standings[snapshot.id], !noted.isSwept, let tombstone = noted.tombstone else {
                    return nil
                }
                return (snapshot: snapshot, tombstone: tombstone)
            }
        }.sorted { ($0.snapshot.manifest.started, $0.snapshot.id) < ($1.snapshot.manifest.started, $1.snapshot.id) }
    }

    /// Asks again what is to become of the `listed` snapshots whose tombstones have changed, or holds behind tombstones: a
    /// hold shows a snapshot also where whoever made it did not come to undo the tombstone.
    ///
    /// Only what is listed is asked for: a tombstone that a listing leaves out shows its snapshot a little longer. One that
    /// cannot be read hides nothing.
    func refreshStandings(of listed: [Bytes32]) throws(RepositoryError) {
        let old = state.withLock { $0.standings }
        var counts: [SnapshotID: Int] = [:]
        let tombstones = try names(in: .tombstones)
        guard !tombstones.isEmpty || !old.isEmpty else { return }
        let present = Set(listed)
        for name in tombstones where present.contains(name) { counts[SnapshotID(name), default: 0] += 1 }
        // Both kinds are only ever added, so the sum tells of each change.
        for name in counts.isEmpty ? [] : try names(in: .holds) { counts[SnapshotID(name)]? += 1 }
        var new: [SnapshotID: NotedStanding] = [:]
        var hasChanged = false
        for (snapshot, count) in counts {
            if let noted = old[snapshot], noted.objectCount == count {
                new[snapshot] = noted
                continue
            }
            new[snapshot] = try askedStanding(of: snapshot, objectCount: count)
            hasChanged = true
        }
        guard hasChanged || new.count != old.count else { return }
        state.withLock { $0.standings = new }
    }

    private func askedStanding(of snapshot: SnapshotID, objectCount: Int) throws(RepositoryError) -> NotedStanding {
        do throws(RepositoryError) {
            switch try standing(of: snapshot) {
            case .live: return NotedStanding(objectCount: objectCount)
            case .swept: return NotedStanding(objectCount: objectCount, isSwept: true)
            case .forgotten(let tombstone):
                // Whoever forgot a snapshot that is held did not come to undo it.
                let isHeld = try !bindingHolds(of: snapshot).isEmpty
                return NotedStanding(objectCount: objectCount, tombstone: isHeld ? nil : tombstone)
            }
        } catch {
            // A flipped bit may look like a newer version: that is no reason to open nothing.
            guard error.isDamage || error.code == .unsupportedVersion else { throw error }
            // A disk may not have let go of it when it was swept.
            if (try? decidedGeneration(sweeping: snapshot)) != nil {
                return NotedStanding(objectCount: objectCount, isSwept: true)
            }
            warn("\(error); snapshot \(snapshot.short) is taken for one that nobody has forgotten")
            return NotedStanding(objectCount: objectCount)
        }
    }

    /// Whether nobody has forgotten the snapshot; nil, with a warning, where nobody can tell.
    ///
    /// For whoever makes others go because this one stays. So it is asked for by key, and neither a listing that shows no
    /// tombstone is believed, nor is one that cannot be read taken for none, as it is for those who only look. One that is
    /// shown for the sake of a hold alone stays, and is no reason for others to go: the hold may be one that was released,
    /// and nobody can read that.
    package func isKnownToStay(_ snapshot: SnapshotID) throws(RepositoryError) -> Bool? {
        do throws(RepositoryError) {
            switch try standing(of: snapshot) {
            case .live: return true
            case .swept: return false
            case .forgotten:
                guard try !bindingHolds(of: snapshot).isEmpty else { return false }
                warn("snapshot \(snapshot.short) is forgotten, and held all the same")
            }
        } catch {
            guard error.isDamage || error.code == .unsupportedVersion else { throw error }
            warn("\(error); nobody can tell whether snapshot \(snapshot.short) is forgotten")
        }
        return nil
    }

    /// Notes what this process did itself: the next refresh asks again.
    func noteStanding(of snapshot: SnapshotID, isForgottenBy tombstone: Tombstone?) {
        state.withLock { $0.standings[snapshot] = NotedStanding(tombstone: tombstone) }
    }
}
