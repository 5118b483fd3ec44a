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
    /// How often everything is looked at, at most.
    private static let looksMax = 10

    let repository: Repository
    let options: CheckOptions
    let observer: (any CheckObserver)?
    let journal: ReadingJournal?
    private let cacheDirectory: FilePath?
    private let missing: [Discrepancy]
    private(set) var damage = DamageRegister()
    private(set) var notes = DamageRegister()
    var report = CheckReport()
    /// Packs that an attempt of this check has read and found whole.
    var wholeInThisRun: Set<Bytes32> = []
    private var readableSegments: Set<Bytes32> = []
    /// Whether what the index lists was read at one moment, so that a catalog can be held against it.
    private var isIndexComplete = true

    /// A check of `repository`, and of the catalog that is kept for it below `cacheDirectory`, if one is given.
    ///
    /// What is `missing` or damaged, as `Repository.recall` has found, is damage. What `journal` names was read before; it is
    /// told of the packs that are found whole, and removed at the end.
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

    /// Checks, and returns what was found, the walk that knows what each tree has lost, and whether that is certain.
    ///
    /// What a collection deletes during a check looks like damage. Where something was found and one has decided on
    /// deletions meanwhile, everything is looked at once more, but for packs that were read and found whole: damage is what
    /// is found in a look that nobody disturbs, or in two that follow one another.
    consuming func runKeepingWalk() throws(RepositoryError) -> (
        report: CheckReport, walk: TreeCheck, isUndisturbed: Bool
    ) {
        var before: [Finding]?
        for look in 1... {
            let decided = try repository.decidedGenerations()
            try repository.refresh()
            let walk = try lookAtEverything()
            let isUndisturbed = try repository.decidedGenerations() == decided
            let found = damage.findings
            let lasting = before.map { Self.both($0, found) } ?? []
            guard !isUndisturbed, !found.isEmpty, look < Self.looksMax else {
                return finish(isUndisturbed ? found : lasting, walk, isUndisturbed || found.isEmpty)
            }
            guard lasting.isEmpty else { return finish(lasting, walk, false) }
            before = found
            beginAnew()
        }
        preconditionFailure("every look ends or is followed by another")
    }

    private mutating func finish(
        _ found: [Finding], _ walk: TreeCheck, _ isUndisturbed: Bool
    ) -> (report: CheckReport, walk: TreeCheck, isUndisturbed: Bool) {
        report.damage = found
        report.notes = notes.findings
        if !isUndisturbed {
            let objects = Set(found.map(\.object))
            report.damagedPacks = report.damagedPacks.filter { objects.contains(ObjectName(.packs, $0).path) }
        }
        journal?.finish()
        return (report, walk, isUndisturbed)
    }

    private mutating func beginAnew() {
        (damage, notes) = (DamageRegister(), DamageRegister())
        var report = CheckReport()
        report.packBytesRead = self.report.packBytesRead
        self.report = report
        (readableSegments, isIndexComplete) = ([], true)
    }

    /// What both looks have found.
    private static func both(_ first: [Finding], _ second: [Finding]) -> [Finding] {
        let known = Set(first.map { [$0.object, $0.what] })
        return second.filter { known.contains([$0.object, $0.what]) }
    }

    private mutating func lookAtEverything() throws(RepositoryError) -> TreeCheck {
        // Snapshots are listed first, as they are written last: whatever they refer to is then there.
        let snapshots = try list(.snapshots)
        let segments = try list(.index)
        let packs = try listUnswept(.packs)
        for discrepancy in missing where discrepancy.isRollback {
            damage.report(discrepancy.object, discrepancy.reason)
        }
        try checkKeys()
        try checkRetention()
        let index = try checkIndex(segments)
        try checkCatalog(segments, index: index)
        let health = try checkPacks(packs, index: index)
        let walk = try checkSnapshots(snapshots, health: health)
        try checkRecords()
        try checkManifests()
        // Where a record was read, it was told what is wrong with it.
        for discrepancy in missing where !discrepancy.isRollback && !damage.names(discrepancy.object) {
            damage.report(discrepancy.object, discrepancy.reason)
        }
        return walk
    }

    /// The packs that are there and that no collection has decided on: what was swept is nobody's, there or not.
    private mutating func listUnswept(_ folder: ObjectFolder) throws(RepositoryError) -> [ObjectEntry] {
        let entries = try list(folder)
        let swept = try repository.sweptPacks(among: entries.compactMap(\.name.id))
        return swept.isEmpty ? entries : entries.filter { !($0.name.id.map(swept.contains) ?? false) }
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
            for entry in entries { report.storedBytes.addSaturating(entry.bytes) }
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
    /// Holds the local catalog against the index. Where a segment could not be read there is nothing to hold it against.
    private func checkCatalog(_ segments: [ObjectEntry], index: [Bytes32: PackTable]) throws(RepositoryError) {
        guard let cacheDirectory, isIndexComplete, readableSegments.count == segments.count else { return }
        let faults = try repository.auditCatalog(in: cacheDirectory, index: index, segments: readableSegments)
        let place = "the local catalog in \(repository.cacheDirectory(below: cacheDirectory))"
        for fault in faults { damage.report(place, "\(fault); delete the directory, and it is made anew") }
    }

    /// What the readable segments list, by pack.
    private mutating func checkIndex(_ segments: [ObjectEntry]) throws(RepositoryError) -> [Bytes32: PackTable] {
        var index: [Bytes32: PackTable] = [:]
        var toRead = segments
        var seen = Set(segments.map(\.name))
        // Collectors replace segments by others that list the same: those are read, too.
        for _ in 1...Self.looksMax where !toRead.isEmpty {
            var missing: [ObjectName: RepositoryError] = [:]
            for (number, segment) in toRead.enumerated() {
                try checkSegment(segment.name, &index, &missing)
                advance(.index, number + 1, of: toRead.count)
            }
            guard !missing.isEmpty else { break }
            isIndexComplete = false
            let listed = try repository.objects(in: .index)
            for entry in listed {
                if let error = missing[entry.name] { damage.report(error, entry.name.path) }
            }
            toRead = listed.filter { seen.insert($0.name).inserted }
        }
        return index
    }

    private mutating func checkSegment(
        _ name: ObjectName, _ index: inout [Bytes32: PackTable], _ missing: inout [ObjectName: RepositoryError]
    ) throws(RepositoryError) {
        let tables: [PackTable]
        do {
            tables = try repository.auditIndexSegment(name)
        } catch {
            guard error.isFinding else { throw error }
            if error.code == .storage(.notFound) { missing[name] = error } else { damage.report(error, name.path) }
            return
        }
        if let id = name.id { readableSegments.insert(id) }
        for table in tables {
            if let other = index[table.id], other != table {
                damage.report(name.path, "it contradicts another segment about pack \(table.id)")
            }
            index[table.id] = table
        }
    }
}

extension RepositoryError {
    /// Whether it is the storage that failed, rather than that what it gave is wrong.
    var isOfStorage: Bool {
        if case .storage = code { true } else { false }
    }
}
