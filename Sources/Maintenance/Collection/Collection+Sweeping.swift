import Coding
import Repository
import Storage
import SystemInterface

extension Collection {
    /// Does what a stored plan says. Everything in it may be repeated, at any time, by anyone.
    mutating func execute(_ plan: SweepPlan) throws(RepositoryError) {
        try report(plan)
        for commit in plan.snapshots {
            try delete(ObjectName(.snapshots, commit.snapshot.bytes), .forgotten)
            if commit.session > 0 {
                try delete(ObjectName(.sessions, number: commit.session, part: .snapshot), .forgotten)
            }
        }
        for session in plan.abortedSessions {
            try delete(ObjectName(.sessions, number: session, part: .snapshot), .aborted)
        }
        // From here on the catalog believes in none of the packs.
        try repository.refresh()
        let isTidy = try tidyIndex()
        for (number, pack) in plan.packs.enumerated() {
            try delete(ObjectName(.packs, pack), .unneeded)
            observer?.collectionAdvanced(.deleting, number + 1, of: plan.packs.count)
        }
        if !isTidy { _ = try tidyIndex() }
    }

    /// Says what the stored plan says: of several collectors that judge, one decides.
    private mutating func report(_ plan: SweepPlan) throws(RepositoryError) {
        let listed = try listedPacks()
        report.snapshots = Set(plan.snapshots.map(\.snapshot)).sorted()
        report.packCount = plan.packs.count
        let bytes = plan.packs.reduce(into: UInt64(0)) { $0.addSaturating(listed[$1] ?? 0) }
        report.bytesFreed = bytes - min(bytes, report.bytesMoved)
    }

    /// Rewrites the index; false where there is no room for that, which may be made by deleting packs.
    mutating func tidyIndex() throws(RepositoryError) -> Bool {
        let replaced: [ObjectName]
        do {
            replaced = try repository.replaceSegments(entropy: entropy)
        } catch {
            guard error.code == .storage(.noSpace) else { throw error }
            return false
        }
        for name in replaced { try delete(name, .replaced) }
        report.segmentsReplaced += replaced.count
        return true
    }

    private func delete(_ name: ObjectName, _ reason: Deletion.Reason) throws(RepositoryError) {
        guard try repository.delete(name) else { return }
        observer?.collectionDeleted(Deletion(name: name, reason: reason))
    }

    /// What is there still of snapshots that were swept and of runs that ended without one.
    func leftovers(of roll: SnapshotRoll) throws(RepositoryError) -> [ObjectName] {
        var names: [ObjectName] = []
        do {
            for commit in roll.swept {
                var possible = [ObjectName(.snapshots, commit.snapshot.bytes)]
                if commit.session > 0 {
                    possible.append(ObjectName(.sessions, number: commit.session, part: .snapshot))
                }
                for name in possible where try repository.store.contains(name) { names.append(name) }
            }
            for session in roll.aborted {
                let name = ObjectName(.sessions, number: session, part: .snapshot)
                if try repository.store.contains(name) { names.append(name) }
            }
            return names
        } catch {
            throw RepositoryError(error)
        }
    }
}
