import Coding
import Repository
import Storage
import SystemInterface

extension Collection {
    /// Does what a stored plan says. Everything in it may be repeated, at any time, by anyone.
    mutating func execute(_ plan: SweepPlan) throws(RepositoryError) {
        let listed = try listedPacks()
        for commit in plan.snapshots {
            try delete(ObjectName(.snapshots, commit.snapshot.bytes), .forgotten)
            if commit.session > 0 {
                try deleteManifest(ofSession: commit.session, of: commit.snapshot, .forgotten)
            }
        }
        for session in plan.abortedSessions {
            try deleteManifest(ofSession: session, of: nil, .aborted)
        }
        // From here on the catalog believes in none of the packs.
        try repository.refresh()
        let isTidy = try tidyIndex()
        var gone: [Bytes32] = []
        for (number, pack) in plan.packs.enumerated() {
            if try delete(ObjectName(.packs, pack), .unneeded) { gone.append(pack) }
            observer?.collectionAdvanced(.deleting, number + 1, of: plan.packs.count)
        }
        note(plan, gone, listed)
        if !isTidy { _ = try tidyIndex() }
    }

    /// Notes what the stored plan says, since of several collectors that judge one decides, and the packs that are `gone` by it.
    private mutating func note(_ plan: SweepPlan, _ gone: [Bytes32], _ listed: [Bytes32: UInt64]) {
        report.snapshots = Set(plan.snapshots.map(\.snapshot)).sorted()
        report.packCount = gone.count
        let bytes = gone.reduce(into: UInt64(0)) { $0.addSaturating(listed[$1] ?? 0) }
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
        for name in replaced where try delete(name, .replaced) { report.segmentsReplaced += 1 }
        return true
    }

    /// Deletes the manifest of a session, unless a storage that mistook one name for another has the last there that another
    /// snapshot can be read from.
    private func deleteManifest(
        ofSession number: UInt64, of swept: SnapshotID?, _ reason: Deletion.Reason
    ) throws(RepositoryError) {
        let name = ObjectName(.sessions, number: number, part: .snapshot)
        let bytes = try repository.known { () throws(RepositoryError) in try repository.readIfPresent(name) }
        if let bytes, SnapshotID(hashing: bytes) != swept, try repository.isLastManifest(bytes, at: name) {
            let other = SnapshotID(hashing: bytes).short
            repository.warn(
                "\(name.path): it stays, since snapshot \(other) can be read from it, and from nothing else, until "
                    + "`pastfs repair snapshots --move-damaged` has put that back")
            return
        }
        try delete(name, reason)
    }

    /// Deletes an object; false if a disk does not let go of it. That one is left: nobody believes any more in what was swept,
    /// there or not, and a collection that never ended because of it would be the last.
    @discardableResult
    private func delete(_ name: ObjectName, _ reason: Deletion.Reason) throws(RepositoryError) -> Bool {
        do {
            guard try repository.delete(name) else { return true }
        } catch {
            guard error.code == .storage(.ioFailure) else { throw error }
            repository.warn("\(error); nobody needs it, and it can be deleted by hand")
            return false
        }
        observer?.collectionDeleted(Deletion(name: name, reason: reason))
        return true
    }

    /// What is there still of snapshots that were swept and of runs that ended without one. What has such a name and cannot be
    /// looked at is no reason to begin a collection.
    func leftovers(of roll: SnapshotRoll) throws(RepositoryError) -> [ObjectName] {
        var names: [ObjectName] = []
        for commit in roll.swept {
            names.append(ObjectName(.snapshots, commit.snapshot.bytes))
            if commit.session > 0 { names.append(ObjectName(.sessions, number: commit.session, part: .snapshot)) }
        }
        names += roll.aborted.map { ObjectName(.sessions, number: $0, part: .snapshot) }
        var left: [ObjectName] = []
        for name in names where try repository.absence(of: name) == nil { left.append(name) }
        return left
    }
}
