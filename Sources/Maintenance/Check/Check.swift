import Coding
import Repository
import Storage
import SystemInterface

/// One check of a repository: everything that is stored against everything that refers to it.
///
/// Nothing is changed and nothing is taken from the local catalog but what it lists from the index, so the repository
/// is best opened with a catalog in memory. What cannot be read is a finding and not an error; a check throws when the
/// storage does not answer, or when the key at hand does not open what it needs.
public struct Check {
    let repository: Repository
    let options: CheckOptions
    let observer: (any CheckObserver)?
    let journal: ReadingJournal?
    private let cacheDirectory: FilePath?
    private let missing: [Discrepancy]
    let damage = DamageRegister()
    let notes = DamageRegister()
    var report = CheckReport()
    private var readableSegments: Set<Bytes32> = []

    /// A check of `repository`, and of the catalog that is kept for it below `cacheDirectory`, if one is given.
    ///
    /// What is `missing`, as `Repository.recall` has found, is damage. What `journal` names was read before; it is told of the packs that are found whole, and removed at the end.
    public init(
        _ repository: Repository, options: CheckOptions = CheckOptions(), cacheDirectory: FilePath? = nil,
        missing: [Discrepancy] = [], journal: ReadingJournal? = nil, observer: (any CheckObserver)? = nil
    ) {
        self.repository = repository
        self.options = options
        self.cacheDirectory = cacheDirectory
        self.missing = missing
        self.journal = journal
        self.observer = observer
    }

    /// Checks, and returns what was found.
    public consuming func run() throws(RepositoryError) -> CheckReport {
        try runKeepingWalk().report
    }

    /// Checks, and returns what was found, and the walk that knows what each tree has lost.
    consuming func runKeepingWalk() throws(RepositoryError) -> (report: CheckReport, walk: TreeCheck) {
        // Snapshots are listed first, as they are written last: whatever they refer to is then there.
        let snapshots = try list(.snapshots)
        let segments = try list(.index)
        let packs = try list(.packs)
        for discrepancy in missing { damage.report(discrepancy.object, discrepancy.reason) }
        try checkKeys()
        try checkRetention()
        let index = try checkIndex(segments)
        try checkCatalog(segments, index: index)
        let health = try checkPacks(packs, index: index)
        let walk = try checkSnapshots(snapshots, health: health)
        try checkRecords()
        report.damage = damage.findings
        report.notes = notes.findings
        journal?.finish()
        return (report, walk)
    }

    /// Runs `body`; what is wrong with stored data becomes a finding, and nil.
    func finding<Value>(
        _ subject: String, _ body: () throws(RepositoryError) -> Value
    ) throws(RepositoryError) -> Value? {
        do {
            return try body()
        } catch {
            guard error.isFinding else { throw error }
            damage.report(error, subject)
            return nil
        }
    }

    func advance(_ phase: CheckPhase, _ done: Int, of total: Int) {
        observer?.checkAdvanced(CheckProgress(phase: phase, done: done, total: total, bytes: report.packBytesRead))
    }

    mutating func list(_ folder: ObjectFolder) throws(RepositoryError) -> [ObjectEntry] {
        do {
            let entries = try repository.store.list(folder)
            report.objectCount += entries.count
            for entry in entries { report.storedBytes += entry.bytes }
            return entries
        } catch {
            throw RepositoryError(error)
        }
    }

    private mutating func checkKeys() throws(RepositoryError) {
        _ = try finding("format") { () throws(RepositoryError) in try repository.auditFormat() }
        report.objectCount += 1
        let slots = try list(.keys)
        for (number, slot) in slots.enumerated() {
            let isOurs = try finding(slot.name.path) { () throws(RepositoryError) in
                try repository.auditKeySlot(slot.name)
            }
            if isOurs == false {
                notes.report(slot.name.path, "it belongs to another repository: an `init` was interrupted here")
            }
            advance(.keys, number + 1, of: slots.count)
        }
        do {
            for stranger in try repository.store.strangers() {
                notes.report(stranger, "it is no object of a repository")
            }
        } catch {
            throw RepositoryError(error)
        }
    }

    /// Opens every tombstone and hold: one that cannot be read hides nothing, and binds nothing.
    private mutating func checkRetention() throws(RepositoryError) {
        for folder in [ObjectFolder.tombstones, .holds] {
            for entry in try list(folder) {
                _ = try finding(entry.name.path) { () throws(RepositoryError) in
                    try repository.auditRetention(entry.name)
                }
            }
        }
    }

    /// Holds the local catalog against the index. Where a segment could not be read there is nothing to hold it against.
    private func checkCatalog(_ segments: [ObjectEntry], index: [Bytes32: PackTable]) throws(RepositoryError) {
        guard let cacheDirectory, readableSegments.count == segments.count else { return }
        let faults = try repository.auditCatalog(in: cacheDirectory, index: index, segments: readableSegments)
        let place = "the local catalog in \(cacheDirectory.appending(repository.id.description))"
        for fault in faults { damage.report(place, "\(fault); delete the directory, and it is made anew") }
    }

    /// What the readable segments list, by pack.
    private mutating func checkIndex(_ segments: [ObjectEntry]) throws(RepositoryError) -> [Bytes32: PackTable] {
        var index: [Bytes32: PackTable] = [:]
        for (number, segment) in segments.enumerated() {
            let tables = try finding(segment.name.path) { () throws(RepositoryError) in
                try repository.auditIndexSegment(segment.name)
            }
            if tables != nil, let id = segment.name.id { readableSegments.insert(id) }
            for table in tables ?? [] {
                if let other = index[table.id], other != table {
                    damage.report(segment.name.path, "it contradicts another segment about pack \(table.id)")
                }
                index[table.id] = table
            }
            advance(.index, number + 1, of: segments.count)
        }
        return index
    }
}

extension RepositoryError {
    /// Whether it is the storage that failed, rather than that what it gave is wrong.
    var isOfStorage: Bool {
        if case .storage = code { true } else { false }
    }

    /// Whether it says something about one stored object, rather than about the way to all of them.
    var isFinding: Bool {
        switch code {
        case .storage(.permissionDenied), .unsupportedVersion: true
        default: isDamage
        }
    }
}
