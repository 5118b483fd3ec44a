import Coding
import Repository
import Storage

/// Stores the manifest of a snapshot with its session again, where it is missing or damaged and the published one is whole.
///
/// One that is damaged is only replaced if there is a place that it is moved to. One of a snapshot that was given up is moved
/// there, too. Runs beside collections: what it stores of a snapshot that one sweeps meanwhile is a leftover, which the next
/// one deletes.
struct SecondManifestRepair {
    private let repository: Repository
    private let options: RepairOptions

    init(_ repository: Repository, _ options: RepairOptions) {
        self.repository = repository
        self.options = options
    }

    /// Repairs what a check has found of such manifests, and notes it in `report`. Returns what is to be repaired once more
    /// when snapshots have been put back: another may be read from it, and from nothing else.
    @discardableResult
    func run(_ findings: [Finding], _ report: inout SnapshotRepairReport) throws(RepositoryError) -> [Finding] {
        var waiting: [Finding] = []
        for finding in findings {
            guard let name = ObjectName(path: finding.object), name.folder == .sessions, name.part == .snapshot
            else { continue }
            guard let bytes = try published(bySession: name.number ?? 0) else {
                try clear(name, finding.what, &report)
                continue
            }
            let isMissing = try repository.isFree(name)
            report.kept[name.path] = isMissing ? "it is missing" : finding.what
            if isMissing { report.missing.insert(name.path) }
            guard !options.isDryRun else { continue }
            let outcome = try isMissing ? store(bytes, as: name) : replace(name, by: bytes, &report)
            if outcome == .putBack { report.putBack.insert(name.path) }
            if outcome == .needed { waiting.append(finding) }
        }
        return waiting
    }

    /// What became of a manifest that was to be put back.
    private enum Outcome {
        case putBack
        /// What stands in its place stays there.
        case obstructed
        /// The same, since another snapshot can be read from it, and from nothing else.
        case needed
    }

    private func store(_ bytes: [UInt8], as name: ObjectName) throws(RepositoryError) -> Outcome {
        do {
            try repository.store.create(name, bytes)
        } catch {
            guard error.code == .alreadyExists else { throw RepositoryError(error) }
        }
        return .putBack
    }

    /// The bytes of the snapshot that a session has committed, if its own object is whole, or was damaged as well and they are
    /// with another session or can be made again, and it was not swept.
    private func published(bySession number: UInt64) throws(RepositoryError) -> [UInt8]? {
        do {
            guard case .committed(let snapshot)? = try repository.sessionOutcome(number) else { return nil }
            if case .swept = try repository.standing(of: snapshot) { return nil }
            if let whole = try repository.manifestPublished(of: snapshot) { return whole }
            guard try !repository.isFree(ObjectName(.snapshots, snapshot.bytes)) else { return nil }
            return try ManifestRemains.find(of: snapshot, in: repository, below: options.cacheDirectory).whole
        } catch {
            // Nobody can tell what the session has committed, or what became of that.
            guard error.isFinding else { throw error }
            return nil
        }
    }

    /// Moves away what is left of a snapshot that somebody has given up: there is nothing any more that it could be put back
    /// from, and nobody else would ever take it away.
    private func clear(
        _ name: ObjectName, _ fault: String, _ report: inout SnapshotRepairReport
    ) throws(RepositoryError) {
        let number = name.number ?? 0
        let end = try repository.known { () throws(RepositoryError) in try repository.sessionOutcome(number) }
        // Only what says nothing: what can be read is of use to somebody.
        guard case .committed(let snapshot)? = end,
            try isLeftover(of: snapshot, ofSession: number), try !repository.isFree(name)
        else { return }
        let advice = options.moving == nil ? "; --move-damaged takes it away" : ""
        report.beyondRepair[name.path] = "\(fault); its snapshot was given up\(advice)"
        guard let shelf = options.moving, !options.isDryRun else { return }
        let move = try shelf.move(name, from: repository.store) { (bytes) throws(RepositoryError) in
            SnapshotID(hashing: bytes) == snapshot
        }
        if case .moved = move { report.moved.insert(name.path) }
    }

    /// Whether somebody has given the snapshot up, and its session has no manifest that can be read.
    private func isLeftover(
        of snapshot: SnapshotID, ofSession number: UInt64
    ) throws(RepositoryError) -> Bool {
        try repository.known { () throws(RepositoryError) in
            guard try repository.isGivenUp(.init(session: number, snapshot: snapshot)) else { return false }
            return try repository.manifestStored(bySession: number) == nil
        } ?? false
    }

    /// Moves away what is damaged, for what is whole, unless somebody needs it.
    private func replace(
        _ name: ObjectName, by whole: [UInt8], _ report: inout SnapshotRepairReport
    ) throws(RepositoryError) -> Outcome {
        guard let shelf = options.moving else { return .obstructed }
        var other: SnapshotID?
        let move = try shelf.replace(name, by: whole, in: repository.store) { (bytes) throws(RepositoryError) in
            guard bytes != whole else { return true }
            guard try repository.isLastManifest(bytes, at: name) else { return false }
            other = SnapshotID(hashing: bytes)
            return true
        }
        switch move {
        case .moved:
            report.moved.insert(name.path)
            return .putBack
        case .sound:
            let reason = other.map { "it stays, since snapshot \($0.short) can be read from it, and from nothing else" }
            report.kept[name.path]?.append("; \(reason ?? "read once more nothing is wrong with it, and it stays")")
            return other == nil ? .obstructed : .needed
        case .unread:
            report.obstructed.insert(name.path)
            return .obstructed
        }
    }
}
