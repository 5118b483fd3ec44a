import Coding
import Repository
import Storage
import SystemInterface

/// Makes copies of snapshots without what is lost; the snapshots themselves stay as they are. A snapshot whose own object is
/// damaged is put back from its session, and what its session lacks from the snapshot.
///
/// What cannot be read stands in the copy as what its backup could not read: reading it fails, and never passes for empty.
/// The manifest of the copy names each loss. The copy begins a nanosecond later than its original, so that it comes after
/// it, and before any other.
public struct SnapshotRepair {
    /// What the first problem of a copy says, before the original's name.
    private static let mark = "this is a repaired copy of snapshot "

    private let repository: Repository
    private let options: RepairOptions
    private let selection: PackSelection
    private let observer: (any CheckObserver)?
    private var report = SnapshotRepairReport()

    /// A repair of snapshots of `repository`, which is best opened with a catalog in memory. The packs that `selection`
    /// chooses are read whole first.
    public init(
        _ repository: Repository, reading selection: PackSelection, options: RepairOptions,
        observer: (any CheckObserver)? = nil
    ) {
        self.repository = repository
        self.selection = selection
        self.options = options
        self.observer = observer
    }

    /// Repairs, and returns what was done. Throws when the storage does not answer, or cannot store, and `.fenced` when a
    /// collector has ended it or does not let it look.
    public consuming func run() throws(RepositoryError) -> SnapshotRepairReport {
        // First: what is published then is looked at like any other.
        try PublishedManifestRepair(repository, options).run(&report)
        let check = Check(
            repository, options: CheckOptions(selection, workers: options.workers), observer: observer)
        let checked = try check.runKeepingWalk()
        guard checked.isUndisturbed else { throw RepairRun.disturbed }
        var walk = checked.walk
        (report.damagedPacks, report.soundPacks) = (checked.report.damagedPacks, checked.report.soundPacks)
        // These first: while one of the two places has it whole, the other may be lost on the way.
        let seconds = SecondManifestRepair(repository, options)
        let waiting = try seconds.run(checked.report.damage, &report)
        try repairManifests()
        try seconds.run(waiting, &report)
        let snapshots = repository.snapshots()
        let copies = Self.copies(among: snapshots)
        for snapshot in snapshots {
            let losses = try losses(of: snapshot, &walk)
            guard losses.count > 0 else {
                report.wholeCount += 1
                continue
            }
            // What a collection deletes of a snapshot that was forgotten is no loss.
            guard try isLive(snapshot) else { continue }
            if let copy = copies[snapshot.id] {
                report.copiedBefore[snapshot.id] = copy
                continue
            }
            try repair(snapshot, losses, &walk)
        }
        return report
    }

    /// Puts back what sessions have whole, and moves away what nobody can read, if there is a place for that.
    private mutating func repairManifests() throws(RepositoryError) {
        for entry in try repository.objects(in: .snapshots) {
            do {
                _ = try repository.auditSnapshot(entry.name)
            } catch {
                guard error.isFinding else { throw error }
                // A collector has removed it since.
                guard error.code != .storage(.notFound) else { continue }
                try repairManifest(entry.name, error)
            }
        }
    }

    private mutating func repairManifest(_ name: ObjectName, _ error: RepositoryError) throws(RepositoryError) {
        guard let id = name.id else { return }
        let remains = try ManifestRemains.find(of: SnapshotID(id), in: repository, below: options.cacheDirectory)
        let whole = remains.whole
        if whole == nil {
            report.beyondRepair[name.path] = error.reason + remains.note
        } else {
            report.kept[name.path] = error.reason + remains.note
        }
        guard let shelf = options.moving, !options.isDryRun, whole != nil || !remains.isShownHere else { return }
        // What its session has goes first: nobody looks for that once the snapshot is not listed any more.
        if whole == nil, try !moveManifest(of: SnapshotID(id), to: shelf) { return }
        func isSound(_ bytes: [UInt8]) throws(RepositoryError) -> Bool { try isWhole(SnapshotID(id), holding: bytes) }
        // Where that is interrupted it is, as a rule, a snapshot that was committed and not published.
        let move =
            if let whole {
                try shelf.replace(name, by: whole, in: repository.store, unless: isSound)
            } else {
                try shelf.move(name, from: repository.store, unless: isSound)
            }
        if case .sound = move {
            let reason = error.reason + "; read once more nothing is wrong with it, and it stays"
            if whole == nil { report.beyondRepair[name.path] = reason } else { report.kept[name.path] = reason }
        }
        guard case .moved = move else {
            if case .unread = move, whole != nil { report.obstructed.insert(name.path) }
            return
        }
        report.moved.insert(name.path)
        if whole != nil { report.putBack.insert(name.path) }
    }

    /// Whether these bytes are the manifest of the snapshot, and can be read.
    private func isWhole(_ snapshot: SnapshotID, holding bytes: [UInt8]) throws(RepositoryError) -> Bool {
        do {
            _ = try repository.auditSnapshot(ObjectName(.snapshots, snapshot.bytes), holding: bytes)
            return true
        } catch {
            guard error.isFinding else { throw error }
            return false
        }
    }

    /// Moves away what the session has that committed the snapshot, which is damaged as well; false if that may be left
    /// because the storage does not give something.
    private func moveManifest(of snapshot: SnapshotID, to shelf: DamagedShelf) throws(RepositoryError) -> Bool {
        var isGone = true
        for entry in try repository.objects(in: .sessions) where entry.name.part == .snapshot {
            guard let number = entry.name.number else { continue }
            do {
                switch try repository.sessionOutcome(number) {
                case .committed(snapshot)?: break
                case .committed?, .aborted?: continue
                case nil:
                    // A storage may have lost what says that it is committed.
                    if try mayHaveStored(number, snapshot) { isGone = false }
                    continue
                }
                // The storage may give now what it did not give a moment ago.
                if try repository.manifestStored(bySession: number) == snapshot {
                    isGone = false
                    continue
                }
            } catch {
                guard error.isFinding else { throw error }
                // An outcome that says nothing leaves its manifest where it is, and the snapshot where that is its own.
                let isOwn = try mayHaveStored(number, snapshot)
                if error.isOfStorage || isOwn { isGone = false }
                continue
            }
            let move = try shelf.move(entry.name, from: repository.store) { (bytes) throws(RepositoryError) in
                if try isWhole(snapshot, holding: bytes) { return true }
                return try repository.isLastManifest(bytes, at: entry.name)
            }
            guard case .moved = move else {
                isGone = false
                continue
            }
        }
        return isGone
    }

    /// Whether a session has stored the manifest of the snapshot, or the storage does not give what it has stored.
    private func mayHaveStored(_ session: UInt64, _ snapshot: SnapshotID) throws(RepositoryError) -> Bool {
        do {
            return try repository.manifestStored(bySession: session) == snapshot
        } catch {
            guard error.isFinding else { throw error }
            return true
        }
    }

    /// The snapshot that a snapshot with this manifest is a repaired copy of; nil if it is none.
    static func original(of manifest: SnapshotManifest) -> SnapshotID? {
        guard let reason = manifest.problems.first?.reason, reason.hasPrefix(mark) else { return nil }
        return Bytes32(hexadecimal: reason.dropFirst(mark.count).prefix(2 * Bytes32.count)).map { SnapshotID($0) }
    }

    /// The copies that there are, by their originals.
    private static func copies(among snapshots: [Snapshot]) -> [SnapshotID: SnapshotID] {
        var copies: [SnapshotID: SnapshotID] = [:]
        for snapshot in snapshots {
            if let original = original(of: snapshot.manifest) { copies[original] = snapshot.id }
        }
        return copies
    }

    private mutating func repair(
        _ snapshot: Snapshot, _ losses: Losses, _ walk: inout TreeCheck
    ) throws(RepositoryError) {
        // One for each copy: what was written for another is its own only while that one is live.
        var tree = TreeRepair(repository: repository)
        guard Self.canCopy(snapshot.manifest.root, walk) else {
            // A collection may have deleted it since it was asked for.
            if try isLive(snapshot) { giveUp(snapshot) }
            return
        }
        var copy: SnapshotID?
        if !options.isDryRun {
            let session = try repository.makeWriteSession(
                WriteSessionOptions(workers: options.workers, identity: options.identity), entropy: options.entropy)
            // After the claim: whoever forgets it from now on, a collector waits for this run before it sweeps it, and
            // what the copy takes over unseen stays.
            guard try isLive(snapshot) else { return session.abandon() }
            var manifest = snapshot.manifest
            do throws(RepositoryError) {
                manifest.root = try tree.repaired(snapshot.manifest.root, &walk, session)
            } catch {
                session.abandon()
                throw error
            }
            guard manifest.root.content != .unreadable else {
                session.abandon()
                return giveUp(snapshot)
            }
            manifest.started = Self.nextMoment(after: manifest.started)
            manifest.finished = max(manifest.finished, manifest.started)
            let mark = SnapshotProblem(
                path: "/", reason: "\(Self.mark)\(snapshot.id) without \(losses.count) lost items")
            manifest.problems = Self.fitting([mark] + losses.problems + manifest.problems)
            manifest.problemCount.addSaturating(losses.count)
            manifest.problemCount.addSaturating(1)
            copy = try session.commit(manifest).id
        }
        report.copies.append(
            .init(original: snapshot.id, copy: copy, losses: losses.problems, lossCount: losses.count))
    }

    /// Whether the walk could read the directory `root` itself, so that something of it can be copied.
    private static func canCopy(_ root: TreeEntry, _ walk: TreeCheck) -> Bool {
        guard case .tree(let id) = root.content else { return root.content != .unreadable }
        return !walk.hasLost(nil, of: id)
    }

    private mutating func giveUp(_ snapshot: Snapshot) {
        report.beyondRepair[ObjectName(.snapshots, snapshot.id.bytes).path] =
            "nothing of it can be read: its topmost directory is lost"
    }

    private func isLive(_ snapshot: Snapshot) throws(RepositoryError) -> Bool {
        guard case .live = try repository.standing(of: snapshot.id) else { return false }
        return true
    }

    /// What a snapshot has lost, as a manifest can tell it.
    private struct Losses {
        var count: UInt64 = 0
        var problems: [SnapshotProblem] = []
        var pathBytes = 0
    }

    private func losses(of snapshot: Snapshot, _ walk: inout TreeCheck) throws(RepositoryError) -> Losses {
        var losses = Losses()
        var told: [TreeLosses.Loss] = []
        try walk.forEachLoss(of: snapshot.manifest.root) { loss in
            losses.count.addSaturating(loss.count)
            guard told.count < Limits.problemsMax, losses.pathBytes < Limits.problemsBytesMax else { return }
            losses.pathBytes += loss.path.count
            told.append(loss)
        }
        losses.problems = told.map { loss in
            let path = FilePath(loss.path.isEmpty ? [UInt8(ascii: "/")] : loss.path)
            return SnapshotProblem(path: path, reason: "lost: " + walk.reason(of: loss))
        }
        return losses
    }

    /// As many of `problems` as a manifest lists, of those that it can list: all of them count.
    private static func fitting(_ problems: [SnapshotProblem]) -> [SnapshotProblem] {
        var bytes = 0
        var fitting: [SnapshotProblem] = []
        for problem in problems.prefix(Limits.problemsMax) where problem.isListable {
            bytes += problem.path.bytes.count + problem.reason.utf8.count
            guard bytes <= Limits.problemsBytesMax else { break }
            fitting.append(problem)
        }
        return fitting
    }

    /// The moment a nanosecond later; of the last moment that can be told, that itself.
    private static func nextMoment(after moment: Timestamp) -> Timestamp {
        if moment.nanoseconds < Timestamp.nanosecondsPerSecond - 1 {
            return Timestamp(seconds: moment.seconds, nanoseconds: moment.nanoseconds + 1)
        }
        return moment.seconds < .max ? Timestamp(seconds: moment.seconds + 1) : moment
    }
}
